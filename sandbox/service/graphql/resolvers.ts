/** Resolvers of the GraphQL fields: the same readings as REST, under the schema's names. */
import { z } from 'zod'
import type { Reading, Store } from '../metrics/reading'
import { readProject, readSnapshot } from '../metrics/reading'
import type { Window } from '../metrics/relations'
import {
  failureRateSummary,
  frequencySummary,
  leadTimeSummary,
  performanceSummary,
  restoreSummary,
  series,
  stages,
} from '../metrics/summaries'
import { lastDays } from '../metrics/time-range'
import { listDeployments } from '../records/deployments'
import { listIncidents } from '../records/incidents'
import { listProjects } from '../records/projects'
import { type Caller, requireAccess } from '../rest/authentication'

export interface Context {
  readonly caller: Caller
}

const rangeDays = { LAST_7_DAYS: 7, LAST_30_DAYS: 30, LAST_90_DAYS: 90 } as const

/** The arguments, already validated against the schema. */
const projectArguments = z.object({
  project: z.string(),
  timeRange: z.enum(['LAST_7_DAYS', 'LAST_30_DAYS', 'LAST_90_DAYS']).nullish(),
})

export function resolvers(store: Store) {
  /** Reads for a caller with a token. Introspection needs no token, because it has no resolver here. */
  const reading =
    <T>(work: (reading: Reading, window: Window | undefined) => Promise<T>) =>
    async (_parent: unknown, given: unknown, { caller }: Context): Promise<T> => {
      requireAccess(caller, 'read')
      const { project, timeRange } = projectArguments.parse(given)
      return await readProject(store, project, (found) =>
        work(found, timeRange ? lastDays(rangeDays[timeRange], found.end) : undefined),
      )
    }
  return {
    Query: {
      doraMetrics: reading((found, window) => metrics(found, window ?? lastDays(30, found.end))),
      projects: async (_parent: unknown, _given: unknown, { caller }: Context) => {
        requireAccess(caller, 'read')
        return await readSnapshot(store, listProjects)
      },
      deployments: reading(deployments),
      incidents: reading(incidents),
    },
  }
}

async function metrics(reading: Reading, window: Window) {
  const frequency = await frequencySummary(reading, window)
  const leadTime = await leadTimeSummary(reading, window)
  const failureRate = await failureRateSummary(reading, window)
  const restore = await restoreSummary(reading, window, reading.settings.severities)
  const performance = await performanceSummary(reading, window)
  const days = await series(reading, window, 'day')
  return {
    project: reading.project,
    deploymentFrequency: {
      ...frequency,
      unit: 'per_day',
      timeseries: days.map(({ date, deployments: count }) => ({ date, count })),
    },
    leadTimeForChanges: { ...leadTime, unit: 'minutes', stages: await stages(reading, window) },
    changeFailureRate: {
      ...failureRate,
      totalDeployments: failureRate?.total ?? 0,
      failedDeployments: failureRate?.failed ?? 0,
    },
    meanTimeToRestore: { ...restore, unit: 'minutes' },
    operationalPerformance: { ...performance, value: performance.availability, unit: 'percent' },
  }
}

const within = (window: Window | undefined, time: Date | null): boolean =>
  window === undefined || (time !== null && time >= window.start && time < window.end)

const shown = (time: Date | null): string | null => time?.toISOString() ?? null

async function deployments({ transaction, project }: Reading, window: Window | undefined) {
  const rows = await listDeployments(transaction, [project])
  return rows
    .filter((row) => within(window, row.finished_date))
    .map((row) => ({
      id: row.deployment_id,
      project: row.project,
      result: row.result,
      status: row.status,
      environment: row.environment,
      commitSha: row.commit_sha,
      startedAt: shown(row.started_date),
      finishedAt: shown(row.finished_date),
      durationSeconds: row.duration_sec,
    }))
}

async function incidents({ transaction, project }: Reading, window: Window | undefined) {
  const rows = await listIncidents(transaction, project)
  return rows
    .filter((row) => within(window, row.createdAt))
    .map((row) => ({ ...row, createdAt: shown(row.createdAt), resolvedAt: shown(row.resolvedAt) }))
}
