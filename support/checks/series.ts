/** 10.4: what Prometheus has of a metric, beside what the service exposes. */
import { eventually } from '../basis/eventually'
import { applicable, Blocked, type Circumstances, expectNone } from '../basis/expectation'
import type { Sample } from '../formats/exposition'
import type { Platform } from '../platform/platform'
import type { Series } from '../platform/prometheus'
import { expectExposition } from '../service/exposition'
import { Settled } from './monitoring'

/** What a look at both saw. */
interface Compared {
  /** What the service exposed, in the order of the page. */
  readonly exposed: readonly Sample[]
  readonly unmet: readonly Circumstances[]
}

/** 10.4: what a query for the metric returns agrees with what the service exposes. Returns how many series were compared. */
export async function expectSeries(platform: Platform, metric: string): Promise<number> {
  const settled = new Settled(platform)
  // A collection may fall between the scrape and the look at the service, so both are looked at again for a while.
  const { exposed, unmet } = await eventually(
    async () => {
      const seen = await compareSeries(platform, metric)
      if (seen.unmet.length > 0 && !(await settled.isBy(seen.exposed))) expectNone(seen.unmet)
      return seen
    },
    { deadlineMs: platform.configuration.deadlines.condition },
  )
  expectNone(unmet)
  return exposed.length
}

async function compareSeries(platform: Platform, metric: string): Promise<Compared> {
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
  const remedy = [`# in Prometheus: ${query}`]
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
          summary: `The metric ${metric} is in Prometheus more than once, so that sums over it are too large.`,
          object,
          expected: `one series for ${name}${JSON.stringify(labels)}`,
          found: [twin, ...others].map((series) => JSON.stringify(series.labels)).join(', '),
          remedy: [...remedy, '# do several services bear the labels that the ServiceMonitor selects?'],
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

/** Prometheus adds labels of its own, and moves one of the same name out of the way. Bounds are numbers: 3600 is 3600.0. */
function isSeries({ labels }: Series, name: string, wanted: Readonly<Record<string, string>>): boolean {
  if (labels.__name__ !== name) return false
  return Object.entries(wanted).every(([key, value]) => {
    const found = labels[`exported_${key}`] ?? labels[key]
    return key === 'le'
      ? Number(found?.replace('+Inf', 'Infinity')) === Number(value.replace('+Inf', 'Infinity'))
      : found === value
  })
}
