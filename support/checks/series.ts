/** Section 10.4: compares the series that Prometheus has of a metric with the samples that the service exposes. */
import { comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { applicable, Blocked, type Circumstances, expectNone } from '../basis/expectation'
import type { Sample } from '../formats/exposition'
import type { Platform } from '../platform/platform'
import type { Series } from '../platform/prometheus'
import { expectExposition } from '../service/exposition'
import { Settled } from './monitoring'

/** One comparison of Prometheus with the service. */
interface SeriesComparison {
  /** The samples that the service exposed, in the order of the page. */
  readonly exposed: readonly Sample[]
  readonly unmet: readonly Circumstances[]
}

/** 10.4: a query for the metric returns the values that the service exposes. Returns the number of compared samples. */
export async function expectSeries(platform: Platform, metric: string): Promise<number> {
  const settled = new Settled(platform)
  // A collection may fall between the scrape and the reading of the service, so both are compared again for a while.
  const { exposed, unmet } = await eventually(
    async () => {
      const comparison = await compareSeries(platform, metric)
      if (comparison.unmet.length > 0 && !(await settled.isBy(comparison.exposed))) expectNone(comparison.unmet)
      return comparison
    },
    { deadlineMs: platform.configuration.deadlines.condition },
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
    })
  const names = [...new Set(exposed.map(({ name }) => name))]
  const found = (await Promise.all(names.map((name) => platform.prometheus.query(name)))).flat()
  const query = names[0] ?? metric
  const remedy = [comment`in Prometheus: ${query}`]
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
          remedy: [...remedy, comment`check that only one service has the labels that the ServiceMonitor selects`],
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
  return { exposed, unmet }
}

/** Prometheus adds its own labels and renames exposed labels that collide. Bounds are numbers: 3600 equals 3600.0. */
function isSeries({ labels }: Series, name: string, wanted: Readonly<Record<string, string>>): boolean {
  if (labels.__name__ !== name) return false
  return Object.entries(wanted).every(([key, value]) => {
    const found = labels[`exported_${key}`] ?? labels[key]
    return key === 'le'
      ? Number(found?.replace('+Inf', 'Infinity')) === Number(value.replace('+Inf', 'Infinity'))
      : found === value
  })
}
