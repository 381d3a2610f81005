/**
 * The page that Prometheus scrapes. Each collection rebuilds it from the tables, and it shows that collection until the
 * next one. The counter and the histograms cover the whole stored history, the gauge the project's own window.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { z } from 'zod'
import type { Transaction } from '../database/database'
import type { Publication } from '../ingestion/collector'
import { changeFailureRate } from '../metrics/change-failure-rate'
import type { Definitions } from '../metrics/definitions'
import { deploymentFrequency } from '../metrics/deployment-frequency'
import { allTime, leadTimes, restorations, scopeValues } from '../metrics/relations'
import { lastDays } from '../metrics/time-range'
import { restorationValues } from '../metrics/time-to-restore'
import { projectNames } from '../records/projects'
import { readSettings, type Settings } from '../records/settings'

export interface Exposition {
  /** Called with each collection. */
  readonly publication: Publication
  readonly contentType: string
  /** The page of the last published collection. */
  text(): Promise<string>
}

const sampleRow = z.object({ project: z.string(), seconds: z.number() })
type Sample = z.infer<typeof sampleRow>

interface Series {
  readonly counts: { project: string; environment: string; deployments: number }[]
  readonly leadTimes: Sample[]
  readonly failureRates: { project: string; ratio: number }[]
  readonly restorations: Sample[]
}

/** One hour and one day, in seconds. */
const buckets = [3600, 86400]

export function createExposition(definitions: Definitions): Exposition {
  let registry = new Registry()
  return {
    contentType: registry.contentType,
    publication: async (transaction, completedAt) => {
      const series = await readSeries(transaction, definitions, completedAt)
      return () => {
        registry = register(series)
      }
    },
    text: () => registry.metrics(),
  }
}

async function readSeries(transaction: Transaction, definitions: Definitions, end: Date): Promise<Series> {
  const series: Series = { counts: [], leadTimes: [], failureRates: [], restorations: [] }
  for (const { projects, settings } of await projectsBySettings(transaction)) {
    const scope = { projects, window: allTime }
    const environment = settings.frequencyEnvironment
    const frequencies = await deploymentFrequency(transaction, definitions, scope, environment)
    const rates = await changeFailureRate(transaction, definitions, {
      projects,
      window: lastDays(settings.failureRateWindowDays, end),
    })
    for (const [project, { deployments }] of frequencies) {
      if (deployments > 0) series.counts.push({ project, environment: environment.toLowerCase(), deployments })
    }
    for (const [project, { ratio }] of rates) series.failureRates.push({ project, ratio })
    const samples = 'SELECT project, value / 1e3 AS seconds FROM'
    const changes = `WITH ${leadTimes(definitions)} ${samples} lead_time_samples`
    series.leadTimes.push(...(await transaction.rows(sampleRow, changes, scopeValues(scope))))
    const incidents = `WITH ${restorations(definitions)} ${samples} restoration_samples`
    const counted = restorationValues(scope, settings.severities)
    series.restorations.push(...(await transaction.rows(sampleRow, incidents, counted)))
  }
  return series
}

/**
 * The projects of one query. The lead times of 500 projects with 2,000 deployments each take more than the 30 s that a statement
 * of a collection may take, those of 20 less than 1 s.
 */
const projectsAtOnce = 20

/** Groups the projects by equal settings, so that one query serves many projects. */
async function projectsBySettings(transaction: Transaction): Promise<{ projects: string[]; settings: Settings }[]> {
  const open = new Map<string, { projects: string[]; settings: Settings }>()
  const groups: { projects: string[]; settings: Settings }[] = []
  for (const [project, settings] of await readSettings(transaction, await projectNames(transaction))) {
    const key = JSON.stringify(settings)
    let group = open.get(key)
    if (!group || group.projects.length === projectsAtOnce) {
      group = { projects: [], settings }
      open.set(key, group)
      groups.push(group)
    }
    group.projects.push(project)
  }
  return groups
}

function register(series: Series): Registry {
  const registry = new Registry()
  const registers = [registry]
  const frequency = new Counter({
    name: 'dora_deployment_frequency_total',
    help: 'Successful deployments to production',
    labelNames: ['project', 'environment'],
    registers,
  })
  const leadTime = new Histogram({
    name: 'dora_lead_time_seconds',
    help: 'Lead time for changes, from the first commit to production, in seconds',
    labelNames: ['project'],
    buckets,
    registers,
  })
  const failureRate = new Gauge({
    name: 'dora_change_failure_rate',
    help: "Share of failed deployments to production in the project's window, from 0 to 1",
    labelNames: ['project'],
    registers,
  })
  const timeToRestore = new Histogram({
    name: 'dora_mttr_seconds',
    help: 'Time to restore, from creation to resolution of an incident, in seconds',
    labelNames: ['project'],
    buckets,
    registers,
  })
  for (const { project, environment, deployments } of series.counts)
    frequency.inc({ project, environment }, deployments)
  for (const { project, seconds } of series.leadTimes) leadTime.observe({ project }, seconds)
  for (const { project, ratio } of series.failureRates) failureRate.set({ project }, ratio)
  for (const { project, seconds } of series.restorations) timeToRestore.observe({ project }, seconds)
  return registry
}
