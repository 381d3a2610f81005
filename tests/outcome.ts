/** Counts what `npm test` ran, and repeats each failure at the end of the log. */

/** Of the JSON report of vitest. */
export interface TestReport {
  readonly testResults: readonly {
    /** The path of the file. */
    readonly name: string
    /** Why the file could not be loaded. */
    readonly message?: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Of reports/faults.json. */
export interface FaultReport {
  readonly total: number
  readonly killed: number
  readonly survived: readonly string[]
  readonly stopped?: string
}

/** The characters of a failure that are printed: its message, and where it stands. */
const shownCharacters = 2_000

export class Outcome {
  private passed = 0
  private readonly failures: string[] = []

  pass(times = 1): void {
    this.passed += times
  }

  /** @param what the check that failed @param why its messages; the rest of a long one is cut */
  fail(what: string, why = ''): void {
    this.failures.push(`${what}${why === '' ? '' : `\n${why.slice(0, shownCharacters)}`}`)
  }

  /** A stage with no test, or that fails without a failed test, counts as one failure. @param ok the exit code was 0 */
  tests(stage: string, ok: boolean, { testResults }: TestReport): void {
    const before = this.failures.length
    for (const { name, message, assertionResults } of testResults) {
      this.pass(assertionResults.filter(({ status }) => status === 'passed').length)
      const failed = assertionResults.filter(({ status }) => status === 'failed')
      for (const { fullName, failureMessages } of failed) this.fail(`${name}: ${fullName}`, failureMessages.join('\n'))
      if (failed.length === 0 && message) this.fail(name, message)
    }
    const ran = testResults.some(({ assertionResults }) => assertionResults.length > 0)
    if (this.failures.length === before && !(ok && ran)) this.fail(`${stage}: failed without a failed test`)
  }

  /** Likewise for the faults that a matrix was to kill. */
  faults(stage: string, ok: boolean, { total, killed, survived, stopped }: FaultReport): void {
    this.pass(killed)
    for (const id of survived) this.fail(`${stage}: ${id} was not killed`, stopped)
    if (survived.length === 0 && !(ok && total > 0)) this.fail(`${stage}: failed, though no fault survived`, stopped)
  }

  /** The exit code: 0 if something passed and nothing failed. */
  get code(): number {
    return this.failures.length === 0 && this.passed > 0 ? 0 : 1
  }

  /** Each failure, then "N passed, N failed". */
  toString(): string {
    const failures = this.failures.map((one) => `✗ ${one}\n`)
    return [...failures, `${this.passed} passed, ${this.failures.length} failed`].join('\n')
  }
}
