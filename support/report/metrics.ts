/**
 * What a run says about itself to Prometheus: to node exporter's textfile collector, or to a Pushgateway. The time of the
 * last good run survives a bad one in both: it is read back from the earlier file, and a Pushgateway keeps what is not sent.
 */
import { readFileSync } from 'node:fs'
import { Gauge, Pushgateway, Registry } from 'prom-client'
import { parseExposition } from '../platform/exposition'
import { redaction } from '../redaction'
import { itemStates, type Verdict, verdictNames } from './verdict'
import { replaceFile } from './write'

export interface MetricsSinks {
  /** Path of the file, absolute. */
  readonly textfile?: string | undefined
  /** URL of the Pushgateway; its password is registered as a secret. */
  readonly pushgateway?: string | undefined
}

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
  const earlier = earlierSuccess(measured, path)
  const registry = metricsOf(measured, earlier.time)
  registry.setDefaultLabels(labelsOf(measured))
  try {
    replaceFile(path, await registry.metrics())
    return earlier.warnings
  } catch (error) {
    return [
      ...earlier.warnings,
      `The metrics could not be written to ${path}: ${reasonOf(error)}. The verdict stands; make the directory of metrics.textfile writable.`,
    ]
  }
}

/** The time of the last good run that an earlier file of the same labels holds, in seconds. */
function earlierSuccess(measured: Measured, path: string): { time?: number; warnings: string[] } {
  try {
    const samples = parseExposition(readFileSync(path, 'utf8')).get(lastSuccess)?.samples ?? []
    const own = Object.entries(labelsOf(measured))
    const sample = samples.find(({ labels }) => own.every(([name, value]) => labels[name] === value))
    return { ...(sample ? { time: sample.value } : {}), warnings: [] }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { warnings: [] }
    return { warnings: [`The time of the last good run is lost: ${path} cannot be read back: ${reasonOf(error)}.`] }
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
    const signal = AbortSignal.timeout(timeoutMs)
    // POST and not PUT: metrics of other names, such as the last success, are kept.
    await new Pushgateway(url, { signal }, metricsOf(measured)).pushAdd({ jobName, groupings })
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

function metricsOf({ verdict, collections }: Measured, earlierSuccess?: number): Registry {
  const registry = new Registry()
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const startedAt = Date.parse(verdict.startedAt) / 1000
  const finishedAt = Date.parse(verdict.finishedAt) / 1000
  const held = verdict.verdict === 'accepted' || verdict.verdict === 'partial'
  const success = held ? finishedAt : earlierSuccess

  const items = gauge('dora_acceptance_items', 'Items of the checklist by their state in the last run.', 'state')
  for (const state of itemStates) items.set({ state }, verdict.counts[state])
  const verdicts = gauge('dora_acceptance_verdict', 'Verdict of the last run: 1 for what it is, else 0.', 'verdict')
  for (const name of verdictNames) verdicts.set({ verdict: name }, name === verdict.verdict ? 1 : 0)
  gauge('dora_acceptance_run_duration_seconds', 'How long the last run took.').set(finishedAt - startedAt)
  gauge('dora_acceptance_last_run_timestamp_seconds', 'When the last run ended, in Unix time.').set(finishedAt)
  if (success !== undefined)
    gauge(lastSuccess, 'When the last run ended in which all in its scope held, in Unix time.').set(success)
  if (collections.length > 0)
    gauge(
      'dora_acceptance_collection_duration_seconds',
      'The longest that stories of the last run waited until the service had collected them.',
    ).set(Math.max(...collections) / 1000)
  return registry
}

const reasonOf = (error: unknown) => {
  const { message, code } = error as NodeJS.ErrnoException
  return redaction.redact(message || code || String(error)).split('\n', 1)[0]
}
