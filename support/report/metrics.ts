/**
 * Prometheus metrics of a run, for node exporter's textfile collector or a Pushgateway. Both keep the time of the last
 * successful run after a failed one: the textfile's is read back from the earlier file, and a Pushgateway keeps metrics
 * that a push does not contain. A run exports its start at once, so that a run that is killed leaves a start without an end.
 */

import { existsSync, readFileSync } from 'node:fs'
import type { Registry } from 'prom-client'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import type { MetricsSinks } from '../configuration/metrics-sinks'
import { parseExposition, type Sample } from '../formats/exposition'
import { type ItemState, itemStates, type MetricRecord, type Verdict, verdictNames } from '../record/verdict'
import { replaceFile } from './replacement'

/** The start of a run, with what names its series. */
export interface RunStart {
  readonly startedAt: string
  readonly platform: Pick<Verdict['platform'], 'environment' | 'context' | 'namespace'>
  readonly scope: Pick<Verdict['scope'], 'contract'>
}

/** The source of the metrics of a run. */
export interface Measured {
  readonly verdict: RunStart &
    Pick<Verdict, 'verdict' | 'counts' | 'finishedAt'> &
    Partial<Pick<Verdict, 'items' | 'causes' | 'metrics'>>
  /** The time that stories waited for each collection, in milliseconds. */
  readonly collections: readonly number[]
}

const jobName = 'dora_acceptance'
const lastSuccess = 'dora_acceptance_last_success_timestamp_seconds'
const lastStart = 'dora_acceptance_last_start_timestamp_seconds'

/**
 * Writes the metrics to each configured sink. A sink that fails does not change the verdict.
 * @param timeoutMs time limit for the Pushgateway
 * @returns a one-sentence warning for each sink that failed
 */
export async function exportMetrics(measured: Measured, sinks: MetricsSinks, timeoutMs: number): Promise<string[]> {
  const { textfile, pushgateway } = sinks
  const warnings = await Promise.all([
    textfile === undefined ? [] : writeTextfile(measured, textfile),
    pushgateway === undefined ? [] : push(await metricsOf(measured), measured.verdict, pushgateway, timeoutMs),
  ])
  return warnings.flat()
}

/**
 * Writes the time at which a run started to each configured sink. The metrics of the last run that ended stay.
 * @param timeoutMs time limit for the Pushgateway
 * @returns a one-sentence warning for each sink that failed
 */
export async function exportStart(started: RunStart, sinks: MetricsSinks, timeoutMs: number): Promise<string[]> {
  const { textfile, pushgateway } = sinks
  const registry = async () => {
    const { Gauge, Registry } = await import('prom-client')
    const registry = new Registry()
    addStart(registry, Gauge, started)
    return registry
  }
  const warnings = await Promise.all([
    textfile === undefined ? [] : addToTextfile(await registry(), started, textfile),
    pushgateway === undefined ? [] : push(await registry(), started, pushgateway, timeoutMs),
  ])
  return warnings.flat()
}

async function writeTextfile(measured: Measured, path: string): Promise<string[]> {
  const earlier = earlierSuccesses(path)
  try {
    const registry = await metricsOf(measured, earlier.samples)
    registry.setDefaultLabels(labelsOf(measured.verdict))
    replaceFile(path, await registry.metrics())
    return earlier.warnings
  } catch (error) {
    return [...earlier.warnings, notWritten(path, error)]
  }
}

/** Replaces the metric of the start in a textfile. Its other lines stay as they are, also those of another platform. */
async function addToTextfile(registry: Registry, started: RunStart, path: string): Promise<string[]> {
  try {
    registry.setDefaultLabels(labelsOf(started))
    const own = new RegExp(`^(# \\w+ )?${lastStart}\\b`)
    const isOther = (line: string) => line !== '' && !own.test(line)
    const others = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(isOther) : []
    replaceFile(path, [...others, await registry.metrics()].join('\n'))
    return []
  } catch (error) {
    return [notWritten(path, error)]
  }
}

const notWritten = (path: string, error: unknown) =>
  `The metrics could not be written to ${path}: ${reasonOf(error)}. The verdict is not affected. Make the directory of metrics.textfile writable.`

/** Reads the times of the last successful runs from an earlier file, including those with other labels (another context, for example). */
function earlierSuccesses(path: string): { samples: readonly Sample[]; warnings: string[] } {
  try {
    const samples = parseExposition(readFileSync(path, 'utf8')).get(lastSuccess)?.samples ?? []
    return { samples, warnings: [] }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { samples: [], warnings: [] }
    const lost = `The time of the last successful run is lost, because ${path} cannot be read: ${reasonOf(error)}.`
    return { samples: [], warnings: [lost] }
  }
}

async function push(registry: Registry, run: RunStart, url: string, timeoutMs: number): Promise<string[]> {
  // A grouping label that contains a slash must be sent in base64: https://github.com/prometheus/pushgateway#url
  const groupings = Object.fromEntries(
    Object.entries(labelsOf(run)).map(([name, value]) => [`${name}@base64`, Buffer.from(value).toString('base64url')]),
  )
  try {
    const { Pushgateway } = await import('prom-client')
    const signal = AbortSignal.timeout(timeoutMs)
    // POST rather than PUT, so that metrics with other names, such as the last success, are kept.
    await new Pushgateway(url, { signal }, registry).pushAdd({ jobName, groupings })
    return []
  } catch (error) {
    const { origin, pathname } = new URL(url)
    return [
      `The metrics could not be pushed to ${origin}${pathname}: ${reasonOf(error)}. The verdict is not affected. Check metrics.pushgateway.`,
    ]
  }
}

/** Labels with few values per cluster, whatever it runs, so that the number of time series stays small. */
const labelsOf = ({ platform, scope }: RunStart): Record<string, string> => ({
  ...(platform.environment ? { environment: redaction.redact(platform.environment) } : {}),
  context: redaction.redact(platform.context ?? 'unknown'),
  namespace: redaction.redact(platform.namespace),
  contract: scope.contract,
})

async function metricsOf(measured: Measured, earlier: readonly Sample[] = []): Promise<Registry> {
  const { verdict, collections } = measured
  // Loaded on demand, because most runs have no sink.
  const { Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const startedAt = Date.parse(verdict.startedAt) / 1000
  const finishedAt = Date.parse(verdict.finishedAt) / 1000
  const held = verdict.verdict === 'accepted' || verdict.verdict === 'partial'

  const items = gauge('dora_acceptance_items', 'Checklist items by state in the last run.', 'state')
  for (const state of itemStates) items.set({ state }, verdict.counts[state])
  const sections = gauge(
    'dora_acceptance_section_items',
    'Checklist items by section and state in the last run.',
    ...(['section', 'state'] as const),
  )
  for (const [section, states] of statesBySection(verdict.items ?? []))
    for (const state of itemStates) sections.set({ section, state }, states.get(state) ?? 0)
  gauge('dora_acceptance_causes', 'Causes of failed, blocked and broken items in the last run.').set(
    verdict.causes?.length ?? 0,
  )
  addMetricNumbers(registry, Gauge, verdict.metrics ?? [])
  const verdicts = gauge(
    'dora_acceptance_verdict',
    'Verdict of the last run: 1 for the current verdict, 0 for the others.',
    'verdict',
  )
  for (const name of verdictNames) verdicts.set({ verdict: name }, name === verdict.verdict ? 1 : 0)
  gauge('dora_acceptance_run_duration_seconds', 'Duration of the last run.').set(finishedAt - startedAt)
  addStart(registry, Gauge, verdict)
  gauge('dora_acceptance_last_run_timestamp_seconds', 'Unix time at which the last run ended.').set(finishedAt)
  if (held || earlier.length > 0) {
    const labels = labelsOf(verdict)
    const help = 'Unix time at which the last run with the verdict accepted or partial ended.'
    const success = gauge(lastSuccess, help, ...Object.keys(labels))
    for (const sample of earlier) success.set({ ...sample.labels }, sample.value)
    if (held) success.set(labels, finishedAt)
  }
  if (collections.length > 0)
    gauge(
      'dora_acceptance_collection_duration_seconds',
      'Longest time that stories of the last run waited for the service to collect their data.',
    ).set(Math.max(...collections) / 1000)
  return registry
}

function addStart(registry: Registry, GaugeOf: typeof import('prom-client').Gauge, { startedAt }: RunStart): void {
  const help = 'Unix time at which the last run started, also if it has not ended.'
  new GaugeOf({ name: lastStart, help, registers: [registry] }).set(Date.parse(startedAt) / 1000)
}

function statesBySection(items: Verdict['items']): Map<string, Map<ItemState, number>> {
  const sections = new Map<string, Map<ItemState, number>>()
  for (const { section, status } of items) {
    const states = sections.get(section) ?? new Map<ItemState, number>()
    sections.set(section, states.set(status, (states.get(status) ?? 0) + 1))
  }
  return sections
}

/**
 * The numbers of the four metrics. A number that is not known is NaN, because a Pushgateway would keep that of an earlier run.
 * A series without the label project is over all projects.
 */
function addMetricNumbers(
  registry: Registry,
  GaugeOf: typeof import('prom-client').Gauge,
  metrics: readonly MetricRecord[],
): void {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new GaugeOf({ name: `dora_acceptance_metric_${name}`, help, labelNames, registers: [registry] })
  const values = gauge(
    'value',
    'Value that the events yield: deployments a day (stock DevLake: days with deployments in the median period), minutes, or percent.',
    ...(['metric', 'project'] as const),
  )
  const proven = gauge('proven', '1 if the surfaces were compared and all of them agree, else 0.', 'metric')
  const samples = gauge('samples', 'Events behind the value over all projects.', 'metric')
  const surfaces = gauge(
    'surfaces',
    'Answers of surfaces about the projects, by the outcome of the comparison.',
    ...(['metric', 'outcome'] as const),
  )
  for (const { name: metric, status, measured } of metrics) {
    const projects = measured?.projects ?? []
    values.set({ metric }, measured?.all.value ?? Number.NaN)
    for (const { project, value } of projects) values.set({ metric, project }, value ?? Number.NaN)
    proven.set({ metric }, status === 'passed' ? 1 : 0)
    samples.set({ metric }, measured?.all.samples ?? Number.NaN)
    for (const outcome of ['agreeing', 'differing', 'unread'] as const)
      surfaces.set(
        { metric, outcome },
        projects.reduce((sum, one) => sum + one.surfaces[outcome].length, 0),
      )
  }
}

const reasonOf = (error: unknown) => {
  return redaction.redactForeign(messageOf(error)).split('\n', 1)[0]
}
