/**
 * The results of a dashboard's queries, read from the browser's own traffic: the page itself fills in the variables, so its
 * queries are the ones that people see.
 */
import type { CDPSession, Page } from 'playwright-core'
import { z } from 'zod'
import { excerpt } from '../basis/redaction'
import type { Window } from '../dora/metrics'
import { ensureBoundedJson } from './bounded-body'

/** A column of a data frame. */
export interface Column {
  readonly name: string
  /** The name that a transformation gives to it, if it is another. */
  readonly shownAs?: string
  readonly isNumber: boolean
  /** Set for a column of times, which are milliseconds since 1970 UTC. */
  readonly isTime?: true
  readonly values: readonly unknown[]
  /** The letter of the query that returned it. */
  readonly query?: string
}

const frame = z.looseObject({
  schema: z.looseObject({ fields: z.array(z.looseObject({ name: z.string().default(''), type: z.string() })) }),
  data: z.looseObject({ values: z.array(z.array(z.unknown())) }),
})
const queryResults = z.looseObject({
  results: z.record(z.string(), z.looseObject({ error: z.string().optional(), frames: z.array(frame).nullish() })),
})

interface PanelAnswer {
  readonly columns: readonly Column[]
  readonly errors: readonly string[]
}

/**
 * The responses of the query endpoint to one page. Each is read before the page receives it, because the browser discards the
 * body of a response that it has passed on.
 */
export class PanelAnswers {
  /** By the letters of the queries: the page sends those to each data source by themselves, and may send them again. */
  private readonly answers = new Map<number, Map<string, PanelAnswer>>()
  private readonly ranges: { readonly isOwn: boolean; readonly range: Window }[] = []
  readonly missing: Set<number>
  /** Resolves when each panel with a query has a response. */
  readonly complete: Promise<void>
  private completed: () => void = () => {}

  /** @param ofOwnTime the panels that do not show the range of the page */
  constructor(
    panels: readonly number[],
    private readonly ofOwnTime: readonly number[] = [],
  ) {
    this.missing = new Set(panels)
    this.complete = panels.length === 0 ? Promise.resolve() : new Promise((resolve) => (this.completed = resolve))
  }

  of(panel: number): PanelAnswer | undefined {
    const all = this.answers.get(panel)
    if (!all) return undefined
    const answers = [...all.values()]
    return { columns: answers.flatMap(({ columns }) => columns), errors: answers.flatMap(({ errors }) => errors) }
  }

  /** The range of most queries, without those of panels with a range of their own if there are others. */
  get asked(): Window | undefined {
    const ofPage = this.ranges.filter(({ isOwn }) => !isOwn)
    const counted = ofPage.length > 0 ? ofPage : this.ranges
    const groups = Map.groupBy(counted, ({ range: { start, end } }) => `${start} ${end}`)
    const [most] = [...groups.values()].sort((one, other) => other.length - one.length)
    return most?.[0]?.range
  }

  /** Starts to intercept the responses to a page. Returns a function that stops it. */
  async listenTo(page: Page): Promise<() => Promise<void>> {
    const session = await page.context().newCDPSession(page)
    session.on('Fetch.requestPaused', (paused) => {
      // An error means that the page was closed meanwhile and needs no response.
      this.take(session, paused).catch(() => {})
    })
    const patterns = [{ urlPattern: '*/api/ds/query*', requestStage: 'Response' as const }]
    await session.send('Fetch.enable', { patterns })
    return () => session.detach()
  }

  private async take(session: CDPSession, { requestId, request, responseStatusCode }: Paused): Promise<void> {
    const panel = Number(Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'x-panel-id')?.[1])
    const content =
      responseStatusCode === undefined ? undefined : await session.send('Fetch.getResponseBody', { requestId })
    await session.send('Fetch.continueRequest', { requestId })
    if (Number.isNaN(panel)) return
    const range = askedRange(request.postData ?? '')
    if (range) this.ranges.push({ isOwn: this.ofOwnTime.includes(panel), range })
    const body = content ? Buffer.from(content.body, content.base64Encoded ? 'base64' : 'utf8').toString('utf8') : ''
    const sent = this.answers.get(panel) ?? new Map<string, PanelAnswer>()
    this.answers.set(panel, sent.set(askedQueries(request.postData ?? ''), panelAnswer(responseStatusCode, body)))
    this.missing.delete(panel)
    if (this.missing.size === 0) this.completed()
  }
}

interface Paused {
  readonly requestId: string
  readonly request: { readonly headers: object; readonly postData?: string }
  readonly responseStatusCode?: number
}

const time = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
const query = z.looseObject({ from: time, to: time })

/** The range in the body of a query, in whole seconds, as data sources receive it. */
export function askedRange(body: string): Window | undefined {
  const parsed = query.safeParse(jsonOrNull(body))
  if (!parsed.success) return undefined
  const [start, end] = [parsed.data.from, parsed.data.to].map((instant) => Math.floor(instant / 1000) * 1000)
  return start === undefined || end === undefined ? undefined : { start, end }
}

const asked = z.looseObject({ queries: z.array(z.looseObject({ refId: z.string().default('') })) })

/** The letters of the queries in a request. */
const askedQueries = (body: string): string =>
  JSON.stringify(asked.safeParse(jsonOrNull(body)).data?.queries.map(({ refId }) => refId) ?? [])

/** Parses a response of the query endpoint. The status is undefined if there was no response. */
export function panelAnswer(status: number | undefined, body: string): PanelAnswer {
  const parsed = queryResults.safeParse(jsonOrNull(body))
  if (!parsed.success) return { columns: [], errors: [`status ${status ?? 'none'}: ${excerpt(body, 200)}`] }
  const results = Object.entries(parsed.data.results)
  const columns = results.flatMap(([query, { frames }]) =>
    (frames ?? []).flatMap(({ schema, data }) =>
      schema.fields.map(({ name, type }, index) => ({
        name,
        isNumber: type === 'number',
        ...(type === 'time' && { isTime: true as const }),
        values: data.values[index] ?? [],
        query,
      })),
    ),
  )
  return { columns, errors: results.flatMap(([, { error }]) => (error === undefined ? [] : [error])) }
}

/** Too many values are no answer that a panel can draw. */
function jsonOrNull(body: string): unknown {
  try {
    ensureBoundedJson(Buffer.from(body))
    return JSON.parse(body)
  } catch {
    return null
  }
}
