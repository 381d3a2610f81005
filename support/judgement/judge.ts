/** What is known of a run and what its scenarios did → the record. The same for a run and for the shards of one. */
import type { Envelope } from '@cucumber/messages'
import type { Checklist } from '../basis/checklist'
import { withDigest } from '../record/digest'
import type { RunFacts } from '../record/run-facts'
import type { ScenarioRun } from '../record/scenario-run'
import type { Verdict } from '../record/verdict'
import { ledger } from './ledger'

/** A run with its record: what all reports are made of. */
export interface JudgedRun {
  readonly verdict: Verdict
  readonly facts: RunFacts
  readonly runs: readonly ScenarioRun[]
  readonly messages: readonly Envelope[]
}

export function judge(checklist: Checklist, facts: RunFacts, runs: readonly ScenarioRun[]): Verdict {
  const { scope, startedAt, finishedAt, platform, suite, leftBehind } = facts
  const result = ledger({
    ...facts,
    checklist,
    runs: [...runs].sort(byPlace),
    notApplicable: new Map(Object.entries(facts.notApplicable)),
    recordWritten: true,
    now: new Date(finishedAt),
  })
  return withDigest({
    ...result,
    scope,
    startedAt,
    finishedAt,
    platform,
    suite: { ...suite, checklistSha256: checklist.sha256 },
    ...(leftBehind.length > 0 ? { leftBehind } : {}),
  })
}

/** Neither the order in which scenarios ran nor the shard in which they did is seen in the record. */
const byPlace = (one: ScenarioRun, other: ScenarioRun) =>
  compare(one.uri, other.uri) || one.line - other.line || compare(one.name, other.name)

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
