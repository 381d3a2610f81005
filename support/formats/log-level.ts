/**
 * The level that a log line states, by the rules of the line's format. A level's name elsewhere in the line, such as in the
 * message, does not count. Only the beginning of a line is searched, so the time is linear in the length of the line.
 */
import { stripVTControlCharacters } from 'node:util'
import { type Level, levelNamed, levelOfLetter, levelOfSeverity, phrases } from './log-level-names'

/** The level of a line, and the way in which it is stated. */
export interface Statement {
  readonly level: Level
  /** True if the line is part of the error directly above it, such as a line of its stack trace. */
  readonly continues: boolean
}

const plain = (level: Level): Statement => ({ level, continues: false })

/** The longest beginning of a line, in characters, in which a level is searched. */
const headLength = 400
/** The longest beginning of a line, in characters, whose pairs are read: an expression for longer texts exhausts the stack. */
const pairsLength = 65_536
/** The levels of nesting at which loggers state a level. A line can be nested so deeply that reading it exhausts the stack. */
const deepest = 4

/** @param line a line of a container without the time of the runtime */
export function statementOf(line: string): Statement | undefined {
  const text = line.includes('\u001b') ? stripVTControlCharacters(line) : line
  const trimmed = text.trimStart()
  if (trimmed.startsWith('{')) {
    const entry = entryOf(trimmed)
    const level = entry && levelOfObject(entry)
    if (entry) return level && plain(level)
  }
  const wrapped = levelOfWrapped(trimmed)
  if (wrapped) return plain(wrapped)
  const [, letter = ''] = klog.exec(trimmed) ?? []
  if (letter) return plain(levelOfLetter(letter) ?? 'info')
  if (phpFpm.test(trimmed)) return plain('error')
  if (access.test(trimmed)) return plain('info')
  const logfmt = levelOfLogfmt(trimmed.slice(0, pairsLength))
  if (logfmt) return plain(logfmt)
  return new Header(trimmed.slice(0, headLength)).statement()
}

/**
 * klog and glog: the letter of the level, the date, the time, the thread, and the place in the source. Abseil, as gRPC has it, writes
 * the seconds since 1970 while its log is not set up.
 */
const klog = /^([IWEF])(?:\d{4}|\d{8}) \d\d:\d\d:\d{2,10}\.\d+ +\d+ [^\s\]]+:\d+\]/

/** PHP-FPM repeats the errors of PHP at the level NOTICE. */
const phpFpm = /^(?:\[[^\]]{0,60}\] )?NOTICE: PHP message: (?:PHP )?(?:Fatal|Parse) error: /

/** A request in the format of Gin, or in the common format of web servers. It belongs to no error above it. */
const access = /^(?:\[GIN\] \d{4}\/\d\d\/\d\d - |\S+ \S+ \S+ \[\d\d\/[A-Z][a-z]{2}\/\d{4}:)/

/** The keys of levels in JSON and logfmt, in lower case: ECS has `log.level`, hclog `@level`, Serilog `@l`, zap `L`, MongoDB `s`. */
const levelKeys = new Set(
  (
    'level severity l lvl levelname level_name loglevel log_level log.level @level @l severitytext severity_text s ' +
    'error_severity'
  ).split(' '),
)

type Entry = Readonly<Record<string, unknown>>

/** Returns the entry of a JSON line, of one that was cut off what stands before its end; undefined if the line is no JSON. */
function entryOf(text: string): Entry | undefined {
  try {
    return JSON.parse(text) as Entry
  } catch {
    const pairs = [...pairsBeforeCut(text.slice(0, pairsLength))]
    return pairs.length > 0 ? Object.fromEntries(pairs) : undefined
  }
}

/** A key and a value that is not nested, with the comma that shows that the value is whole. */
const jsonPair = /[{,]\s*"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|[\d.eE+-]+|true|false|null)\s*(?=,)/y

function* pairsBeforeCut(text: string): Generator<readonly [string, unknown]> {
  jsonPair.lastIndex = 0
  for (let pair = jsonPair.exec(text); pair; pair = jsonPair.exec(text)) {
    const [, key = '', value = ''] = pair
    yield [key, value.startsWith('"') ? value.slice(1, -1) : Number(value)]
  }
}

/** The times, groups in brackets and names with a bar that a supervisor writes before the JSON of its program. */
const jsonPreamble = /^(?:\[[^\]]{0,60}\]:? ?|\d[\d\-/.:,TZ+]* |[\w.|-]{1,60} \| )+(?=\{")/

/** Returns the level of JSON behind a preamble, unless the preamble states one. */
function levelOfWrapped(text: string): Level | undefined {
  const [preamble] = jsonPreamble.exec(text) ?? []
  if (preamble === undefined || new Header(preamble).statement()) return undefined
  const entry = entryOf(text.slice(preamble.length))
  return entry && levelOfObject(entry)
}

function levelOfObject(entry: Entry, depth = 0): Level | undefined {
  if (depth === deepest) return undefined
  // The name of a level is clear; a number depends on the logger, such as beside `level_name` of Monolog.
  const stated = Object.entries(entry).sort(([, one], [, other]) => Number(isNumber(one)) - Number(isNumber(other)))
  for (const [key, value] of stated) {
    const name = key.toLowerCase()
    if (/^severity_?number$/.test(name) && typeof value === 'number') return value >= 17 ? 'error' : 'info'
    if (!levelKeys.has(name)) continue
    // JSON has numbers that are too large for any.
    if (value === Number.POSITIVE_INFINITY) continue
    const level = typeof value === 'number' ? levelNumbered(value, entry) : levelOfValue(value)
    if (level) return level
  }
  const { log, record, label, err_code, PRIORITY: priority } = entry
  if (err_code !== undefined && typeof label === 'string') return levelOfMySql(label)
  // The journal of systemd has the severity of syslog, as text.
  if (/^[0-7]$/.test(String(priority))) return levelOfSeverity(Number(priority))
  // Docker wraps a line as "log"; ECS nests the level in it, and Loguru in "record".
  if (typeof log === 'string') return statementOf(log)?.level
  const nested = log ?? record
  return isObject(nested) ? levelOfObject(nested, depth + 1) : undefined
}

const isNumber = (value: unknown) => typeof value === 'number'

const isObject = (value: unknown): value is Entry => typeof value === 'object' && value !== null

/** The JSON of MySQL states the level as a label, which is System for messages that are no errors. */
const levelOfMySql = (label: string): Level => levelNamed(label) ?? 'info'

/**
 * pino and bunyan count from 10 (trace) to 60 (fatal), Python from 10 to 50 with 40 as error, Monolog from 100 to 600, GELF and
 * syslog from 7 to 0, and zap, which writes the time as `ts`, from -1 (debug) to 5 (fatal).
 */
function levelNumbered(value: number, entry: Entry): Level {
  // As Python does, times ten.
  if (value >= 100) return levelNumbered(value / 10, { levelname: '' })
  if (value < 0 || (value <= 7 && 'ts' in entry)) return value >= 2 ? 'error' : value === 1 ? 'warning' : 'info'
  if (value <= 7) return levelOfSeverity(value)
  const isPython = 'levelname' in entry || 'lineno' in entry
  if (value >= (isPython ? 40 : 50)) return 'error'
  return value >= (isPython ? 30 : 40) ? 'warning' : 'info'
}

function levelOfValue(given: unknown): Level | undefined {
  // Loguru and formatters of pino write a level as an object.
  const value = isObject(given) ? (given.name ?? given.label) : given
  if (typeof value !== 'string') return undefined
  if (/^\d{1,2}$/.test(value)) return levelNumbered(Number(value), {})
  return levelNamed(value) ?? levelOfLetter(value)
}

/** The parts of a logfmt line: a key, and a value that is quoted or has no blanks. structlog quotes as Python does. */
const logfmtPair = /([\w.@-]+)=(?:"((?:[^"\\]|\\.)*)"?|'((?:[^'\\]|\\.)*)'(?=\s|$)|([^\s"]*))/y
const logfmtPreamble = /^(?:\[[^\]]{0,60}\] ?|\d[\d\-/.:,TZ+]* |[\w.-]{1,60} \| )*(?=[\w.@-]{1,60}=)/

function levelOfLogfmt(text: string): Level | undefined {
  const preamble = logfmtPreamble.exec(text)
  if (!preamble) return undefined
  for (let at = preamble[0].length; at < text.length; ) {
    logfmtPair.lastIndex = at
    const pair = logfmtPair.exec(text)
    if (pair) {
      const [, key = '', double, single, bare = ''] = pair
      if (levelKeys.has(key.toLowerCase()) && key.length > 1) return levelOfValue(double ?? single ?? bare)
      at = logfmtPair.lastIndex
    } else {
      const blank = text.indexOf(' ', at)
      at = blank < 0 ? text.length : blank
    }
    while (text[at] === ' ' || text[at] === '\t') at++
    if (!pair && at === 0) return undefined
  }
  return undefined
}

const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '<': '>', '{': '}' }
const timeWord =
  /^(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|utc|gmt|am|pm|ce?s?t),?$/i
const separator = /^(?:[-|:*#]+|::|==>)$/
/** A date, a time, a process id or another number at the beginning of a line. A count such as "3" is none. */
const numeric = /^(?:\d[\w\-/.:,+#]*[-/.:,+#]\w*|\d{6,}|[+-]\d{4})$/
/** Names that begin a message as "error: …": the names of syslog such as "alert" are words of messages, too. */
const withColon =
  /^(?:error|err|fatal|panic|fail|crit|critical|severe|emerg|warning|warn|info|debug|trace|note|notice)$/i

/** The name of a logger or a thread, behind which the level may follow without a mark. Other words begin a message. */
const logger = /^(?:main|root|[A-Za-z_]\w{0,60}(?:\.\w{1,60}){1,20}|[\w-]{1,60}-\d{1,6})$/

/** The beginning of a plain line: times, groups in brackets and names, among which the level stands. */
class Header {
  private at = 0
  private sawTime = false
  private names = 0
  private lastName = ''

  constructor(private readonly text: string) {}

  statement(): Statement | undefined {
    const syslog = /^<(\d{1,3})>/.exec(this.text)
    if (syslog) return plain(levelOfSeverity(Number(syslog[1]) % 8))
    for (let count = 0; count < 16; count++) {
      this.skipBlanks()
      if (this.at >= this.text.length) return undefined
      const phrase = this.names === 0 ? this.phrase() : undefined
      if (phrase) return phrase
      const level = this.isGroup() ? this.levelOfGroup() : this.levelOfWord()
      if (level === 'message') return undefined
      if (level) return plain(level)
    }
    return undefined
  }

  private phrase(): Statement | undefined {
    const rest = this.text.slice(this.at)
    const found = phrases.find(({ pattern }) => pattern.test(rest))
    return found && { level: found.level, continues: found.continues ?? false }
  }

  private skipBlanks(): void {
    while (this.at < this.text.length && /\s/.test(this.text.charAt(this.at))) this.at++
  }

  private isGroup(): boolean {
    const close = closing[this.text.charAt(this.at)]
    return close !== undefined && this.text.indexOf(close, this.at) > 0
  }

  /** Reads a group such as `[error]`, `[core:error]`, `[main]`, `[ERROR app::db]`, `[09:00:00 ERR]` or `[1128/09:ERROR:a.cc(1)]`. */
  private levelOfGroup(): Level | undefined {
    const end = this.text.indexOf(closing[this.text.charAt(this.at)] ?? '', this.at)
    const content = this.text.slice(this.at + 1, end).trim()
    this.at = end + 1
    const [, tornado = ''] = /^([EWIDC]) [\d-]{6,10} \d\d:/.exec(content) ?? []
    if (tornado) return tornado === 'C' ? 'error' : levelOfLetter(tornado)
    const [, last = content] = /^[\w-]+:([a-z]+)$/.exec(content) ?? []
    const level = levelNamed(last) ?? levelOfLetter(content)
    if (level) return level
    if (!/^\d/.test(content)) return levelNamed(/^([A-Z]+) /.exec(content)?.[1] ?? '')
    this.sawTime = true
    const inside = content.split(/[\s/|,:]+/).find((word) => word === word.toUpperCase() && levelNamed(word))
    return inside === undefined ? undefined : levelNamed(inside)
  }

  /** @returns "message" where the message begins */
  private levelOfWord(): Level | undefined | 'message' {
    const start = this.at
    const rest = this.text.slice(start)
    // The tag of syslog ends what stands before the message.
    const [tag] = (this.sawTime && /^[\w./-]{1,60}\[\d{1,10}\]:/.exec(rest)) || []
    if (tag !== undefined) {
      this.at += tag.length
      this.names = 0
      return undefined
    }
    const [word = ''] = /^[^\s[({<|]+|^\|-?/.exec(rest) ?? []
    if (word === '' || word.startsWith('"') || word.startsWith("'")) return 'message'
    this.at += word.length
    if (separator.test(word)) return undefined
    const level = this.levelIn(word)
    if (level) return level
    // A process id may stand before the time, with a dash behind it.
    const isNumber = /^\d+:?$/.test(word) && (this.sawTime || /^\s+- /.test(this.text.slice(this.at)))
    if (timeWord.test(word) || numeric.test(word) || isNumber) {
      this.sawTime = true
      return undefined
    }
    // A place in the source, as the log of Go writes it.
    if (this.sawTime && /^[\w./-]{1,200}\.\w{1,5}:\d+:?$/.test(word)) return undefined
    // The name of a logger, a user or a program may stand before the level.
    this.lastName = word
    return ++this.names > 2 ? 'message' : undefined
  }

  private levelIn(word: string): Level | undefined {
    const monolog = /^[\w-]+\.([A-Z]+):$/.exec(word)
    if (monolog) return levelNamed(monolog[1] ?? '')
    const [, name = '', mark = ''] = /^([A-Za-z]+)([:!,]?)/.exec(word) ?? []
    const isWhole = name.length + mark.length === word.length
    const follows = this.text.slice(this.at)
    if (name.length === 1) {
      const marked = mark === ',' || (this.sawTime && isWhole && /^\s/.test(follows))
      return marked && this.names === 0 ? levelOfLetter(name) : undefined
    }
    const level = levelNamed(name)
    if (!level) return undefined
    const isUpper = name === name.toUpperCase()
    if (this.names > 0) {
      const isOfLogger = this.sawTime && this.names === 1 && logger.test(this.lastName)
      const separated = isOfLogger || mark === ':' || /^\[\d+\]|^\s+(?:[-|:]|==>|\[)|^\t/.test(follows)
      return isUpper && isWhole && separated ? level : undefined
    }
    if (isUpper) return isWhole || mark === ':' || mark === '!' ? level : undefined
    if (mark === ':') return withColon.test(name) ? level : undefined
    return isWhole && this.sawTime && /^\t|^\s{2}|^\s*\|/.test(follows) ? level : undefined
  }
}
