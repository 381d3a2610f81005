/**
 * The outcomes of a check other than success. Anything else that a step throws is an error of the suite. The names of these
 * classes reach the ledger through Cucumber's messages (exception.type).
 */
import { AssertionError } from 'node:assert'
import { type Capability, isAbsent } from './capability'
import { type CommandLine, readingLines, withPrerequisites } from './command'
import type { FreshFinding } from './finding'

/** Media type of the attachment that carries a finding from a step to the ledger. */
export const findingMediaType = 'application/vnd.dora-acceptance.finding+json'

/** Media type of the attachment that holds the reason why a scenario does not apply. */
export const notApplicableMediaType = 'text/vnd.dora-acceptance.not-applicable'

/** The description of a failed or blocked check. */
export interface Circumstances {
  /** One sentence that names the object and what is wrong with it. */
  readonly summary: string
  /** Kind and name, such as "Service fawkes/devlake-lake". */
  readonly object: string
  readonly expected: string
  readonly found: string
  /** Lines to type next. At least one of them is a command that shows or mends the cause. */
  readonly remedy: readonly CommandLine[]
  /**
   * Objects whose failure could explain this finding, its own included: the diagnosis searches them for the cause. Absent if
   * it can only be its own cause, such as a wrong value.
   */
  readonly reliesOn?: readonly string[]
  /** True if the object works all the same, such as a Service of the wrong type: no other finding follows from this one. */
  readonly explainsNothing?: boolean
}

/** The finding with its prerequisites, and with the lines that only read. */
export const asFinding = (circumstances: Circumstances): FreshFinding => {
  const remedy = withPrerequisites(circumstances.remedy)
  const reads = readingLines(remedy)
  return { ...circumstances, remedy, ...(reads.length > 0 ? { reads } : {}) }
}

const sentence = ({ summary, object, expected, found }: Circumstances) =>
  `${summary}\n  where:    ${object}\n  expected: ${expected}\n  found:    ${found}`

/** The platform does not meet an expectation. In a Given it blocks the scenario: a Given is only an instrument. */
export class Unmet extends AssertionError {
  readonly finding: FreshFinding
  /** Further findings of the same check, each with a cause of its own. */
  readonly further: readonly FreshFinding[]
  constructor(circumstances: Circumstances, further: readonly Circumstances[] = []) {
    super({ message: [circumstances, ...further].map(sentence).join('\n') })
    this.finding = asFinding(circumstances)
    this.further = further.map(asFinding)
  }
}

/** The platform could not be checked: access denied, configuration missing, no data yet, an instrument is down. */
export class Blocked extends Error {
  readonly finding: FreshFinding
  /** Whatever else blocks the same check, each with a cause of its own. */
  readonly further: readonly FreshFinding[]
  constructor(circumstances: Circumstances, further: readonly Circumstances[] = []) {
    super([circumstances, ...further].map(sentence).join('\n'))
    this.finding = asFinding(circumstances)
    this.further = further.map(asFinding)
  }
}

/** The flavour of the service has no counterpart for the expectation. The message is the reason, one sentence. */
export class NotApplicable extends Error {}

/** A check that did not pass. */
export type Failure = Unmet | Blocked

export const isFailure = (error: unknown): error is Failure => error instanceof Unmet || error instanceof Blocked

/** The failure of a check that another one needs. */
export const asBlocked = ({ finding, further }: Failure): Blocked => new Blocked(finding, further)

/** @throws Blocked with the findings of all these failures, each of them once */
export function throwIfBlocked(failures: readonly Failure[]): void {
  const [first, ...others] = findingsOf(failures)
  if (first) throw new Blocked(first, others)
}

/** @throws Unmet if one of the failures is, else Blocked, with all findings: what is wrong goes before what could not be checked */
export function throwWorst(failures: readonly (Failure | undefined)[]): void {
  const all = failures.filter((failure) => failure !== undefined)
  const unmet = all.filter((failure) => failure instanceof Unmet)
  const [first, ...others] = findingsOf([...unmet, ...all.filter((failure) => failure instanceof Blocked)])
  if (first && unmet.length > 0) throw new Unmet(first, others)
  throwIfBlocked(all)
}

function findingsOf(failures: readonly Failure[]): FreshFinding[] {
  const all = failures.flatMap(({ finding, further }) => [finding, ...further])
  return [...new Map(all.map((finding) => [`${finding.object}\n${finding.summary}`, finding])).values()]
}

/** Returns a handler of rejections that replaces what could not be read for a reason of these classes. */
export const unless =
  <T>(otherwise: T, ...reasons: readonly (typeof Unmet | typeof Blocked | typeof NotApplicable)[]) =>
  (error: unknown): T => {
    if (reasons.some((reason) => error instanceof reason)) return otherwise
    throw error
  }

/** The handler of {@link unless} for what the caller may not read. */
export const unlessBlocked = <T>(otherwise: T) => unless(otherwise, Blocked)

/**
 * The capability of a contract.
 * @throws NotApplicable where the contract lacks it, also in a Given
 */
export function applicable<T>(given: Capability<T>): T {
  if (isAbsent(given)) throw new NotApplicable(given.absent)
  return given
}

/**
 * Passes when there are no circumstances.
 * @throws Unmet with the first of them; it lists what was found for each, and all remedies
 */
export function expectNone(unmet: readonly Circumstances[]): void {
  const error = unmetOf(unmet)
  if (error) throw error
}

/** Returns the error of {@link expectNone}; undefined if there are no circumstances. */
export function unmetOf(unmet: readonly Circumstances[]): Unmet | undefined {
  const [first, ...others] = unmet
  return first && new Unmet(merged(first, others))
}

/** The circumstances of each object as one, for objects that are a trouble of their own, such as panels with queries of their own. */
export const byObject = (unmet: readonly Circumstances[]): Circumstances[] =>
  [...Map.groupBy(unmet, ({ object }) => object).values()].flatMap(([first, ...others]) =>
    first ? [merged(first, others)] : [],
  )

/** Unmet with one finding for all circumstances of the same trouble, in words; undefined if there are none. */
export function unmetByTrouble(unmet: readonly (readonly [string, Circumstances])[]): Unmet | undefined {
  const troubles = [...Map.groupBy(unmet, ([trouble]) => trouble).values()].map((all) => all.map(([, one]) => one))
  const [first, ...further] = troubles.flatMap(([one, ...others]) => (one ? [merged(one, others)] : []))
  return first && new Unmet(first, further)
}

function merged(first: Circumstances, others: readonly Circumstances[]): Circumstances {
  if (others.length === 0) return first
  const all = [first, ...others]
  return {
    ...first,
    explainsNothing: all.every(({ explainsNothing = false }) => explainsNothing),
    found: all.map(({ object, found }) => `${object}: ${found}`).join('; '),
    remedy: [...new Set(all.flatMap(({ remedy }) => remedy))],
  }
}

/**
 * Makes sure that there is something to check: a check of nothing must not pass.
 * @throws Blocked when the list is empty
 */
export function expectData<T>(list: readonly T[], what: string, where: string, remedy: readonly CommandLine[]): void {
  if (list.length > 0) return
  throw new Blocked({
    summary: `There is no data yet: no ${what}`,
    object: where,
    expected: `at least one ${what}`,
    found: 'none',
    remedy,
  })
}
