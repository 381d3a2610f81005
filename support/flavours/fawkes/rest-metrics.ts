/** The paths of the REST API of the contract `fawkes` that report the metrics. */
import { z } from 'zod'
import type { RangeName, RestMetric, RestMetrics } from '../../contracts/dora'
import { toleranceOf } from '../../dora/comparison'
import { listText, type Reading, seriesText, type Window } from '../../dora/metrics'
import { failureText, incidentText } from '../../dora/reading'
import {
  date,
  duration,
  failureRateOf,
  frequencyOf,
  instant,
  leadTimeOf,
  level,
  noFrequency,
  none,
  noRate,
  number,
  precision,
  project,
  projectOf,
  range,
  rate,
  rateFields,
  rateOf,
  sumOf,
  timeToRestoreOf,
  unit,
} from './answer-values'

export const pathOf =
  (name: string): RestMetric['path'] =>
  (project, range) =>
    `/api/dora/${name}?${new URLSearchParams({ project, ...rangeOf(range) })}`

function rangeOf(range: RangeName | Window | undefined): Record<string, string> {
  if (range === undefined) return {}
  if (typeof range === 'string') return { timeRange: range }
  const [startDate = '', endDate = ''] = [range.start, range.end].map((time) => new Date(time).toISOString())
  return { timeRange: 'custom', startDate, endDate }
}

const undefinedByContract = 'the contract does not define it'
const freeText = 'it is free text'
const measured = 'the service measures it itself'
const unstored = 'the configuration names no table that holds it'

/** The project and the metric that the answer of a path is about, where it names them. */
const subject = { project, metric: z.string().optional() }
const subjectOf = ({ project, metric }: z.output<z.ZodObject<typeof subject>>): Reading => ({
  ...projectOf(project),
  ...(metric === undefined ? {} : { 'metric name': metric }),
})

/** A path that answers one metric as a summary, and "no data" as an error. */
const metric = <T>(
  name: string,
  metricName: string,
  summary: z.ZodType<T>,
  reading: (found: T) => Reading,
  noData: Reading,
): RestMetric => ({
  path: pathOf(name),
  noData,
  metricName,
  notCompared: {},
  answer: z.looseObject({ ...subject, timeRange: range, summary }).transform(({ timeRange, summary, ...about }) => ({
    range: timeRange,
    reading: { ...subjectOf(about), ...reading(summary) },
  })),
})

const seriesIn = {
  day: 'deployments by day',
  week: 'deployments by week',
  month: 'deployments by month',
} as const

/** The deployment frequency with its series by days, weeks (from Monday) or months. */
const frequencyBy = (grouping: keyof typeof seriesIn): RestMetric => ({
  ...(grouping === 'day' ? {} : { variant: `by ${grouping}` }),
  // Days are the default: they are named for ranges that the caller chooses.
  path: (project, range) =>
    `${pathOf('deployment-frequency')(project, range)}${grouping === 'day' && typeof range !== 'object' ? '' : `&groupBy=${grouping}`}`,
  noData: frequencyOf(noFrequency),
  metricName: 'deployment_frequency',
  notCompared: {},
  answer: z
    .looseObject({
      ...{ ...subject, timeRange: range },
      summary: z.looseObject({ value: number, unit, level }),
      timeseries: z.array(z.looseObject({ date, deployments: z.number() })),
    })
    .transform(({ timeRange, summary, timeseries, ...about }) => ({
      range: timeRange,
      reading: {
        ...subjectOf(about),
        ...frequencyOf(summary),
        deployments: sumOf(timeseries),
        [seriesIn[grouping]]: seriesText(timeseries),
      },
    })),
})

const changeFailureRate: RestMetric = {
  path: pathOf('change-failure-rate'),
  noData: { ...failureRateOf(noRate), 'successful deployments': 0, 'listed failures': '' },
  metricName: 'change_failure_rate',
  notCompared: {
    'failures.reason': freeText,
    'failures.severity': undefinedByContract,
    'failures.resolved_at': undefinedByContract,
    'failures.mttr_minutes': undefinedByContract,
  },
  answer: z
    .looseObject({
      ...{ ...subject, timeRange: range },
      summary: z.looseObject({ ...rateFields, successful_deployments: z.number() }),
      failures: z.array(z.looseObject({ deployment_id: z.string(), timestamp: instant })),
    })
    .transform(({ timeRange, summary, failures, ...about }) => ({
      range: timeRange,
      reading: {
        ...subjectOf(about),
        ...failureRateOf(rateOf(summary)),
        'successful deployments': summary.successful_deployments,
        'listed failures': listText(
          failures.map(({ deployment_id: id, timestamp: time }) => failureText({ id, time })),
        ),
      },
    })),
}

const timeToRestore = {
  path: pathOf('mttr'),
  noData: { ...timeToRestoreOf(none), 'resolved incidents': 0, 'listed incidents': '' },
  metricName: 'mean_time_to_restore',
  notCompared: { 'summary.avg_severity': undefinedByContract, 'incidents.title': freeText },
  answer: z
    .looseObject({
      ...{ ...subject, timeRange: range },
      summary: duration.extend({ total_incidents: z.number() }),
      incidents: z.array(
        z.looseObject({
          id: z.string(),
          created_at: instant,
          resolved_at: instant.nullable(),
          duration_minutes: number,
          severity: z.string().nullable(),
        }),
      ),
    })
    .transform(({ timeRange, summary, incidents, ...about }) => ({
      range: timeRange,
      reading: {
        ...subjectOf(about),
        ...timeToRestoreOf(summary),
        'resolved incidents': summary.total_incidents,
        'listed incidents': listText(
          incidents.map(({ id, severity, created_at: createdAt, resolved_at: resolvedAt, duration_minutes: minutes }) =>
            [incidentText({ id, severity, createdAt, resolvedAt }), lasting(minutes, createdAt, resolvedAt)].join(''),
          ),
        ),
      },
    })),
} satisfies RestMetric

/** The duration of an incident where it differs from the time between its creation and its resolution; nothing where it agrees. */
function lasting(minutes: number | null, createdAt: number, resolvedAt: number | null): string {
  if (resolvedAt === null) return ''
  const expected = (resolvedAt - createdAt) / 60_000
  if (minutes === null) return ' without a duration'
  return Math.abs(minutes - expected) <= toleranceOf('minutes', precision, expected) ? '' : ` lasting ${minutes} min`
}

/** The time to restore of the incidents of one severity. */
const timeToRestoreOfSeverity = (severity: string): RestMetric => ({
  ...timeToRestore,
  variant: `of severity ${severity}`,
  severity,
  path: (project, range) => `${pathOf('mttr')(project, range)}&severity=${severity}`,
})

const leadTime = metric('lead-time', 'lead_time_for_changes', duration, leadTimeOf, leadTimeOf(none))

export const fawkesRest: RestMetrics = {
  overview: {
    path: pathOf('metrics'),
    noData: {
      ...{ ...frequencyOf(noFrequency), ...failureRateOf(noRate) },
      ...{ ...leadTimeOf(none), ...timeToRestoreOf(none) },
    },
    notCompared: {
      ...Object.fromEntries(
        ['deploymentFrequency', 'leadTimeForChanges', 'changeFailureRate', 'meanTimeToRestore'].map((name) => [
          `metrics.${name}.description`,
          freeText,
        ]),
      ),
      'metrics.operationalPerformance.description': freeText,
      ...Object.fromEntries(
        ['value', 'unit', 'sloTarget', 'p99Latency', 'errorRate'].map((name) => [
          `metrics.operationalPerformance.${name}`,
          measured,
        ]),
      ),
    },
    answer: z
      .looseObject({
        ...{ project, timeRange: range },
        metrics: z.looseObject({
          deploymentFrequency: z.looseObject({ value: number, unit, level }),
          leadTimeForChanges: duration,
          changeFailureRate: rate,
          meanTimeToRestore: duration,
        }),
      })
      .transform(({ project, timeRange, metrics }) => ({
        range: timeRange,
        reading: {
          ...projectOf(project),
          ...frequencyOf(metrics.deploymentFrequency),
          ...leadTimeOf(metrics.leadTimeForChanges),
          ...failureRateOf(metrics.changeFailureRate),
          ...timeToRestoreOf(metrics.meanTimeToRestore),
        },
      })),
  },
  deploymentFrequency: frequencyBy('day'),
  deploymentsByWeek: frequencyBy('week'),
  deploymentsByMonth: frequencyBy('month'),
  leadTime,
  leadTimeWithStages: {
    ...leadTime,
    variant: 'with stages',
    path: (project, range) => `${leadTime.path(project, range)}&includeStages=true`,
    notCompared: {
      'stages.name': 'the settings of projects decide the stages, which are compared with them',
      'stages.duration': 'the contract does not define the split; the sum is compared',
      'stages.unit': 'it is checked with the sum',
    },
  },
  changeFailureRate,
  timeToRestore,
  timeToRestoreOfCritical: timeToRestoreOfSeverity('critical'),
  timeToRestoreOfHigh: timeToRestoreOfSeverity('high'),
  timeToRestoreOfMedium: timeToRestoreOfSeverity('medium'),
  timeToRestoreOfLow: timeToRestoreOfSeverity('low'),
  rework: {
    path: pathOf('rework'),
    noData: { 'rework rate': null, builds: 0, 'repeat builds': 0 },
    metricName: 'ci_rework_metrics',
    notCompared: {
      'summary.quality_gate_pass_rate': unstored,
      'summary.test_flakiness': unstored,
      'details.quality_gate_failures': unstored,
    },
    answer: z
      .looseObject({
        ...{ ...subject, timeRange: range },
        summary: z.looseObject({
          rework_rate: number,
          build_success_rate: number,
          avg_build_duration_minutes: number,
        }),
        details: z.looseObject({
          total_builds: z.number(),
          retry_builds: z.number(),
          successful_builds: z.number(),
          failed_builds: z.number(),
        }),
      })
      .transform(({ timeRange, summary, details, ...about }) => ({
        range: timeRange,
        reading: {
          ...subjectOf(about),
          'rework rate': summary.rework_rate,
          builds: details.total_builds,
          'repeat builds': details.retry_builds,
          'successful builds': details.successful_builds,
          'failed builds': details.failed_builds,
          'build success rate': summary.build_success_rate,
          'mean build duration': summary.avg_build_duration_minutes,
        },
      })),
  },
}
