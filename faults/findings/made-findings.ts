/** Measures which findings of the suite its runs make, by the coverage of its processes. */
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reached } from './coverage'
import { type Position, positionsIn } from './positions'

/** The file and the text of a finding. */
const nameOf = ({ file, text }: Position) => `${file}: ${text}`

export class MadeFindings {
  readonly positions: readonly Position[]
  private never: readonly Position[]

  /**
   * @param root the checkout, whose suite is in its folder support/
   * @param neverMade the findings that no earlier run has made; all when absent
   */
  constructor(
    private readonly root: string,
    neverMade?: readonly string[],
  ) {
    const files = globSync('support/**/*.ts', { cwd: root }).sort()
    this.positions = files.flatMap((file) => positionsIn(file, readFileSync(join(root, file), 'utf8')))
    this.never = this.positions.filter((position) => neverMade?.includes(nameOf(position)) ?? true)
  }

  /** Runs a process with the variables that make it record its coverage, and takes note of the findings that it makes. */
  async during<T>(run: (recording: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
    const directory = mkdtempSync(join(tmpdir(), 'coverage-'))
    try {
      const result = await run({ NODE_V8_COVERAGE: directory })
      for (const file of readdirSync(directory)) this.add(readFileSync(join(directory, file), 'utf8'))
      return result
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  }

  /** The findings that no run has made so far. */
  get neverMade(): readonly string[] {
    return [...new Set(this.never.map(nameOf))]
  }

  private add(coverage: string): void {
    const made = new Set(reached(coverage, this.never, this.root))
    this.never = this.never.filter((position) => !made.has(position))
  }
}
