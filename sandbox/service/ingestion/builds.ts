/** Stores reports of pipelines and monitoring: builds, quality gates, test results, daily operational performance. */
import type { Transaction } from '../database/database'
import { rowId } from '../database/keys'
import type { EventOf } from './events'

const millisecondsPerSecond = 1000

export async function storeBuilds(transaction: Transaction, events: readonly EventOf<'build'>[]): Promise<void> {
  await transaction.insert(
    `INSERT INTO builds
       (id, project_name, type, commit_sha, stage, result, started_date, finished_date, duration_sec) VALUES ?
     ON DUPLICATE KEY UPDATE
       type = VALUES(type), commit_sha = VALUES(commit_sha), stage = VALUES(stage), result = VALUES(result),
       started_date = VALUES(started_date), finished_date = VALUES(finished_date), duration_sec = VALUES(duration_sec)`,
    events.map((build) => [
      rowId(build.project, build.buildId),
      build.project,
      build.buildType,
      build.commitSha,
      build.stage,
      build.result,
      new Date(build.finishedAt.getTime() - (build.durationSeconds ?? 0) * millisecondsPerSecond),
      build.finishedAt,
      build.durationSeconds,
    ]),
  )
}

export async function storeMeasurements(
  transaction: Transaction,
  events: readonly EventOf<'measurement'>[],
): Promise<void> {
  await transaction.insert(
    `INSERT INTO operational_performance
       (project_name, measured_date, availability, slo_target, p99_latency_ms, error_rate) VALUES ?
     ON DUPLICATE KEY UPDATE
       availability = VALUES(availability), slo_target = VALUES(slo_target), p99_latency_ms = VALUES(p99_latency_ms),
       error_rate = VALUES(error_rate)`,
    events.map((event) => [
      event.project,
      event.measuredAt,
      event.availability,
      event.sloTarget,
      event.p99LatencyMs,
      event.errorRate,
    ]),
  )
}
