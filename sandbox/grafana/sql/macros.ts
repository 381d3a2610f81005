/** Stand-in for the macros of Grafana's MySQL data source, which its backend replaces by SQL. */

/** The time range of a query, in milliseconds since 1970. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/** The value for intervals without a row: the third argument of a time group macro. */
export interface Fill {
  /** Seconds. */
  readonly interval: number
  readonly value: number | null | 'previous'
}

export interface Expanded {
  readonly sql: string
  readonly fill?: Fill
}

const secondsOf: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
}

/**
 * The seconds of an interval such as `15m` or `1d`.
 * @throws Error when the text is not an interval
 */
function intervalOf(text: string): number {
  const [, count, unit] = /^(\d+)(ms|[smhdwMy])$/.exec(text.replace(/^['"]|['"]$/g, '')) ?? []
  const seconds = secondsOf[unit ?? ''] ?? Number.NaN
  const interval = Number(count) * seconds
  if (!(interval > 0)) throw new Error(`error parsing interval ${text}`)
  return interval
}

function fillOf(interval: number, text: string): Fill {
  if (text === 'NULL') return { interval, value: null }
  if (text === 'previous') return { interval, value: 'previous' }
  const value = Number(text)
  if (text === '' || Number.isNaN(value)) throw new Error(`error parsing fill value ${text}`)
  return { interval, value }
}

/** The forbidden expressions. Grafana rejects a query with one of them without naming it. */
const forbidden =
  /(\s*show\s+grants|[\s,]session_user\([^)]*\)|[\s,]current_user(\([^)]*\))?|[\s,]system_user\([^)]*\)|[\s,]user\([^)]*\))([\s,;]|$)/im

/**
 * Replaces the macros by SQL. As in Grafana, the time range is truncated to whole seconds. Variables such as `$project` are not
 * macros and stay unchanged.
 * @throws Error on an unknown macro and on wrong arguments
 */
export function expandMacros(rawSql: string, range: TimeRange): Expanded {
  if (forbidden.test(rawSql)) throw new Error('invalid query - please inspect Grafana server log for details')
  const [from, to] = [Math.floor(range.from / 1_000), Math.floor(range.to / 1_000)]
  let fill: Fill | undefined

  const groupOf = (name: string, given: readonly string[], column: (text: string) => string): string => {
    const [what, interval, filling] = given
    if (what === undefined || interval === undefined) throw new Error(`macro ${name} needs time column and interval`)
    const seconds = intervalOf(interval)
    if (filling !== undefined) fill = fillOf(seconds, filling)
    return `${column(what)} DIV ${seconds} * ${seconds}`
  }
  const columnOf = (name: string, given: readonly string[]): string => {
    const [column] = given
    if (column === undefined || column === '') throw new Error(`missing time column argument for macro ${name}`)
    return column
  }
  const unixTime = (column: string) => `UNIX_TIMESTAMP(${column})`
  const same = (column: string) => column

  const expand = (name: string, given: readonly string[]): string => {
    switch (name) {
      case '__time':
      case '__timeEpoch':
        return `${unixTime(columnOf(name, given))} as time_sec`
      case '__timeFilter': {
        const column = columnOf(name, given)
        return from < 0
          ? `${column} BETWEEN DATE_ADD(FROM_UNIXTIME(0), INTERVAL ${from} SECOND) AND FROM_UNIXTIME(${to})`
          : `${column} BETWEEN FROM_UNIXTIME(${from}) AND FROM_UNIXTIME(${to})`
      }
      case '__timeFrom':
        return `FROM_UNIXTIME(${from})`
      case '__timeTo':
        return `FROM_UNIXTIME(${to})`
      case '__timeGroup':
        return groupOf(name, given, unixTime)
      case '__timeGroupAlias':
        return `${groupOf(name, given, unixTime)} AS "time"`
      case '__unixEpochFilter': {
        const column = columnOf(name, given)
        return `${column} >= ${from} AND ${column} <= ${to}`
      }
      case '__unixEpochNanoFilter': {
        const column = columnOf(name, given)
        return `${column} >= ${range.from}000000 AND ${column} <= ${range.to}000000`
      }
      case '__unixEpochFrom':
        return String(from)
      case '__unixEpochTo':
        return String(to)
      case '__unixEpochNanoFrom':
        return `${range.from}000000`
      case '__unixEpochNanoTo':
        return `${range.to}000000`
      case '__unixEpochGroup':
        return groupOf(name, given, same)
      case '__unixEpochGroupAlias':
        return `${groupOf(name, given, same)} AS "time"`
      default:
        throw new Error(`unknown macro ${name}`)
    }
  }

  const sql = rawSql.replaceAll(/\$([_a-zA-Z0-9]+)\(([^)]*)\)/g, (_all, name: string, list: string) =>
    expand(
      name,
      list.split(',').map((argument) => argument.trim()),
    ),
  )
  return fill === undefined ? { sql } : { sql, fill }
}
