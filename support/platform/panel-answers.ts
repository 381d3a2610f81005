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
  private readonly answers = new Map<number, PanelAnswer>()
  private readonly ranges: Window[] = []
  readonly missing: Set<number>
  /** Resolves when each panel with a query has a response. */
  readonly complete: Promise<void>
  private completed: () => void = () => {}

  constructor(panels: readonly number[]) {
    this.missing = new Set(panels)
    this.complete = panels.length === 0 ? Promise.resolve() : new Promise((resolve) => (this.completed = resolve))
  }

  of(panel: number): PanelAnswer | undefined {
    return this.answers.get(panel)
  }

  /** The range of most queries. A panel may have a range of its own. */
  get asked(): Window | undefined {
    const groups = Map.groupBy(this.ranges, ({ start, end }) => `${start} ${end}`)
    const [most] = [...groups.values()].sort((one, other) => other.length - one.length)
    return most?.[0]
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
    if (range) this.ranges.push(range)
    const body = content ? Buffer.from(content.body, content.base64Encoded ? 'base64' : 'utf8').toString('utf8') : ''
    this.answers.set(panel, panelAnswer(responseStatusCode, body))
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
