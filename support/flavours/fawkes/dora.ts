/** The surfaces of the contract `fawkes`: the requests for the metrics and the answers. */
import { z } from 'zod'
import type { DoraContract, RangeName, RestMetric } from '../../contracts/dora'
import { type Level, levels, type Reading, seriesText, type Window } from '../../dora/metrics'

const number = z.number().nullable()
const level = z.enum(levels).nullable()
const range = z.looseObject({ end: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)) })
const duration = z.looseObject({ value: number, level, p50: number, p95: number })

interface Duration {
  readonly value: number | null
  readonly level: Level | null
  readonly p50: number | null
  readonly p95: number | null
}

const leadTimeOf = ({ value, level, p50, p95 }: Duration): Reading => ({
  'lead time': value,
  'lead time p50': p50,
  'lead time p95': p95,
  'lead time level': level,
})

const timeToRestoreOf = ({ value, level, p50, p95 }: Duration): Reading => ({
  'time to restore': value,
  'time to restore p50': p50,
  'time to restore p95': p95,
  'time to restore level': level,
})

const frequencyOf = ({ value, level }: { readonly value: number | null; readonly level: Level | null }): Reading => ({
  'deployment frequency': value,
  'deployment frequency level': level,
})

/** A day; some surfaces add a time. */
const date = z.string().transform((text) => text.slice(0, 10))

const seriesOf = (series: readonly { readonly date: string; readonly deployments: number }[]): Reading => ({
  deployments: series.reduce((sum, { deployments }) => sum + deployments, 0),
  'deployments by day': seriesText(series),
})

interface Rate {
  readonly value: number | null
  readonly level: Level | null
  readonly total: number
  readonly failed: number
}

const failureRateOf = ({ value, level, total, failed }: Rate): Reading => ({
  'change failure rate': value,
  'change failure rate level': level,
  'completed deployments': total,
  'failed deployments': failed,
})

const none: Duration = { value: null, level: null, p50: null, p95: null }
const noFrequency = { value: null, level: null }
const noRate: Rate = { ...noFrequency, total: 0, failed: 0 }
const rate = z
  .looseObject({ value: number, level, total_deployments: z.number(), failed_deployments: z.number() })
  .transform(({ total_deployments: total, failed_deployments: failed, ...rest }) => ({ ...rest, total, failed }))

const pathOf =
  (name: string): RestMetric['path'] =>
  (project, range) =>
    `/api/dora/${name}?${new URLSearchParams({ project, ...rangeOf(range) })}`

function rangeOf(range: RangeName | Window | undefined): Record<string, string> {
  if (range === undefined) return {}
  if (typeof range === 'string') return { timeRange: range }
  const [startDate = '', endDate = ''] = [range.start, range.end].map((time) => new Date(time).toISOString())
  return { timeRange: 'custom', startDate, endDate }
}

/** A path that answers one metric as a summary, and "no data" as an error. */
const metric = <T>(
  name: string,
  summary: z.ZodType<T>,
  reading: (found: T) => Reading,
  noData: Reading,
): RestMetric => ({
  path: pathOf(name),
  noData,
  answer: z
    .looseObject({ timeRange: range, summary })
    .transform(({ timeRange, summary }) => ({ end: timeRange.end, reading: reading(summary) })),
})

const graphqlRange: Readonly<Record<RangeName, string>> = {
  last7days: 'LAST_7_DAYS',
  last30days: 'LAST_30_DAYS',
  last90days: 'LAST_90_DAYS',
}

const defaults = {
  frequencyWindowDays: 7,
  leadTimeStages: ['development', 'review', 'production'],
  failureRateWindowDays: 30,
  severities: null,
} as const

const days = z.number().int().positive()
const names = z.array(z.string().min(1)).min(1)

export const fawkesDora: DoraContract = {
  ranges: { last7days: 7, last30days: 30, last90days: 90 },
  precision: { perDay: 0.01, minutes: 0.1, percent: 0.1, ratio: 1e-6, seconds: 1e-3, count: 0, series: 0, level: 0 },
  rest: {
    overview: {
      path: pathOf('metrics'),
      noData: {},
      answer: z
        .looseObject({
          timeRange: range,
          metrics: z.looseObject({
            deploymentFrequency: z.looseObject({ value: number, level }),
            leadTimeForChanges: duration,
            changeFailureRate: rate,
            meanTimeToRestore: duration,
          }),
        })
        .transform(({ timeRange, metrics }) => ({
          end: timeRange.end,
          reading: {
            ...frequencyOf(metrics.deploymentFrequency),
            ...leadTimeOf(metrics.leadTimeForChanges),
            ...failureRateOf(metrics.changeFailureRate),
            ...timeToRestoreOf(metrics.meanTimeToRestore),
          },
        })),
    },
    deploymentFrequency: {
      path: pathOf('deployment-frequency'),
      noData: frequencyOf(noFrequency),
      answer: z
        .looseObject({
          timeRange: range,
          summary: z.looseObject({ value: number, level }),
          timeseries: z.array(z.looseObject({ date, deployments: z.number() })),
        })
        .transform(({ timeRange, summary, timeseries }) => ({
          end: timeRange.end,
          reading: {
            ...frequencyOf(summary),
            ...seriesOf(timeseries),
          },
        })),
    },
    leadTime: metric('lead-time', duration, leadTimeOf, leadTimeOf(none)),
    changeFailureRate: metric('change-failure-rate', rate, failureRateOf, failureRateOf(noRate)),
    timeToRestore: metric(
      'mttr',
      duration.extend({ total_incidents: z.number() }),
      (found) => ({ ...timeToRestoreOf(found), 'resolved incidents': found.total_incidents }),
      { ...timeToRestoreOf(none), 'resolved incidents': 0 },
    ),
    rework: {
      path: pathOf('rework'),
      noData: { 'rework rate': null, builds: 0, 'repeat builds': 0 },
      answer: z
        .looseObject({
          timeRange: range,
          summary: z.looseObject({ rework_rate: number }),
          details: z.looseObject({ total_builds: z.number(), retry_builds: z.number() }),
        })
        .transform(({ timeRange, summary, details }) => ({
          end: timeRange.end,
          reading: {
            'rework rate': summary.rework_rate,
            builds: details.total_builds,
            'repeat builds': details.retry_builds,
          },
        })),
    },
  },
  stages: {
    path: (project) => `${pathOf('lead-time')(project, 'last90days')}&includeStages=true`,
    answer: z
      .looseObject({ stages: z.array(z.looseObject({ name: z.string() })) })
      .transform(({ stages }) => stages.map(({ name }) => name)),
  },
  saysNoData: (status, body) =>
    status === 404 && z.looseObject({ error: z.looseObject({ code: z.literal('NO_DATA') }) }).safeParse(body).success,
  graphql: {
    request: (project, range) => ({
      query: `query ($project: String!) {
      doraMetrics(project: $project, timeRange: ${graphqlRange[range]}) {
        deploymentFrequency { value level timeseries { date count } }
        leadTimeForChanges { value level p50 p95 }
        changeFailureRate { value level totalDeployments failedDeployments }
        meanTimeToRestore { value level p50 p95 }
      }
    }`,
      variables: { project },
    }),
    answer: z
      .looseObject({
        doraMetrics: z.looseObject({
          deploymentFrequency: z.looseObject({
            value: number,
            level,
            timeseries: z.array(z.looseObject({ date, count: z.number() })),
          }),
          leadTimeForChanges: duration,
          changeFailureRate: z.looseObject({
            value: number,
            level,
            totalDeployments: z.number(),
            failedDeployments: z.number(),
          }),
          meanTimeToRestore: duration,
        }),
      })
      .transform(({ doraMetrics: found }) => ({
        ...frequencyOf(found.deploymentFrequency),
        ...seriesOf(found.deploymentFrequency.timeseries.map(({ date, count }) => ({ date, deployments: count }))),
        ...leadTimeOf(found.leadTimeForChanges),
        ...failureRateOf({
          ...found.changeFailureRate,
          total: found.changeFailureRate.totalDeployments,
          failed: found.changeFailureRate.failedDeployments,
        }),
        ...timeToRestoreOf(found.meanTimeToRestore),
      })),
  },
  exposed: [
    { quantity: 'all-time deployments', sample: 'dora_deployment_frequency_total' },
    { quantity: 'all-time lead times', sample: 'dora_lead_time_seconds_count' },
    { quantity: 'sum of all lead times', sample: 'dora_lead_time_seconds_sum' },
    { quantity: 'lead times up to an hour', sample: 'dora_lead_time_seconds_bucket', bucket: 3600 },
    { quantity: 'lead times up to a day', sample: 'dora_lead_time_seconds_bucket', bucket: 86_400 },
    { quantity: 'all-time resolved incidents', sample: 'dora_mttr_seconds_count' },
    { quantity: 'sum of all times to restore', sample: 'dora_mttr_seconds_sum' },
    { quantity: 'incidents resolved within an hour', sample: 'dora_mttr_seconds_bucket', bucket: 3600 },
    { quantity: 'incidents resolved within a day', sample: 'dora_mttr_seconds_bucket', bucket: 86_400 },
    { quantity: 'change failure ratio', sample: 'dora_change_failure_rate' },
  ],
  settings: {
    plugin: 'dora',
    defaults,
    option: z
      .looseObject({
        deployment_frequency: z.looseObject({ window_days: days.default(defaults.frequencyWindowDays) }).prefault({}),
        lead_time: z.looseObject({ stages: names.default([...defaults.leadTimeStages]) }).prefault({}),
        cfr: z.looseObject({ window_days: days.default(defaults.failureRateWindowDays) }).prefault({}),
        mttr: z.looseObject({ severities: names.nullable().default(null) }).prefault({}),
      })
      .transform(({ deployment_frequency, lead_time, cfr, mttr }) => ({
        frequencyWindowDays: deployment_frequency.window_days,
        leadTimeStages: lead_time.stages,
        failureRateWindowDays: cfr.window_days,
        severities: mttr.severities,
      })),
  },
}
