/**
 * The ways in which a look at the platform can end other than well. Everything else that a step throws is an error of the
 * suite. The names of these classes reach the ledger through Cucumber's messages (exception.type).
 */
import { AssertionError } from 'node:assert'
import { type Capability, isAbsent } from './capability'
import type { Finding } from './finding'

/** Media type of the attachment that carries a finding from a step to the ledger. */
export const findingMediaType = 'application/vnd.dora-acceptance.finding+json'

/** Media type of the attachment that says why a scenario does not apply. */
export const notApplicableMediaType = 'text/vnd.dora-acceptance.not-applicable'

/** What the caller of {@link Unmet} and {@link Blocked} says; the remedy is the commands to type next. */
export interface Circumstances {
  /** One sentence that names the object and what is wrong with it. */
  readonly summary: string
  /** Kind and name, such as "Service fawkes/devlake-lake". */
  readonly object: string
  readonly expected: string
  readonly found: string
  readonly remedy?: readonly string[]
  /**
   * Objects whose trouble this may only follow from, its own among them; the diagnosis looks there for the cause. What can
   * have no other cause than itself, such as a wrong value, names none.
   */
  readonly reliesOn?: readonly string[]
}

const asFinding = (circumstances: Circumstances): Finding => ({ ...circumstances, remedy: circumstances.remedy ?? [] })

const sentence = ({ summary, object, expected, found }: Circumstances) =>
  `${summary}\n  where:    ${object}\n  expected: ${expected}\n  found:    ${found}`

/** The platform is not as it must be. In a Given it blocks its scenario, for there it is only an instrument. */
export class Unmet extends AssertionError {
  readonly finding: Finding
  constructor(circumstances: Circumstances) {
    super({ message: sentence(circumstances) })
    this.finding = asFinding(circumstances)
  }
}

/** The platform could not be looked at: access denied, configuration missing, no data yet, an instrument is down. */
export class Blocked extends Error {
  readonly finding: Finding
  constructor(circumstances: Circumstances) {
    super(sentence(circumstances))
    this.finding = asFinding(circumstances)
  }
}

/** The platform's flavour of the service has no counterpart for what is asked. The message is the reason, one sentence. */
export class NotApplicable extends Error {}

/** What a contract has to say. @throws NotApplicable, also out of a Given, where it has no counterpart */
export function applicable<T>(given: Capability<T>): T {
  if (isAbsent(given)) throw new NotApplicable(given.absent)
  return given
}

/** Throws {@link Unmet} with the first of the given circumstances, and counts the others in its summary. */
export function expectNone(unmet: readonly Circumstances[]): void {
  const [first, ...others] = unmet
  if (!first) return
  throw new Unmet(
    others.length === 0
      ? first
      : {
          ...first,
          found: [first, ...others].map(({ object, found }) => `${object}: ${found}`).join('; '),
          remedy: [...new Set(unmet.flatMap(({ remedy }) => remedy ?? []))],
        },
  )
}

/** Throws {@link Blocked} when there is nothing to look at, for nothing may pass by not looking. */
export function expectData<T>(list: readonly T[], what: string, where: string, remedy: readonly string[] = []): void {
  if (list.length > 0) return
  throw new Blocked({
    summary: `There is no data yet: no ${what}`,
    object: where,
    expected: `at least one ${what}`,
    found: 'none',
    remedy,
  })
}
