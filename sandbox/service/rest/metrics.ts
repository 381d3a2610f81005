/** `/api/dora/…`: metrics of one project. A metric without data is NO_DATA on its own path, null in the overview. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ServiceError } from '../basis/service-error'
import { failures } from '../metrics/change-failure-rate'
import { groupings } from '../metrics/deployment-frequency'
import { type Reading, readProject, type Store } from '../metrics/reading'
import type { Window } from '../metrics/relations'
import { rework } from '../metrics/rework'
import {
  failureRateSummary,
  frequencySummary,
  leadTimeSummary,
  performanceSummary,
  precision,
  restoreSummary,
  rounded,
  scopeOf,
  series,
  stages,
} from '../metrics/summaries'
import { windowOf } from '../metrics/time-range'
import { restoredIncidents, type Severities } from '../metrics/time-to-restore'
import { query } from './query'
import { meanSeverity } from './severity'

const month = 30

type Answer = Readonly<Record<string, unknown>>
type Query = ReturnType<typeof query>
type Metric = (reading: Reading, window: Window, query: Query) => Promise<Answer>

export function metricRoutes(server: FastifyInstance, store: Store): void {
  const route = (path: string, defaultDays: (reading: Reading) => number, metric: Metric): void => {
    server.get(`/api/dora/${path}`, (request: FastifyRequest) => {
      const parameters = query(request)
      return readProject(store, parameters.project, async (reading) => {
        const window = windowOf(parameters, reading.end, defaultDays(reading))
        return { project: reading.project, timeRange: window, ...(await metric(reading, window, parameters)) }
      })
    })
  }
  route('metrics', () => month, overview)
  route('deployment-frequency', ({ settings }) => settings.frequencyWindowDays, frequency)
  route('lead-time', () => month, leadTime)
  route('change-failure-rate', ({ settings }) => settings.failureRateWindowDays, failureRate)
  route('mttr', () => month, timeToRestore)
  route('rework', () => month, reworkRate)
}

const noData = (metric: string, window: Window): ServiceError =>
  new ServiceError('NO_DATA', `no ${metric} in the time range`, { start: window.start, end: window.end })

const missing = { value: null, level: null, description: 'No data' }

async function overview(reading: Reading, window: Window): Promise<Answer> {
  const frequency = await frequencySummary(reading, window)
  const leadTime = await leadTimeSummary(reading, window)
  const failureRate = await failureRateSummary(reading, window)
  const restore = await restoreSummary(reading, window, reading.settings.severities)
  const performance = await performanceSummary(reading, window)
  const duration = ({ value, level, p50, p95, description }: NonNullable<typeof leadTime>) => ({
    value,
    unit: 'minutes',
    level,
    p50,
    p95,
    description,
  })
  return {
    metrics: {
      deploymentFrequency: {
        value: frequency?.value ?? null,
        unit: 'per_day',
        level: frequency?.level ?? null,
        description: frequency?.description ?? missing.description,
      },
      leadTimeForChanges: leadTime ? duration(leadTime) : { ...missing, unit: 'minutes', p50: null, p95: null },
      changeFailureRate: {
        value: failureRate?.value ?? null,
        unit: 'percent',
        level: failureRate?.level ?? null,
        total_deployments: failureRate?.total ?? 0,
        failed_deployments: failureRate?.failed ?? 0,
        description: failureRate?.description ?? missing.description,
      },
      meanTimeToRestore: restore ? duration(restore) : { ...missing, unit: 'minutes', p50: null, p95: null },
      operationalPerformance: {
        value: performance.availability,
        unit: 'percent',
        sloTarget: performance.sloTarget,
        p99Latency: performance.p99Latency,
        errorRate: performance.errorRate,
        description: 'Availability as measured by monitoring',
      },
    },
  }
}

async function frequency(reading: Reading, window: Window, { groupBy = 'day' }: Query): Promise<Answer> {
  const grouping = groupings.find((name) => name === groupBy)
  if (!grouping) {
    throw new ServiceError('INVALID_REQUEST', `groupBy: expected one of ${groupings.join(', ')}, found '${groupBy}'`)
  }
  const summary = await frequencySummary(reading, window)
  if (!summary) throw noData('deployment', window)
  const { value, level } = summary
  return {
    metric: 'deployment_frequency',
    summary: { value, unit: 'per_day', level },
    timeseries: await series(reading, window, grouping),
  }
}

async function leadTime(reading: Reading, window: Window, { includeStages }: Query): Promise<Answer> {
  const summary = await leadTimeSummary(reading, window)
  if (!summary) throw noData('deployment of new commits', window)
  const { value, level, p50, p95 } = summary
  const answer = { metric: 'lead_time_for_changes', summary: { value, unit: 'minutes', level, p50, p95 } }
  return includeStages === 'true' ? { ...answer, stages: await stages(reading, window) } : answer
}

async function failureRate(reading: Reading, window: Window): Promise<Answer> {
  const summary = await failureRateSummary(reading, window)
  if (!summary) throw noData('deployment', window)
  const { value, level, total, failed } = summary
  const found = await failures(reading.transaction, reading.definitions, scopeOf(reading, window))
  return {
    metric: 'change_failure_rate',
    summary: {
      value,
      unit: 'percent',
      level,
      total_deployments: total,
      failed_deployments: failed,
      successful_deployments: total - failed,
    },
    failures: found.map((failure) => ({
      deployment_id: failure.deploymentId,
      timestamp: failure.finishedAt,
      reason: failure.title ?? 'Deployment failed',
      severity: failure.severity,
      resolved_at: failure.resolvedAt,
      mttr_minutes: rounded(failure.minutesToRestore, precision.minutes),
    })),
  }
}

/** The severities of the settings, narrowed to the one in the query; null if neither names any. */
function severitiesOf({ settings }: Reading, { severity }: Query): Severities {
  if (severity === undefined) return settings.severities
  const requested = severity.toLowerCase()
  return settings.severities === null || settings.severities.includes(requested) ? [requested] : []
}

async function timeToRestore(reading: Reading, window: Window, parameters: Query): Promise<Answer> {
  const severities = severitiesOf(reading, parameters)
  const summary = await restoreSummary(reading, window, severities)
  if (!summary) throw noData('resolved incident', window)
  const { value, level, p50, p95, samples } = summary
  const { transaction, definitions } = reading
  const incidents = await restoredIncidents(transaction, definitions, scopeOf(reading, window), severities)
  return {
    metric: 'mean_time_to_restore',
    summary: {
      value,
      unit: 'minutes',
      level,
      p50,
      p95,
      total_incidents: samples,
      avg_severity: meanSeverity(incidents.map(({ severity }) => severity)),
    },
    incidents: incidents.map((incident) => ({
      id: incident.id,
      created_at: incident.createdAt,
      resolved_at: incident.resolvedAt,
      duration_minutes: rounded(incident.minutes, precision.minutes),
      severity: incident.severity,
      title: incident.title,
    })),
  }
}

async function reworkRate(reading: Reading, window: Window): Promise<Answer> {
  const found = await rework(reading.transaction, reading.definitions, scopeOf(reading, window))
  if (found.builds + found.gates + found.testRuns === 0) throw noData('build', window)
  const percent = (part: number | null, whole: number): number | null =>
    whole === 0 ? null : rounded((100 * (part ?? 0)) / whole, precision.percent)
  return {
    metric: 'ci_rework_metrics',
    summary: {
      build_success_rate: percent(found.successfulBuilds, found.builds),
      rework_rate: percent(found.repeats, found.builds),
      quality_gate_pass_rate: percent(found.gates - (found.gateFailures ?? 0), found.gates),
      test_flakiness: percent(found.flakyTestRuns, found.testRuns),
      avg_build_duration_minutes: rounded(found.averageMinutes, precision.minutes),
    },
    details: {
      total_builds: found.builds,
      successful_builds: found.successfulBuilds ?? 0,
      failed_builds: found.failedBuilds ?? 0,
      retry_builds: found.repeats ?? 0,
      quality_gate_failures: found.gateFailures ?? 0,
    },
  }
}
