/** The four metrics in the record: their states by the checklist, and the numbers that the run compared. Pure. */
import type { Checklist } from '../basis/checklist'
import type { ScenarioResult } from '../record/scenario-run'
import { type ItemRecord, type ItemState, type MetricRecord, type Verdict, worstFirst } from '../record/verdict'

/** A metric with the items that prove it. */
export interface MetricState {
  /** The name in the checklist. */
  readonly name: string
  /** The worst state of its items, or an error if the run itself failed, since such a run proves nothing. */
  readonly status: ItemState
  readonly items: readonly Pick<ItemRecord, 'id' | 'status' | 'reason'>[]
}

/** The states of the metrics. Only "passed" counts as proven. */
export function metricStates(
  checklist: Checklist,
  { items, problems }: Pick<Verdict, 'items' | 'problems'>,
): MetricState[] {
  const records = new Map(items.map((record) => [record.id, record]))
  const names = new Set(checklist.items.flatMap(({ metric }) => metric ?? []))
  return [...names].map((name) => {
    const about = checklist.items
      .filter(({ metric }) => metric === name)
      .map(({ id }) => records.get(id) ?? { id, status: 'not run' as const, reason: 'The record has no such item.' })
    const [worst] = about.map(({ status }) => status).sort(worstFirst)
    return { name, status: problems.length > 0 ? 'error' : (worst ?? 'not applicable'), items: about }
  })
}

/** The metrics with their numbers. A metric without numbers was not compared, and says why. */
export function metricRecords(
  checklist: Checklist,
  judged: Pick<Verdict, 'items' | 'problems'>,
  runs: readonly ScenarioResult[],
): MetricRecord[] {
  return metricStates(checklist, judged).map(({ name, status, items }) => {
    const ids = new Set(items.map(({ id }) => id))
    const measured = runs
      .filter((run) => run.items.some((id) => ids.has(id)))
      .flatMap((run) => run.measured ?? [])
      .at(-1)
    return { name, status, reason: reasonOf(status, items, judged.problems), measured: measured ?? null }
  })
}

function reasonOf(status: ItemState, items: MetricState['items'], problems: readonly string[]): string | null {
  if (status === 'passed') return null
  if (problems.length > 0) return 'The run itself failed, so it proves nothing.'
  const worst = items.find((item) => item.status === status)
  return worst === undefined ? null : `${worst.id}: ${worst.reason ?? status}`
}
