/** The numbers of the four metrics as a run measured them: for each project and in all, beside the surfaces that report them. Pure. */
import type { Benchmarks } from './benchmarks'
import { durationLevel, failureLevel, frequencyLevel } from './benchmarks'
import { shown } from './comparison'
import type { DetailedMetrics, Level } from './metrics'

export const fourMetrics = ['deployment frequency', 'lead time', 'change failure rate', 'time to restore'] as const
export type FourMetric = (typeof fourMetrics)[number]

export const isFourMetric = (metric: string): metric is FourMetric => fourMetrics.some((one) => one === metric)

/** The media type of an attachment that holds a {@link MeasuredMetric} as JSON. */
export const measuredMediaType = 'application/vnd.dora-acceptance.measured+json'

/** A value with what it was computed from. */
export interface MeasuredValue {
  /** In the unit of the metric; null without data. */
  readonly value: number | null
  /** The value with its unit, such as "1.43 a day" or "no data". */
  readonly shown: string
  readonly level: string | null
  readonly samples: number
}

/** The surfaces that report a metric, by the outcome of their comparison. */
export interface ComparedSurfaces {
  readonly agreeing: readonly string[]
  readonly differing: readonly string[]
  /** Surfaces that did not answer, or whose answer could not be used. */
  readonly unread: readonly string[]
}

export interface ProjectNumber extends MeasuredValue {
  readonly project: string
  /** The range of the value, ISO 8601. */
  readonly from: string
  readonly to: string
  readonly surfaces: ComparedSurfaces
}

/** A metric of all projects that a run compared. */
export interface MeasuredMetric {
  readonly metric: FourMetric
  /** The definition in one sentence. */
  readonly definition: string
  /** The bounds of the levels in words, best level first. */
  readonly levels: string
  /** The length of the range in words, such as "last 30 days". */
  readonly range: string
  readonly projects: readonly ProjectNumber[]
  /** The value over the events of all compared projects. */
  readonly all: MeasuredValue
  /** The number of projects on the platform, compared or not. */
  readonly of: number
}

/** The definitions of the contract `fawkes`, as in {@link canonical}. */
const definitions: Readonly<Record<FourMetric, string>> = {
  'deployment frequency':
    'Successful production deployments per day. Failed, aborted and non-production deployments do not count.',
  'lead time':
    'Mean time from the first new commit of a successful production deployment to the end of that deployment.',
  'change failure rate':
    'Production deployments that failed or caused an incident, as a share of all completed production deployments.',
  'time to restore': 'Mean time from the creation of a production incident to its resolution.',
}

type Counted = Pick<DetailedMetrics, 'deploymentFrequency' | 'leadTime' | 'changeFailureRate' | 'timeToRestore'>

/** The value of a metric in one window. */
export function measuredValue(metric: FourMetric, metrics: Counted): MeasuredValue {
  const { deploymentFrequency, leadTime, changeFailureRate, timeToRestore } = metrics
  const of = (value: number | null, level: Level | null, samples: number): MeasuredValue => ({
    ...{ value, level, samples },
    shown: shown(metric, value === null ? null : Number(value.toFixed(2))),
  })
  switch (metric) {
    case 'deployment frequency':
      return of(deploymentFrequency.perDay, deploymentFrequency.level, deploymentFrequency.deployments)
    case 'lead time':
      return of(leadTime.mean, leadTime.level, leadTime.samples)
    case 'change failure rate':
      return of(changeFailureRate.percent, changeFailureRate.level, changeFailureRate.deployments)
    case 'time to restore':
      return of(timeToRestore.mean, timeToRestore.level, timeToRestore.incidents)
  }
}

/**
 * The metrics of several projects as those of one: counts are added up, and means are weighted by their samples.
 * @param days the length of the window, the same for all projects
 */
export function together(all: readonly Counted[], days: number, benchmarks: Benchmarks): Counted {
  const sum = (of: (one: Counted) => number) => all.reduce((total, one) => total + of(one), 0)
  const deployments = sum((one) => one.deploymentFrequency.deployments)
  const completed = sum((one) => one.changeFailureRate.deployments)
  const failed = sum((one) => one.changeFailureRate.failed)
  const isWithoutData = all.every((one) => one.deploymentFrequency.perDay === null)
  const mean = (of: (one: Counted) => { readonly mean: number | null; readonly samples: number }) => {
    const samples = sum((one) => of(one).samples)
    return { samples, mean: samples === 0 ? null : sum((one) => (of(one).mean ?? 0) * of(one).samples) / samples }
  }
  const lead = mean(({ leadTime }) => leadTime)
  const restore = mean(({ timeToRestore: { mean, incidents } }) => ({ mean, samples: incidents }))
  const percentiles = { p50: null, p95: null }
  return {
    deploymentFrequency: {
      perDay: isWithoutData ? null : deployments / days,
      deployments,
      level: frequencyLevel(benchmarks, deployments, days),
      series: [],
    },
    leadTime: { ...percentiles, ...lead, level: durationLevel(benchmarks.leadTime, lead.mean) },
    changeFailureRate: {
      percent: completed === 0 ? null : (failed / completed) * 100,
      deployments: completed,
      failed,
      level: failureLevel(benchmarks, failed, completed),
    },
    timeToRestore: {
      ...percentiles,
      mean: restore.mean,
      incidents: restore.samples,
      level: durationLevel(benchmarks.timeToRestore, restore.mean),
    },
  }
}

/** A project with its metrics in the range that is shown. */
export interface MeasuredProject {
  readonly project: string
  readonly metrics: Counted
  /** Milliseconds since 1970 UTC. */
  readonly window: { readonly start: number; readonly end: number }
  readonly surfaces: Readonly<Record<FourMetric, ComparedSurfaces>>
}

/**
 * A metric of the projects that were compared.
 * @param range the length of their windows, in days
 * @param of the number of projects on the platform
 */
export function measuredMetric(
  metric: FourMetric,
  projects: readonly MeasuredProject[],
  { days, benchmarks, of }: { readonly days: number; readonly benchmarks: Benchmarks; readonly of: number },
): MeasuredMetric {
  return {
    metric,
    definition: definitions[metric],
    levels: levelsOf(metric, benchmarks),
    range: `last ${days} days`,
    projects: projects.map(({ project, metrics, window: { start, end }, surfaces }) => ({
      project,
      ...measuredValue(metric, metrics),
      ...{ from: new Date(start).toISOString(), to: new Date(end).toISOString() },
      surfaces: surfaces[metric],
    })),
    all: measuredValue(
      metric,
      together(
        projects.map(({ metrics }) => metrics),
        days,
        benchmarks,
      ),
    ),
    of,
  }
}

/** The bounds of the levels in words. */
export function levelsOf(metric: FourMetric, benchmarks: Benchmarks): string {
  return [...boundsOf(metric, benchmarks), 'low otherwise'].join('; ')
}

function boundsOf(metric: FourMetric, benchmarks: Benchmarks): string[] {
  switch (metric) {
    case 'deployment frequency':
      return benchmarks.deploymentFrequency.map(
        ({ level, deployments, days, bound }) =>
          `${level}: ${bound} ${deployments} in ${days === 1 ? 'a day' : `${days} days`}`,
      )
    case 'change failure rate':
      return benchmarks.changeFailureRate.map(({ level, percent }) => `${level}: at most ${percent} %`)
    case 'lead time':
    case 'time to restore': {
      const bounds = metric === 'lead time' ? benchmarks.leadTime : benchmarks.timeToRestore
      return bounds.map(({ level, minutes }) => `${level}: less than ${inHours(minutes)}`)
    }
  }
}

const inHours = (minutes: number) =>
  minutes % 1440 === 0 ? `${minutes / 1440} d` : minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
