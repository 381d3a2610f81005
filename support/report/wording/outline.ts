/**
 * The record arranged for reading: sections in the order of the checklist, each item with what its scenarios did and
 * why, and what no item carries. Every report starts from here, so that they agree with each other.
 */
import { type Checklist, loadChecklist } from '../../basis/checklist'
import type { ScenarioRun } from '../../record/scenario-run'
import type { Cause, ItemRecord, ItemState, ScenarioRecord, ScenarioStatus, Verdict } from '../../record/verdict'
import { worstFirst } from '../../record/verdict'

export interface ScenarioOutline {
  readonly name: string
  readonly uri: string
  readonly line: number
  readonly status: ScenarioStatus
  readonly durationMs: number
  readonly cause: Cause | null
  /** What it did; null when it never started. */
  readonly run: ScenarioRun | null
}

export interface ItemOutline {
  readonly record: ItemRecord
  readonly scenarios: readonly ScenarioOutline[]
  readonly causes: readonly Cause[]
  readonly durationMs: number
}

export interface SectionOutline {
  /** The section's id, such as "3". */
  readonly number: string
  readonly title: string
  /** The worst state of its items, those that are not applicable left out. */
  readonly state: ItemState
  readonly items: readonly ItemOutline[]
}

/** One of the four metrics, by the items that are about it. */
export interface MetricOutline {
  readonly name: string
  /** The worst of its items; an error where the run itself went wrong, for that proves nothing. Proven is what passed, and nothing else. */
  readonly state: ItemState
  readonly items: readonly Pick<ItemRecord, 'id' | 'status'>[]
}

export interface Outline {
  readonly sections: readonly SectionOutline[]
  readonly metrics: readonly MetricOutline[]
  /** Scenarios that ran and that no item of the record lists. */
  readonly unlisted: readonly ScenarioOutline[]
  /** What is wrong with the run itself: the record's problems, and a verdict that nothing in the record explains. */
  readonly problems: readonly string[]
}

export function outlineOf(verdict: Verdict, runs: readonly ScenarioRun[]): Outline {
  const runsByKey = new Map(runs.map((run) => [keyOf(run), run]))
  const causes = new Map(verdict.causes.map((cause) => [cause.id, cause]))
  const scenarioOutline = (record: ScenarioRecord): ScenarioOutline => {
    const run = runsByKey.get(keyOf(record)) ?? null
    const { name, uri, line, durationMs } = record
    const cause = record.cause === null ? null : (causes.get(record.cause) ?? null)
    return {
      name,
      uri,
      line,
      durationMs,
      cause,
      run,
      status: run ? worst(record.status, statusOf(run)) : record.status,
    }
  }
  const checklist = loadChecklist()
  const titles = new Map(checklist.sections.map(({ id, title }) => [id, title]))
  const sections = new Map<string, ItemOutline[]>()
  for (const record of verdict.items) {
    const item: ItemOutline = {
      record,
      scenarios: record.scenarios.map(scenarioOutline),
      causes: verdict.causes.filter((cause) => cause.items.includes(record.id)),
      durationMs: record.scenarios.reduce((sum, scenario) => sum + scenario.durationMs, 0),
    }
    sections.set(record.section, [...(sections.get(record.section) ?? []), item])
  }
  const listed = new Set(verdict.items.flatMap((item) => item.scenarios.map(keyOf)))
  return {
    sections: [...sections].map(([number, items]) => ({
      number,
      title: titles.get(number) ?? 'Section',
      state: worstState(items.map((item) => item.record.status)),
      items,
    })),
    metrics: metricsOf(checklist, verdict),
    unlisted: runs
      .filter((run) => !listed.has(keyOf(run)))
      .map((run) => ({ ...run, status: statusOf(run), cause: null, run })),
    problems: problemsOf(verdict),
  }
}

function metricsOf(checklist: Checklist, { items, problems }: Verdict): MetricOutline[] {
  const records = new Map(items.map((record) => [record.id, record.status]))
  const names = new Set(checklist.items.flatMap(({ metric }) => metric ?? []))
  return [...names].map((name) => {
    // What the record does not hold was not looked at.
    const about = checklist.items
      .filter(({ metric }) => metric === name)
      .map(({ id }) => ({ id, status: records.get(id) ?? ('not run' as const) }))
    const state = problems.length > 0 ? 'error' : worstState(about.map(({ status }) => status))
    return { name, state, items: about }
  })
}

/** Identifies a scenario in a record and among the runs; rows of an outline differ by line. */
export function keyOf({ uri, line, name }: { readonly uri: string; readonly line: number; readonly name: string }) {
  return JSON.stringify([uri, line, name])
}

/** The worse of two. */
export function worst(one: ScenarioStatus, other: ScenarioStatus): ScenarioStatus {
  return worstFirst(one, other) <= 0 ? one : other
}

/** What a run counts as: one that needed another attempt is an error, whatever the last attempt said. */
export function statusOf(run: ScenarioRun): ScenarioStatus {
  return run.attempts > 1 ? 'error' : run.status
}

/** Not applicable where there are none. */
function worstState(states: readonly ItemState[]): ItemState {
  return [...states].sort(worstFirst)[0] ?? 'not applicable'
}

function problemsOf(verdict: Verdict): readonly string[] {
  if (verdict.items.length === 0 && verdict.problems.length === 0)
    return ['The record holds no item: nothing was judged.']
  return explained(verdict)
    ? verdict.problems
    : [...verdict.problems, `The verdict is "${verdict.verdict}", and no item of the record says why.`]
}

function explained({ verdict, items, problems }: Verdict): boolean {
  const some = (state: ItemState) => items.some((item) => item.status === state)
  switch (verdict) {
    case 'error':
      return problems.length > 0 || some('error')
    case 'rejected':
      return some('failed')
    case 'blocked':
      return problems.length > 0 || some('blocked')
    case 'partial':
      return some('not run')
    case 'accepted':
      return true
  }
}
