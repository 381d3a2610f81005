/** Section 10.4: compares the series that Prometheus has of a metric with the samples that the service exposes. */
import { command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { applicable, Blocked, type Circumstances, expectNone } from '../basis/expectation'
import { serviceMonitorNames } from '../configuration/service-monitor'
import { durationIn } from '../formats/duration'
import type { Sample } from '../formats/exposition'
import { isoText } from '../formats/instant'
import type { Platform } from '../platform/platform'
import type { Series } from '../platform/prometheus'
import { expectExposition } from '../service/exposition'
import { isOfPlatform } from '../service/projects'
import { exposedLabels, seriesOfService } from '../service/scraped-targets'
import { expectTargetUp, Settled } from './monitoring'

/** One comparison of Prometheus with the service. */
interface SeriesComparison {
  /** The samples that the service exposed, in the order of the page. */
  readonly exposed: readonly Sample[]
  readonly unmet: readonly Circumstances[]
}

/**
 * 10.4: checks that a query for the metric returns the values that the service exposes.
 * @param forgottenMs the milliseconds after which Prometheus no longer returns series of an earlier scrape configuration
 * @returns the number of compared samples
 */
export async function expectSeries(platform: Platform, metric: string, forgottenMs = lookbackMs): Promise<number> {
  try {
    return await comparedWithin(platform, metric, platform.configuration.deadlines.condition)
  } catch (error) {
    if (!(error instanceof Outdated)) throw error
    return comparedWithin(platform, metric, forgottenMs)
  }
}

/** Prometheus returns the last sample of a series for five minutes (`query.lookback-delta`), then it forgets the series. */
const lookbackMs = 5 * 60_000 + 10_000

/** Prometheus still returns series that it no longer scrapes: their values prove nothing, and sums include them. */
class Outdated extends Blocked {}

async function comparedWithin(platform: Platform, metric: string, deadlineMs: number): Promise<number> {
  const settled = new Settled(platform)
  // A collection may fall between the scrape and the reading of the service, so both are compared again for a while.
  const { exposed, unmet } = await eventually(
    async () => {
      const comparison = await compareSeries(platform, metric)
      if (comparison.unmet.length > 0 && !(await settled.isBy(comparison.exposed))) expectNone(comparison.unmet)
      return comparison
    },
    { deadlineMs },
  )
  expectNone(unmet)
  return exposed.length
}

async function compareSeries(platform: Platform, metric: string): Promise<SeriesComparison> {
  const family = (await expectExposition(platform)).get(metric)
  const exposed = family?.samples ?? []
  const object = `metric ${metric}`
  if (exposed.length === 0)
    throw new Blocked({
      summary: `There is no data yet: ${metric} has no series.`,
      object,
      expected: 'at least one series',
      found: 'none',
      remedy: [
        command`curl -s '${(await platform.routes.to('lake')).base}${applicable(platform.contract.metrics).path}'`,
      ],
    })
  const names = [...new Set(exposed.map(({ name }) => name))]
  const found = await scrapedSeries(platform, names, object)
  const query = names[0] ?? metric
  const { namespace, name: monitor } = serviceMonitorNames(platform.configuration)
  const remedy = [
    await platform.prometheus.commandFor('query', query),
    command`kubectl get servicemonitor -n ${namespace} ${monitor} -o jsonpath='{.spec.endpoints}'`,
    comment`metricRelabelings among them change or drop series before Prometheus stores them`,
  ]
  if (found.length === 0)
    return {
      exposed,
      unmet: [
        {
          summary: `The query ${query} returns no series.`,
          object,
          expected: `${exposed.length} series`,
          found: 'none',
          remedy,
        },
      ],
    }
  const unmet = exposed.flatMap(({ name, labels, value }): Circumstances[] => {
    const [twin, ...others] = found.filter((series) => isSeries(series, name, labels))
    if (twin && others.length > 0)
      return [
        {
          summary: `Prometheus has duplicate series of the metric ${metric}, so sums over it are too large.`,
          object,
          expected: `one series for ${name}${JSON.stringify(labels)}`,
          found: [twin, ...others].map((series) => JSON.stringify(series.labels)).join(', '),
          remedy: [
            ...remedy,
            comment`see by the labels job and endpoint who scrapes it: another service with the labels that the ServiceMonitor selects, or another monitor`,
          ],
        },
      ]
    if (twin && Math.abs(twin.value - value) <= 1e-9 * Math.max(1, Math.abs(value))) return []
    return [
      {
        summary: `Prometheus and ${applicable(platform.contract.metrics).path} disagree about ${metric}.`,
        object,
        expected: `${name}${JSON.stringify(labels)} ${value}`,
        found: twin ? `${twin.value}` : 'no such series',
        remedy,
      },
    ]
  })
  return { exposed, unmet: [...unmet, ...unexposedProjects(exposed, found, { metric, object, remedy })] }
}

/** Projects of which Prometheus has series that the service does not expose, such as one that was renamed or deleted. */
function unexposedProjects(
  exposed: readonly Sample[],
  found: readonly Series[],
  { metric, object, remedy }: { readonly metric: string } & Pick<Circumstances, 'object' | 'remedy'>,
): Circumstances[] {
  const known = new Set(exposed.flatMap(({ labels }) => labels.project ?? []))
  const surplus = found.flatMap((series) => {
    const { project } = exposedLabels(series.labels)
    return project === undefined || known.has(project) || !isOfPlatform(project) ? [] : [{ project, series }]
  })
  return [...new Map(surplus.map((one) => [one.project, one])).values()].map(({ project, series }) => ({
    summary: `Prometheus has series of ${project} in the metric ${metric}, which the service does not expose.`,
    object,
    expected: `series of ${[...known].join(', ')}`,
    found: JSON.stringify(series.labels),
    remedy: [...remedy, comment`see by the labels job and instance which target exposes them`],
  }))
}

/**
 * Returns the series of some metrics that Prometheus scrapes.
 * @throws Outdated while it also returns series of an earlier scrape configuration
 */
async function scrapedSeries(platform: Platform, names: readonly string[], object: string): Promise<Series[]> {
  const { prometheus } = platform
  const read = async (name: string) => {
    const [series, times] = await Promise.all([prometheus.query(name), prometheus.query(`timestamp(${name})`)])
    const timeOf = new Map(times.map(({ labels, value }) => [keyOf(labels), value * 1000]))
    return series.map((one) => ({ ...one, at: timeOf.get(keyOf(one.labels)) ?? Number.NaN }))
  }
  const found = await seriesOfService(platform, (await Promise.all(names.map(read))).flat())
  const newest = found.reduce((latest, { at }) => Math.max(latest, at || 0), 0)
  const { scrapeInterval } = await expectTargetUp(platform)
  const outdated = found.filter(({ at }) => newest - at > 3 * durationIn(scrapeInterval) + 1000)
  const [first] = outdated
  if (!first) return found
  throw new Outdated({
    summary: `Prometheus still returns ${outdated.length} series of an earlier scrape configuration.`,
    object,
    expected: `series whose last sample is as new as that of ${isoText(newest)}`,
    found: `${JSON.stringify(first.labels)}, last scraped at ${isoText(first.at)}`,
    remedy: [
      await prometheus.commandFor('query', first.labels.__name__ ?? ''),
      comment`Prometheus forgets them five minutes after their last sample: start the run again then`,
    ],
  })
}

/** The identity of a series without its name, which functions such as timestamp() drop. */
const keyOf = ({ __name__: _, ...labels }: Readonly<Record<string, string>>) =>
  JSON.stringify(Object.entries(labels).sort())

/** Prometheus adds its own labels and renames exposed labels that collide. Bounds are numbers: 3600 equals 3600.0. */
function isSeries({ labels }: Series, name: string, wanted: Readonly<Record<string, string>>): boolean {
  if (labels.__name__ !== name) return false
  const shown = exposedLabels(labels)
  return Object.entries(wanted).every(([key, value]) => {
    const found = shown[key]
    return key === 'le'
      ? Number(found?.replace('+Inf', 'Infinity')) === Number(value.replace('+Inf', 'Infinity'))
      : found === value
  })
}
