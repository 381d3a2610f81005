/** Problems with a run itself: it was interrupted, nothing that ran proves an item, or a scenario without an item failed. */
import type { Checklist } from '../basis/checklist'
import type { RunFacts } from '../record/run-facts'
import type { ScenarioResult } from '../record/scenario-run'

/** The parts of the ledger's input that can reveal a problem with the run. */
interface Evidence extends Pick<RunFacts, 'problems' | 'halted' | 'interrupted'> {
  readonly checklist: Checklist
  readonly runs: readonly ScenarioResult[]
  readonly notApplicable: ReadonlyMap<string, string>
}

/** Returns the problems that make the run an error, one sentence each, whatever the states of its items. */
export function problemsOf({ checklist, notApplicable, runs, halted, interrupted, problems }: Evidence): string[] {
  const provable = checklist.items.filter(
    ({ id, how }) => how !== 'derived' && how !== 'attested' && !notApplicable.has(id),
  )
  const ids = new Set(provable.map(({ id }) => id))
  const ran = runs.filter(({ status }) => status !== 'not run')
  // A scenario that does not apply neither proves an item nor indicates a problem.
  const applicable = ran.filter(({ status }) => status !== 'not applicable')
  const proving = applicable.filter(({ items }) => items.some((id) => ids.has(id)))
  // A scenario without an item proves nothing, but its failure must not go unnoticed.
  const stray = applicable.filter((run) => run.status !== 'passed' && !proving.includes(run))
  const known = [
    ...problems,
    ...stray.map(
      ({ name, uri, line, status, reason }) =>
        `The scenario "${name}" (${uri}:${line}) proves no checklist item, and it is ${status}: ${reason}`,
    ),
    ...(interrupted ? ['The run was interrupted: scenarios that did not run prove nothing.'] : []),
  ]
  if (proving.length > 0 || halted || known.length > 0) return known
  return [
    ran.length === 0
      ? 'No scenario ran, and a run without scenarios is not a pass.'
      : 'No scenario that ran proves a checklist item, and a run without proof is not a pass.',
  ]
}
