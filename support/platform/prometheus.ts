/** A client for Prometheus' HTTP API: targets and queries. */

import { z } from 'zod'
import { bounds, excessive } from '../basis/bounds'
import { command, comment, urlPart } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { publicUrl } from '../basis/public-url'
import { excerpt } from '../basis/redaction'
import type { Http } from './http'
import { jsonOf } from './rest'
import type { Routes } from './routes'

const target = z.looseObject({
  scrapePool: z.string(),
  scrapeUrl: z.string().default('').transform(publicUrl),
  health: z.string(),
  lastError: z.string().default(''),
  lastScrape: z.string(),
  /** A Go duration such as "30s" or "1m0s". */
  scrapeInterval: z.string().default('1m'),
  labels: z.record(z.string(), z.string()),
  /** The labels before any relabeling, such as `__meta_kubernetes_service_name`. */
  discoveredLabels: z.record(z.string(), z.string()).default({}),
})
export type Target = z.infer<typeof target>

const sample = z.tuple([z.number(), z.string()])
const series = z.looseObject({ metric: z.record(z.string(), z.string()), value: sample })
/** A number by itself. VictoriaMetrics answers with a series without labels in its place. */
const time = z.union([sample, z.tuple([series]).transform(([{ value }]) => value)])
const ranged = z.looseObject({ metric: z.record(z.string(), z.string()), values: z.array(sample) })

/** A time series: its labels, with the metric name as `__name__`, and its last value. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export class Prometheus {
  constructor(
    private readonly http: Http,
    private readonly routes: Routes,
  ) {}

  async targets(): Promise<Target[]> {
    const data = await this.read('/api/v1/targets?state=active', z.looseObject({ activeTargets: z.array(target) }))
    return data.activeTargets
  }

  /** Returns the time of Prometheus, by which the times of its scrapes and samples are judged. */
  async now(): Promise<Date> {
    const { result } = await this.read('/api/v1/query?query=time()', z.looseObject({ result: time }))
    return new Date(Number(result[1]) * 1000)
  }

  /** Returns the current value of each series that a query selects. */
  async query(query: string): Promise<Series[]> {
    const data = await this.read(
      `/api/v1/query?query=${urlPart(query)}`,
      z.looseObject({ resultType: z.literal('vector'), result: z.array(series) }),
    )
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }

  /** Returns the samples of each series of a range selector such as `up[5m]`, with times in milliseconds since 1970 UTC. */
  async samples(query: string): Promise<{ at: number; value: number }[][]> {
    const data = await this.read(
      `/api/v1/query?query=${urlPart(query)}`,
      z.looseObject({ resultType: z.literal('matrix'), result: z.array(ranged) }),
    )
    return data.result.map(({ values }) => values.map(([at, value]) => ({ at: at * 1000, value: Number(value) })))
  }

  /** Returns the command with which an operator reads a path below /api/v1/, or runs a query. */
  async commandFor(path: string, query?: string) {
    const url = `${(await this.routes.toPrometheus()).base}/api/v1/${path}`
    return query === undefined
      ? command`curl -s '${url}'`
      : command`curl -s -G --data-urlencode 'query=${query}' '${url}'`
  }

  /** @throws Unmet if the response does not have the documented structure */
  private async read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const { base, at } = await this.routes.toPrometheus()
    const response = await this.http.get(`${base}${path}`, { at })
    const answer = jsonOf(response)
    const result = answered.extend({ data: schema }).safeParse(answer)
    const { origin, pathname } = new URL(response.url)
    if (result.success && warningsIn(result.data).length > 0)
      throw new Unmet({
        summary: `Prometheus answers ${pathname} with a warning, so series may be missing.`,
        object: `${origin}${pathname}`,
        expected: 'an answer without warnings',
        found: excerpt(warningsIn(result.data).join('; ')),
        remedy: [command`curl -s '${response.url}'`],
      })
    if (result.success) {
      if (sizeOf(result.data.data) > bounds.prometheusSeries.most)
        throw excessive({
          bound: 'prometheusSeries',
          object: `the answer of Prometheus to ${path}`,
          remedy: [command`curl -s ${response.url} | wc -c`],
        })
      return result.data.data
    }
    const refused = refusal.safeParse(answer)
    throw new Unmet({
      summary: refused.success
        ? `Prometheus refuses ${pathname}: ${excerpt(refused.data.error, 200).replace(/\.$/, '')}.`
        : `The response of Prometheus to ${pathname} does not match its API documentation.`,
      // Without the query: whatever is asked, it is one trouble.
      object: `${origin}${pathname}`,
      expected: 'status success and data',
      found: `status ${response.status}: ${excerpt(response.body)}`,
      remedy: [command`curl -s '${response.url}'`, ...(response.status === 404 ? [elsewhere] : [])],
    })
  }
}

/** Stores behind the same API, such as Mimir, answer queries and have no targets. */
const elsewhere = comment`name the server that scrapes the service, not a store behind it: configuration key monitoring.prometheus.service`

/** The documented answer to a request. Its warnings say what could not be read, such as a store that Thanos does not reach. */
const answered = z.looseObject({
  status: z.literal('success'),
  warnings: z.array(z.string()).nullish(),
  /** Set by the cluster of VictoriaMetrics if a part of its storage did not answer. */
  isPartial: z.boolean().nullish(),
})

const warningsIn = ({ warnings, isPartial }: Pick<z.infer<typeof answered>, 'warnings' | 'isPartial'>): string[] => [
  ...(warnings ?? []),
  ...(isPartial ? ['isPartial: true'] : []),
]

/** The documented answer to a request that Prometheus does not serve, such as one that would load too many samples. */
const refusal = z.looseObject({ status: z.literal('error'), error: z.string() })

/** Returns the number of targets, or of series and their samples in a range. */
function sizeOf(data: unknown): number {
  const { result = [], activeTargets = [] } = data as {
    readonly result?: readonly { readonly values?: readonly unknown[] }[]
    readonly activeTargets?: readonly unknown[]
  }
  return result.reduce((sum, { values }) => sum + (values?.length ?? 1), activeTargets.length)
}
