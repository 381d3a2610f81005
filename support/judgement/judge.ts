/** Turns the facts of a run and the results of its scenarios into the record, both for a run and for merged shards. */
import type { Envelope } from '@cucumber/messages'
import type { Checklist } from '../basis/checklist'
import { addressed } from '../basis/command'
import { withOwnChecks } from '../basis/own-checks'
import { visibleData } from '../basis/visible-text'
import { changesBetween } from '../record/changes'
import { withDigest } from '../record/digest'
import type { RunFacts } from '../record/run-facts'
import type { ScenarioResult, ScenarioRun } from '../record/scenario-run'
import type { Verdict } from '../record/verdict'
import { ledger } from './ledger'
import { metricRecords } from './metrics'
import { ownerOf } from './owners'

/** A run with its record: the input of all reports. */
export interface JudgedRun {
  readonly verdict: Verdict
  readonly facts: RunFacts
  readonly runs: readonly ScenarioRun[]
  readonly messages: readonly Envelope[]
}

/**
 * Judges a run. The record contains no invisible character, so no report made of it does. Escaping comes first, because the
 * ids of causes are made of their texts: judging the same run from its files must yield the same record.
 * @param standard the checklist without the team's own checks, which the facts hold
 */
export function judge(standard: Checklist, given: RunFacts, scenarios: readonly ScenarioRun[]): Verdict {
  const facts = visibleData(given)
  const checklist = withOwnChecks(standard, facts.ownChecks)
  const runs = visibleData(scenarios.map(({ steps, ...result }): ScenarioResult => result))
  const { scope, startedAt, finishedAt, platform, suite, leftBehind, ownChecks, configuration } = facts
  const { shards, signedBy, previous } = facts
  const result = addressed(platform.context, () =>
    ledger({
      ...facts,
      checklist,
      runs: [...runs].sort(byPlace),
      notApplicable: new Map(Object.entries(facts.notApplicable)),
      recordWritten: true,
      now: new Date(finishedAt),
    }),
  )
  const record = {
    ...result,
    causes: result.causes.map((cause) => ({ ...cause, owner: ownerOf(cause, facts.owners ?? {}, checklist) })),
    metrics: metricRecords(checklist, result, runs),
    ...(facts.history === undefined ? {} : { history: facts.history }),
    scope,
    ...(facts.run === null ? {} : { run: facts.run }),
    startedAt,
    finishedAt,
    platform,
    suite: { ...suite, checklistSha256: checklist.sha256 },
    ...(ownChecks === undefined ? {} : { ownChecks }),
    ...(configuration === undefined ? {} : { configuration }),
    ...(shards === undefined ? {} : { shards }),
    ...(signedBy === undefined ? {} : { signedBy }),
    ...(leftBehind.length > 0 ? { leftBehind } : {}),
  }
  if (previous === undefined) return withDigest(record)
  const sinceLastRun = typeof previous === 'string' ? previous : changesBetween(previous, record)
  return withDigest({ ...record, sinceLastRun })
}

/** Orders scenarios by place, so that the record shows neither the order nor the shard in which they ran. */
const byPlace = (one: ScenarioResult, other: ScenarioResult) =>
  compare(one.uri, other.uri) || one.line - other.line || compare(one.name, other.name)

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
