/**
 * What a run says about itself to Prometheus: to node exporter's textfile collector, or to a Pushgateway. The time of the
 * last good run survives a bad one in both: it is read back from the earlier file, and a Pushgateway keeps what is not sent.
 */
import { readFileSync } from 'node:fs'
import type { Registry } from 'prom-client'
import { redaction } from '../basis/redaction'
import type { MetricsSinks } from '../configuration/metrics-sinks'
import { parseExposition, type Sample } from '../formats/exposition'
import { itemStates, type Verdict, verdictNames } from '../record/verdict'
import { replaceFile } from './write'

/** What is measured of a run. */
export interface Measured {
  readonly verdict: Pick<Verdict, 'verdict' | 'counts' | 'startedAt' | 'finishedAt' | 'platform' | 'scope'>
  /** How long stories waited for each collection, in milliseconds. */
  readonly collections: readonly number[]
}

const jobName = 'dora_acceptance'
const lastSuccess = 'dora_acceptance_last_success_timestamp_seconds'

/**
 * Hands the metrics to each sink. A sink that fails changes no verdict.
 * @param timeoutMs how long a Pushgateway may take
 * @returns a warning for each sink that failed, in a sentence
 */
export async function exportMetrics(measured: Measured, sinks: MetricsSinks, timeoutMs: number): Promise<string[]> {
  const { textfile, pushgateway } = sinks
  const warnings = await Promise.all([
    textfile === undefined ? [] : writeTextfile(measured, textfile),
    pushgateway === undefined ? [] : push(measured, pushgateway, timeoutMs),
  ])
  return warnings.flat()
}

async function writeTextfile(measured: Measured, path: string): Promise<string[]> {
  const earlier = earlierSuccesses(path)
  try {
    const registry = await metricsOf(measured, earlier.samples)
    registry.setDefaultLabels(labelsOf(measured))
    replaceFile(path, await registry.metrics())
    return earlier.warnings
  } catch (error) {
    return [
      ...earlier.warnings,
      `The metrics could not be written to ${path}: ${reasonOf(error)}. The verdict stands; make the directory of metrics.textfile writable.`,
    ]
  }
}

/** The times of the last good runs that an earlier file holds: also those of another context, or of one that was known then. */
function earlierSuccesses(path: string): { samples: readonly Sample[]; warnings: string[] } {
  try {
    const samples = parseExposition(readFileSync(path, 'utf8')).get(lastSuccess)?.samples ?? []
    return { samples, warnings: [] }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { samples: [], warnings: [] }
    const lost = `The time of the last good run is lost: ${path} cannot be read back: ${reasonOf(error)}.`
    return { samples: [], warnings: [lost] }
  }
}

async function push(measured: Measured, url: string, timeoutMs: number): Promise<string[]> {
  // A label of a grouping may hold a slash only in base64: https://github.com/prometheus/pushgateway#url
  const groupings = Object.fromEntries(
    Object.entries(labelsOf(measured)).map(([name, value]) => [
      `${name}@base64`,
      Buffer.from(value).toString('base64url'),
    ]),
  )
  try {
    const { Pushgateway } = await import('prom-client')
    const signal = AbortSignal.timeout(timeoutMs)
    // POST and not PUT: metrics of other names, such as the last success, are kept.
    await new Pushgateway(url, { signal }, await metricsOf(measured)).pushAdd({ jobName, groupings })
    return []
  } catch (error) {
    const { origin, pathname } = new URL(url)
    return [
      `The metrics could not be pushed to ${origin}${pathname}: ${reasonOf(error)}. The verdict stands; check metrics.pushgateway.`,
    ]
  }
}

/** A handful of values a cluster, whatever it runs. */
const labelsOf = ({ verdict: { platform, scope } }: Measured) => ({
  context: redaction.redact(platform.context ?? 'unknown'),
  namespace: redaction.redact(platform.namespace),
  contract: scope.contract,
})

async function metricsOf(measured: Measured, earlier: readonly Sample[] = []): Promise<Registry> {
  const { verdict, collections } = measured
  // Loaded when it is needed: most runs have no sink.
  const { Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const startedAt = Date.parse(verdict.startedAt) / 1000
  const finishedAt = Date.parse(verdict.finishedAt) / 1000
  const held = verdict.verdict === 'accepted' || verdict.verdict === 'partial'

  const items = gauge('dora_acceptance_items', 'Items of the checklist by their state in the last run.', 'state')
  for (const state of itemStates) items.set({ state }, verdict.counts[state])
  const verdicts = gauge('dora_acceptance_verdict', 'Verdict of the last run: 1 for what it is, else 0.', 'verdict')
  for (const name of verdictNames) verdicts.set({ verdict: name }, name === verdict.verdict ? 1 : 0)
  gauge('dora_acceptance_run_duration_seconds', 'How long the last run took.').set(finishedAt - startedAt)
  gauge('dora_acceptance_last_run_timestamp_seconds', 'When the last run ended, in Unix time.').set(finishedAt)
  if (held || earlier.length > 0) {
    const labels = labelsOf(measured)
    const help = 'When the last run ended in which all in its scope held, in Unix time.'
    const success = gauge(lastSuccess, help, ...Object.keys(labels))
    for (const sample of earlier) success.set({ ...sample.labels }, sample.value)
    if (held) success.set(labels, finishedAt)
  }
  if (collections.length > 0)
    gauge(
      'dora_acceptance_collection_duration_seconds',
      'The longest that stories of the last run waited until the service had collected them.',
    ).set(Math.max(...collections) / 1000)
  return registry
}

const reasonOf = (error: unknown) => {
  const { message, code } = error as NodeJS.ErrnoException
  return redaction.redactForeign(message || code || String(error)).split('\n', 1)[0]
}
