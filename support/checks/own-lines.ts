/**
 * Recognises log lines that only say that the service refused a wrong request of the suite: an unknown project, a request without
 * a token, an invalid query. The line names what was asked, says that it was refused, and shows no other fault. A line about a
 * request without a name of its own must also be written while the service had the request.
 */
import { type RefusedRequest, userAgent } from '../platform/own-requests'

/** Names that nobody but the suite asks for. They recur in every run, so lines of earlier runs are recognised too. */
const ownNames = [
  userAgent,
  'no-such-project-of-this-platform',
  'noSuchFieldOfThisService',
  'not-a-token-of-this-service',
]
const randomUser = /\bnobody-[0-9a-f]{12}\b/

/** The time in milliseconds by which a line may be older or newer than the request: logs are written with a delay. */
const toleranceMs = 2000

/**
 * The failure that a request of the suite provokes on purpose: a row for a table that does not exist, which shows that a lake
 * lets anyone write. It recurs in every run too.
 */
const provoked =
  /HTTP 500 error|error inserting request body into table no_such_table(?: \(500\))?|Error 1146(?: \(\w+\))?: Table '[^']*no_such_table' doesn't exist(?: \(500\))?/g

/**
 * A place in the source, as stack traces name it: its number is no status. It begins where no other character of a path stands
 * before, or behind another place, so that the search stays linear.
 */
const position = /(?:(?<![\w@./-])|(?<=\.[a-z]{1,16}:\d{1,9}))[\w@./-]+\.[a-z]+:\d+/g

/** Statuses and words of a refusal. A status stands alone, and not in a number or a path. */
const refusal =
  /(?<![\w./-]|\d:)4(?:0\d|1[0-7]|2[2-9])(?![\w./-])|\b(?:unauthori[sz]ed|forbidden|not found|does not exist|unknown (?:project|field|user)|invalid[ _](?:project|query|token|user)|cannot query field|bad request)\b/i

/** Statuses and words of a fault of the service, whatever else its line names. */
const fault =
  /(?<![\w./-]|\d:)5\d\d(?![\w./-])|\b(?:panic|fatal|deadlock|goroutine|nil pointer|out of memory|traceback|exception|time(?:d )?out|connection (?:refused|reset)|broken pipe|Error \d{4})\b/i

/**
 * Checks whether an error line is only the trace of a request of the suite.
 * @param line begins with its time, as the API server adds it
 * @param refused the requests of this run that were refused
 */
export function isOwnLine(line: string, refused: readonly RefusedRequest[]): boolean {
  const text = line.replaceAll(position, '')
  if (text.includes('into table no_such_table') && !fault.test(text.replaceAll(provoked, ''))) return true
  if (fault.test(text) || !refusal.test(text)) return false
  if (ownNames.some((name) => line.includes(name)) || randomUser.test(line)) return true
  const at = timeOf(line)
  return at !== undefined && refused.some((request) => isAbout(line, at, request))
}

function isAbout(line: string, at: number, { path, status, from, to }: RefusedRequest): boolean {
  if (at < from - toleranceMs || at > to + toleranceMs) return false
  const [withoutQuery = path] = path.split('?')
  return hasWhole(line, String(status)) && hasWhole(line, withoutQuery)
}

/** Checks whether a text stands in a line on its own: not as a part of a longer path or number. */
function hasWhole(line: string, text: string): boolean {
  for (let index = line.indexOf(text); index >= 0; index = line.indexOf(text, index + 1)) {
    const isPart = (character: string | undefined) => character !== undefined && /[\w/.-]/.test(character)
    const before = line[index - 1]
    // A host may stand before a path.
    const begins = text.startsWith('/') ? before !== '/' : !isPart(before)
    if (begins && !isPart(line[index + text.length])) return true
  }
  return false
}

/** Returns the time with which a line begins, in milliseconds since 1970 UTC. */
function timeOf(line: string): number | undefined {
  const [, text = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*(?:Z|[+-]\d\d:\d\d)/.exec(line) ?? []
  const zone = /^\S*?([+-]\d\d:\d\d|Z)\s/.exec(line)?.[1] ?? 'Z'
  const at = Date.parse(`${text}${zone}`)
  return Number.isNaN(at) ? undefined : at
}

/** Continues a sentence about a line with the end of the time in which it is found; empty if the line has no time. */
export function seenUntil(line: string, lookBackMs: number): string {
  const at = timeOf(line)
  return at === undefined ? '' : `; it counts until ${new Date(at + lookBackMs).toISOString().slice(0, 19)}Z`
}
