/** Compares the verdict of a run with what its faults expect. Pure. */
import type { Verdict } from '../../support/record/verdict'
import type { Fault } from '../catalogue/fault'
import type { SuiteRun } from '../runs/suite'
import { itemsOf } from './groups'
import type { FaultResult } from './record'

export type Judgement = Pick<
  FaultResult,
  'found' | 'killed' | 'collateral' | 'failedCommands' | 'namedCause' | 'scenarios'
>

/** The failed and blocked items. Derived items are left out, because they only follow from others. */
export const redItems = ({ items }: Verdict) => items.filter(({ how, status }) => how !== 'derived' && isRed(status))

const isRed = (status: string) => status === 'failed' || status === 'blocked'

/** @param others the faults that share the run; the items that they expect are not counted for this one */
export function judge(
  fault: Fault,
  others: readonly Fault[],
  { verdict, exitCode, failedCommands = [] }: SuiteRun,
): Judgement {
  const own = itemsOf(fault)
  const theirs = new Set(others.flatMap(itemsOf).filter((id) => !own.includes(id)))
  const red = redItems(verdict).filter(({ id }) => !theirs.has(id))
  // An item that this fault only blocks is failed where another one fails it.
  const failedByOthers = new Set(others.flatMap(({ expects }) => expects.failed))
  const isBlocked = (id: string) => fault.expects.blocked.includes(id) && failedByOthers.has(id)
  const inState = (state: 'failed' | 'blocked') =>
    red.filter(({ id, status }) => (isBlocked(id) ? 'blocked' : status) === state).map(({ id }) => id)
  const found = { failed: inState('failed'), blocked: inState('blocked') }
  const causes = causesOf(verdict, itemsOf({ expects: found }))
  const exact = same(found.failed, fault.expects.failed) && same(found.blocked, fault.expects.blocked)
  // A failed item rejects, and one that is only blocked blocks; 3 would mean that the suite itself broke.
  const [state, code] = [fault, ...others].some(({ expects }) => expects.failed.length > 0)
    ? ['rejected', 1]
    : ['blocked', 2]
  const reached = verdict.verdict === state && exitCode === code
  // An item that others turn red as well must be red by this fault, too.
  const shared = own.filter((id) => others.some((other) => itemsOf(other).includes(id)))
  const isNamed = shared.every((id) => causes.some((cause) => cause.items.includes(id) && isAbout(fault, cause)))
  // The rollback belongs to the whole run.
  const printed = [...causes.flatMap(commandsIn), ...(verdict.rollback ?? []).flatMap(({ commands }) => commands)]
  const useless = [
    ...failedCommands
      .filter(({ command }) => printed.includes(command))
      .map(({ command, why }) => `${command}: ${why}`),
    ...causes
      .filter(({ remedy }) => !remedy.some(runs))
      .map(({ summary }) => `${summary}: it has no command that runs`),
  ]
  return {
    found,
    killed: exact && reached && isNamed && useless.length === 0 && causes.some((cause) => isOf(fault, cause)),
    collateral: red.map(({ id }) => id).filter((id) => !own.includes(id)),
    failedCommands: useless,
    namedCause: causes.map(({ object, summary }) => `${object}: ${summary}`).join(' | '),
    scenarios: red
      .flatMap(({ scenarios }) => scenarios.filter(({ status }) => isRed(status)))
      .map(({ name, uri, line, status }) => ({ name, uri, line, status })),
  }
}

/**
 * The undone faults that a later red run points to: those whose cause it names, else those whose items are red, else all.
 */
export function stillInForce(undone: readonly Fault[], { verdict }: SuiteRun): readonly Fault[] {
  const red = redItems(verdict).map(({ id }) => id)
  const named = undone.filter((fault) => causesOf(verdict, red).some((cause) => isOf(fault, cause)))
  if (named.length > 0) return named
  const withRedItem = undone.filter((fault) => itemsOf(fault).some((id) => red.includes(id)))
  return withRedItem.length > 0 ? withRedItem : undone
}

const causesOf = ({ causes }: Verdict, ids: readonly string[]) =>
  causes.filter(({ items }) => items.some((id) => ids.includes(id)))

/** A comment, a line that leaves something open, and the line that only runs the suite again are no commands that run. */
const runs = (line: string) =>
  !line.startsWith('#') && !line.includes('…') && !/ port-forward |^npx dora-acceptance run /.test(line)

const commandsIn = ({ remedy, troubleshooting }: Verdict['causes'][number]) => [
  ...remedy,
  ...(troubleshooting?.commands ?? []),
]

const isAbout = ({ cause }: Fault, { object }: Verdict['causes'][number]) =>
  object.endsWith(cause.object) || object.startsWith(cause.object)

const isOf = (fault: Fault, cause: Verdict['causes'][number]) =>
  isAbout(fault, cause) && cause.summary.includes(fault.cause.summary)

const same = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((id) => other.includes(id))
