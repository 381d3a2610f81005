/** Prometheus' HTTP API: targets and queries. */
import { z } from 'zod'
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Http } from './http'
import { jsonOf } from './rest'
import type { Routes } from './routes'

const target = z.looseObject({
  scrapePool: z.string(),
  scrapeUrl: z.string().default(''),
  health: z.string(),
  lastError: z.string().default(''),
  lastScrape: z.string(),
  /** A Go duration such as "30s" or "1m0s". */
  scrapeInterval: z.string().default('1m'),
  labels: z.record(z.string(), z.string()),
})
export type Target = z.infer<typeof target>

const sample = z.tuple([z.number(), z.string()])
const series = z.looseObject({ metric: z.record(z.string(), z.string()), value: sample })
const ranged = z.looseObject({ metric: z.record(z.string(), z.string()), values: z.array(sample) })

/** A time series: its labels (the name is `__name__`) and its last value. */
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
    const answer = await this.ask('/api/v1/targets?state=active', z.looseObject({ activeTargets: z.array(target) }))
    return answer.activeTargets
  }

  /** The instant value of each series that a query selects. */
  async query(query: string): Promise<Series[]> {
    const answer = await this.ask(
      `/api/v1/query?query=${encodeURIComponent(query)}`,
      z.looseObject({ resultType: z.literal('vector'), result: z.array(series) }),
    )
    return answer.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }

  /** The samples of a range selector such as `up[5m]`: time in milliseconds and value, for each series. */
  async samples(query: string): Promise<{ at: number; value: number }[][]> {
    const answer = await this.ask(
      `/api/v1/query?query=${encodeURIComponent(query)}`,
      z.looseObject({ resultType: z.literal('matrix'), result: z.array(ranged) }),
    )
    return answer.result.map(({ values }) => values.map(([at, value]) => ({ at: at * 1000, value: Number(value) })))
  }

  private async ask<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const { base, at } = await this.routes.toPrometheus()
    const answer = await this.http.get(`${base}${path}`, { at })
    const result = z.looseObject({ status: z.literal('success'), data: schema }).safeParse(jsonOf(answer))
    if (result.success) return result.data.data
    throw new Unmet({
      summary: `Prometheus does not answer ${new URL(answer.url).pathname} as its API is documented.`,
      object: answer.url,
      expected: 'status success and data',
      found: `status ${answer.status}: ${excerpt(answer.body)}`,
      remedy: [`curl -s '${answer.url}'`],
    })
  }
}
