/** Counts the events of one window and computes its metrics. */
import { type Benchmarks, durationLevel, failureLevel, frequencyLevel } from './benchmarks'
import type { BuildCount } from './builds'
import { type Definitions, day, hour, minute, type Outcome } from './definitions'
import type { Incident } from './events'
import type { Durations, Histogram, LeftOut, Metrics, Window } from './metrics'
import { Samples } from './samples'

export class WindowTally {
  readonly leadTimes = new Samples()
  readonly restorations = new Samples()
  readonly leftOut: LeftOut[] = []
  deployments = 0
  private completedDeployments = 0
  private failures = 0
  private readonly byDay = new Map<number, number>()

  constructor(
    readonly window: Window,
    private readonly definitions: Definitions,
  ) {}

  succeeded(time: number): void {
    this.deployments++
    const date = this.definitions.dayOf(time)
    this.byDay.set(date, (this.byDay.get(date) ?? 0) + 1)
  }

  completed(outcome: Outcome, incidents: readonly Incident[]): void {
    this.completedDeployments++
    this.failures += this.definitions.failuresOf(outcome, incidents, this.window)
  }

  metrics(benchmarks: Benchmarks, rework: BuildCount): Metrics {
    const { deployments, completedDeployments, failures } = this
    const days = this.definitions.daysOf(this.window)
    const leadTime = this.durations(this.leadTimes)
    const timeToRestore = this.durations(this.restorations)
    return {
      deploymentFrequency: {
        // Failed deployments alone give 0 a day. No deployments at all give no data.
        perDay: deployments + completedDeployments === 0 ? this.definitions.withoutData : deployments / days,
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
      rework: { ...rework, percent: rework.builds === 0 ? null : (rework.repeats / rework.builds) * 100 },
      leftOut: this.leftOut,
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
