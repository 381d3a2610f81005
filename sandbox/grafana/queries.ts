/** Stand-in for Grafana's query service: POST /api/ds/query. */
import { z } from 'zod'
import { messageOf } from '../basis/errors'
import type { Datasource } from './datasources'
import { type Frame, frameOf } from './sql/frames'
import { expandMacros, type TimeRange } from './sql/macros'
import { type QueryClient, queryErrorOf } from './sql/mysql'

const request = z.object({
  from: z.coerce.string(),
  to: z.coerce.string(),
  queries: z.array(
    z.looseObject({
      refId: z.string().default('A'),
      datasource: z.object({ uid: z.string() }).optional(),
      rawSql: z.string().default(''),
      format: z.enum(['table', 'time_series']).catch('table'),
    }),
  ),
})

type Result =
  | { readonly status: 200; readonly frames: readonly Frame[] }
  | { readonly status: 400; readonly error: string; readonly errorSource: 'downstream'; readonly frames: [] }

export interface QueryAnswer {
  readonly status: number
  readonly body: object
}

const refused = (status: number, message: string, messageId: string): QueryAnswer => ({
  status,
  body: { message, messageId, statusCode: status, traceID: '' },
})

const milliseconds: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Milliseconds since 1970 for a time such as `1764000000000` or `now-30d`.
 * @throws Error on any other form
 */
function instantOf(text: string, now: number): number {
  if (/^-?\d+$/.test(text)) return Number(text)
  const [whole, sign, count, unit] = /^now(?:([+-])(\d+)([smhdw]))?$/.exec(text) ?? []
  if (whole === undefined) throw new Error(`cannot parse the time ${text}`)
  return now + Number(`${sign ?? '+'}${count ?? '0'}`) * (milliseconds[unit ?? 's'] ?? 0)
}

/** Runs the queries of a request body independently: a failed query does not affect the others. */
export async function answerQueries(
  body: unknown,
  datasources: readonly Datasource[],
  mysql: QueryClient,
  log: (line: string) => void,
): Promise<QueryAnswer> {
  const parsed = request.safeParse(body)
  if (!parsed.success) return refused(400, 'bad request data', 'query.badRequest')
  const { queries, from, to } = parsed.data
  if (queries.length === 0) return refused(400, 'No queries found', 'query.noQueries')
  const now = Date.now()
  let range: TimeRange
  try {
    range = { from: instantOf(from, now), to: instantOf(to, now) }
  } catch (error) {
    return refused(400, queryErrorOf(error), 'query.invalidTimeRange')
  }
  const results: Record<string, Result> = {}
  for (const { refId, datasource, rawSql, format } of queries) {
    const source = datasources.find(({ uid }) => uid === datasource?.uid)
    if (source === undefined) return refused(404, 'Data source not found', 'datasource.notFound')
    try {
      if (rawSql === '') {
        results[refId] = { status: 200, frames: [] }
        continue
      }
      const { sql, fill } = expandMacros(rawSql, range)
      const table = await mysql.query(source, sql).catch((error: unknown) => {
        log(`query error: ${messageOf(error)}`)
        throw new Error(`db query error: ${queryErrorOf(error)}`)
      })
      results[refId] = { status: 200, frames: [frameOf(table, { refId, format, executed: sql, range, fill })] }
    } catch (error) {
      results[refId] = { status: 400, error: queryErrorOf(error), errorSource: 'downstream', frames: [] }
    }
  }
  const failed = Object.values(results).some(({ status }) => status !== 200)
  return { status: failed ? 400 : 200, body: { results } }
}
