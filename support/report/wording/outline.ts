/**
 * The record arranged for reading: sections in checklist order, each item with its scenarios and causes, and everything
 * that belongs to no item. Every report is built from this outline, so that all reports agree.
 */
import { loadChecklist } from '../../basis/checklist'
import { withOwnChecks } from '../../basis/own-checks'
import type { MeasuredMetric } from '../../dora/measured'
import { metricStates } from '../../judgement/metrics'
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
  /** The scenario's steps and evidence; null when it never started. */
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
  /** The meaning of the section for the metrics, in one sentence. */
  readonly meaning: string
  /** The worst state of its items, ignoring those that are not applicable. */
  readonly state: ItemState
  readonly items: readonly ItemOutline[]
}

/** One of the four metrics, with the checklist items that prove it. */
export interface MetricOutline {
  readonly name: string
  /** The worst state of its items, or an error if the run itself failed, since such a run proves nothing. Only "passed" counts as proven. */
  readonly state: ItemState
  readonly items: readonly Pick<ItemRecord, 'id' | 'status'>[]
  /** The numbers; null if nothing was compared. */
  readonly measured: MeasuredMetric | null
}

export interface Outline {
  readonly sections: readonly SectionOutline[]
  readonly metrics: readonly MetricOutline[]
  /** Scenarios that ran but that no item of the record lists. */
  readonly unlisted: readonly ScenarioOutline[]
  /** Problems of the run itself: those in the record, and a verdict that nothing in the record explains. */
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
  const checklist = withOwnChecks(loadChecklist(), verdict.ownChecks)
  const sectionsOf = new Map(checklist.sections.map((section) => [section.id, section]))
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
      title: sectionsOf.get(number)?.title ?? 'Section',
      meaning: sectionsOf.get(number)?.meaning ?? '',
      state: worstState(items.map((item) => item.record.status)),
      items,
    })),
    metrics: metricStates(checklist, verdict).map(({ name, status, items }) => {
      const measured = verdict.metrics?.find((metric) => metric.name === name)?.measured ?? null
      return { name, state: status, items, measured }
    }),
    unlisted: runs
      .filter((run) => !listed.has(keyOf(run)))
      .map((run) => ({ ...run, status: statusOf(run), cause: null, run })),
    problems: problemsOf(verdict),
  }
}

/** A key that identifies a scenario in the record and among the runs. Rows of a scenario outline differ by line. */
export function keyOf({ uri, line, name }: { readonly uri: string; readonly line: number; readonly name: string }) {
  return JSON.stringify([uri, line, name])
}

/** The worse of two. */
export function worst(one: ScenarioStatus, other: ScenarioStatus): ScenarioStatus {
  return worstFirst(one, other) <= 0 ? one : other
}

/** The status that a run counts as. A run that needed a retry is an error, whatever its last attempt returned. */
export function statusOf(run: ScenarioRun): ScenarioStatus {
  return run.attempts > 1 ? 'error' : run.status
}

/** Not applicable where there are none. */
function worstState(states: readonly ItemState[]): ItemState {
  return [...states].sort(worstFirst)[0] ?? 'not applicable'
}

function problemsOf(verdict: Verdict): readonly string[] {
  if (verdict.items.length === 0 && verdict.problems.length === 0)
    return ['The record contains no items: nothing was judged.']
  return explained(verdict)
    ? verdict.problems
    : [...verdict.problems, `The verdict is "${verdict.verdict}", but nothing in the record explains it.`]
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
