/** What a run says of the faults that it was made under. Pure. */
import type { Verdict } from '../../support/record/verdict'
import type { Fault } from '../catalogue/fault'
import type { SuiteRun } from '../runs/suite'
import { itemsOf } from './groups'
import type { FaultResult } from './record'

export type Judgement = Pick<FaultResult, 'found' | 'killed' | 'collateral' | 'namedCause' | 'scenarios'>

/** The items that are red, derived ones left out: they only follow. */
export const redItems = ({ items }: Verdict) => items.filter(({ how, status }) => how !== 'derived' && isRed(status))

const isRed = (status: string) => status === 'failed' || status === 'blocked'

/** @param others the faults that share the run: what they expect is theirs */
export function judge(fault: Fault, others: readonly Fault[], { verdict, exitCode }: SuiteRun): Judgement {
  const theirs = new Set(others.flatMap(itemsOf))
  const red = redItems(verdict).filter(({ id }) => !theirs.has(id))
  const inState = (state: 'failed' | 'blocked') => red.filter(({ status }) => status === state).map(({ id }) => id)
  const found = { failed: inState('failed'), blocked: inState('blocked') }
  const causes = causesOf(verdict, itemsOf({ expects: found }))
  const exact = same(found.failed, fault.expects.failed) && same(found.blocked, fault.expects.blocked)
  // An item failed, and nothing of the suite itself broke.
  const rejected = verdict.verdict === 'rejected' && exitCode === 1
  const expected = itemsOf(fault)
  return {
    found,
    killed: exact && rejected && causes.some((cause) => isOf(fault, cause)),
    collateral: red.map(({ id }) => id).filter((id) => !expected.includes(id)),
    namedCause: causes.map(({ object, summary }) => `${object}: ${summary}`).join(' | '),
    scenarios: red
      .flatMap(({ scenarios }) => scenarios.filter(({ status }) => isRed(status)))
      .map(({ name, uri, line, status }) => ({ name, uri, line, status })),
  }
}

/** Which of the faults left behind what a run shows that was made when they were healed. */
export function leftBehindBy(healed: readonly Fault[], { verdict }: SuiteRun): readonly Fault[] {
  const red = redItems(verdict).map(({ id }) => id)
  const named = healed.filter((fault) => causesOf(verdict, red).some((cause) => isOf(fault, cause)))
  if (named.length > 0) return named
  const about = healed.filter((fault) => itemsOf(fault).some((id) => red.includes(id)))
  return about.length > 0 ? about : healed
}

const causesOf = ({ causes }: Verdict, ids: readonly string[]) =>
  causes.filter(({ items }) => items.some((id) => ids.includes(id)))

const isOf = ({ cause }: Fault, { object, summary }: Verdict['causes'][number]) =>
  (object.endsWith(cause.object) || object.startsWith(cause.object)) && summary.includes(cause.summary)

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((id) => other.includes(id))
