/** Counts the events of one window and computes its metrics. */
import { type Benchmarks, durationLevel, failureLevel, frequencyLevel } from './benchmarks'
import type { BuildCount } from './builds'
import { type Definitions, day, hour, minute, type Outcome } from './definitions'
import type { Incident } from './events'
import type { DetailedMetrics, Durations, Histogram, LeftOut, Window } from './metrics'
import { Samples } from './samples'

/** A completed deployment with the incidents attributed to it so far. */
export interface CompletedDeployment {
  readonly id: string
  readonly time: number
  readonly outcome: Outcome
  readonly incidents: Incident[]
}

export class WindowTally {
  readonly leadTimes = new Samples()
  readonly restorations = new Samples()
  readonly leftOut: LeftOut[] = []
  deployments = 0
  /** Terminal deployments to the environment of the deployment frequency, whatever their outcome. */
  private finishedDeployments = 0
  private completedDeployments = 0
  private failures = 0
  private readonly failed: { id: string; time: number }[] = []
  private readonly resolved: Incident[] = []
  private readonly byDay = new Map<number, number>()

  constructor(
    readonly window: Window,
    private readonly definitions: Definitions,
  ) {}

  /** Counts a terminal deployment to the environment of the deployment frequency. */
  finished(time: number, isDeployment: boolean): void {
    this.finishedDeployments++
    if (!isDeployment) return
    this.deployments++
    const date = this.definitions.dayOf(time)
    this.byDay.set(date, (this.byDay.get(date) ?? 0) + 1)
  }

  completed({ id, time, outcome, incidents }: CompletedDeployment): void {
    this.completedDeployments++
    const failures = this.definitions.failuresOf(outcome, incidents, this.window)
    this.failures += failures
    if (failures > 0 && this.isBounded) this.failed.push({ id, time })
  }

  /** Adds the time to restore of an incident, in milliseconds. */
  restored(incident: Incident, sample: number): void {
    this.restorations.add(sample)
    if (this.isBounded) this.resolved.push(incident)
  }

  /** False for the whole history, of which no surface lists the events. */
  private get isBounded(): boolean {
    return Number.isFinite(this.window.start)
  }

  metrics(benchmarks: Benchmarks, { builds, repeats, ...built }: BuildCount): DetailedMetrics {
    const { deployments, finishedDeployments, completedDeployments, failures } = this
    const days = this.definitions.daysOf(this.window)
    const leadTime = this.durations(this.leadTimes)
    const timeToRestore = this.durations(this.restorations)
    return {
      deploymentFrequency: {
        // Failed deployments alone give 0 a day. No deployments at all give no data.
        perDay: finishedDeployments === 0 ? this.definitions.withoutData : deployments / days,
        deployments,
        level: frequencyLevel(benchmarks, deployments, days),
        series: this.series(),
      },
      leadTime: { ...leadTime, samples: this.leadTimes.size, level: durationLevel(benchmarks.leadTime, leadTime.mean) },
      changeFailureRate: {
        percent: completedDeployments === 0 ? this.definitions.withoutData : (failures / completedDeployments) * 100,
        deployments: completedDeployments,
        failed: failures,
        level: failureLevel(benchmarks, failures, completedDeployments),
      },
      timeToRestore: {
        ...timeToRestore,
        incidents: this.restorations.size,
        level: durationLevel(benchmarks.timeToRestore, timeToRestore.mean),
      },
      rework: { builds, repeats, percent: builds === 0 ? null : (repeats / builds) * 100 },
      leftOut: this.leftOut,
      detail: {
        failures: this.failed,
        resolved: this.resolved,
        successfulBuilds: built.successful,
        failedBuilds: built.failed,
        meanBuildDuration: built.meanDuration,
      },
    }
  }

  private durations(samples: Samples): Durations {
    const { centerOf, percentileOf, withoutData } = this.definitions
    const inMinutes = (value: number | null) => (value === null ? withoutData : value / minute)
    return {
      mean: inMinutes(centerOf(samples)),
      p50: inMinutes(percentileOf(samples, 0.5)),
      p95: inMinutes(percentileOf(samples, 0.95)),
    }
  }

  private series(): { date: string; deployments: number }[] {
    const { start, end } = this.window
    const series: { date: string; deployments: number }[] = []
    for (let at = this.definitions.dayOf(start); at < end; at += day)
      series.push({ date: new Date(at).toISOString().slice(0, 10), deployments: this.byDay.get(at) ?? 0 })
    return series
  }
}

/** The histogram of durations in seconds, with the bounds of the contract: an hour and a day. */
export function histogramOf(samples: Samples): Histogram {
  return {
    count: samples.size,
    sum: samples.total / 1000,
    buckets: new Map([hour, day].map((bound) => [bound / 1000, samples.atMost(bound)])),
  }
}
