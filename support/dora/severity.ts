/** The time to restore of incidents of one severity, from the metrics of those of all severities. */
import { type Benchmarks, durationLevel } from './benchmarks'
import { canonical, minute } from './definitions'
import type { DetailedMetrics } from './metrics'
import { Samples } from './samples'

/** The metrics with the incidents of one severity only. @param severity in lower case */
export function ofSeverity(metrics: DetailedMetrics, severity: string, benchmarks: Benchmarks): DetailedMetrics {
  const resolved = metrics.detail.resolved.filter((incident) => incident.severity?.toLowerCase() === severity)
  const samples = new Samples()
  for (const incident of resolved) {
    const duration = canonical.timeToRestoreOf(incident, 0)
    if (duration !== null) samples.add(duration)
  }
  const inMinutes = (value: number | null) => (value === null ? null : value / minute)
  const mean = inMinutes(samples.mean())
  const level = durationLevel(benchmarks.timeToRestore, mean)
  const percentile = (fraction: number) => inMinutes(samples.percentile(fraction))
  return {
    ...metrics,
    timeToRestore: { mean, p50: percentile(0.5), p95: percentile(0.95), incidents: resolved.length, level },
    detail: { ...metrics.detail, resolved },
  }
}
