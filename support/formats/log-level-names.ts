/** The names of levels in log lines, and the phrases of runtimes that report an error without naming a level. */

export type Level = 'error' | 'warning' | 'info'

/** Lower-case names by level: syslog (RFC 5424), logrus, zap, log15, zerolog, Serilog, java.util.logging, MySQL, PostgreSQL, .NET. */
const names: Readonly<Record<Level, string>> = {
  error: 'error err eror erro severe fail critical crit crt fatal fata ftl panic pani pnc dpanic alert emerg emergency',
  warning: 'warning warn wrn',
  info:
    'info inf information informational notice note config debug dbug debu dbg trace trac trce trc verbose vrb fine ' +
    'finer finest system log default statement detail hint context',
}

const levels: ReadonlyMap<string, Level> = new Map(
  (Object.keys(names) as Level[]).flatMap((level) => names[level].split(' ').map((name) => [name, level] as const)),
)

/** The letters of klog, glog, MongoDB, etcd and Ruby. */
const letters: Readonly<Record<string, Level>> = { E: 'error', F: 'error', W: 'warning', I: 'info', D: 'info' }

/** Returns the level of a name in any case, such as "Error" or "WRN", also with the offset of Go's slog ("ERROR+2"). */
export const levelNamed = (name: string): Level | undefined =>
  levels.get(name.replace(/[+-]\d{1,2}$/, '').toLowerCase())

export const levelOfLetter = (letter: string): Level | undefined => letters[letter]

/** Returns the level of a syslog severity from 0 (emergency) to 7 (debug). */
export function levelOfSeverity(severity: number): Level {
  if (severity <= 3) return 'error'
  return severity === 4 ? 'warning' : 'info'
}

/** A phrase at the beginning of a message that names no level. */
interface Phrase {
  readonly pattern: RegExp
  readonly level: Level
  /** Continues the error before it, if there is one directly above. */
  readonly continues?: true
}

/** Each expression is anchored and free of nested repetitions. */
export const phrases: readonly Phrase[] = [
  // PHP
  { pattern: /^(?:PHP )?(?:Fatal|Parse|Core|Compile|Recoverable fatal|Catchable fatal) error: /, level: 'error' },
  { pattern: /^PHP (?:Warning|Notice|Deprecated|Strict Standards): /, level: 'info' },
  // Go
  {
    pattern: /^(?:fatal error: |runtime: out of memory|http: panic serving |unexpected fault address )/,
    level: 'error',
  },
  { pattern: /^(?:SIG(?:SEGV|ABRT|BUS|ILL|FPE): |panic recovered:)/, level: 'error' },
  { pattern: /^\[signal SIG/, level: 'error', continues: true },
  // Python
  { pattern: /^Traceback \(most recent call last\):/, level: 'error', continues: true },
  // Java, .NET and JavaScript
  {
    pattern:
      /^(?:A fatal error has been detected by the Java |Terminating due to java\.lang\.|Error occurred during init)/,
    level: 'error',
  },
  { pattern: /^(?:Exception in thread "|Unhandled exception|Uncaught )/i, level: 'error' },
  { pattern: /^(?:\(node:\d+\) |\[)UnhandledPromiseRejection/, level: 'error' },
  { pattern: /^Caused by: /, level: 'error', continues: true },
  { pattern: /^[A-Za-z_$][\w$.]{0,200}(?:Exception|Error)(?:: |:?$)/, level: 'error', continues: true },
  { pattern: /^\w{0,100}Error \[\w{1,100}\]: /, level: 'error', continues: true },
  // Rust, C and C++
  { pattern: /^thread '[^']{0,100}' (?:\(\d+\) )?panicked at /, level: 'error' },
  {
    pattern: /^(?:Segmentation fault|fatal runtime error: |terminate called after throwing |double free or corruption)/,
    level: 'error',
  },
  { pattern: /^==\d+==\s?ERROR: /, level: 'error' },
  { pattern: /^(?:Aborted|Bus error|Illegal instruction|Floating point exception) \(core dumped\)/, level: 'error' },
  { pattern: /^(?:free|malloc|realloc|calloc)\(\): /, level: 'error' },
  { pattern: /^corrupted (?:size vs\. prev_size|double-linked list)/, level: 'error' },
  { pattern: /^\*\*\* (?:stack smashing|buffer overflow) detected \*\*\*/, level: 'error' },
  // Ruby, which names the class behind the message
  {
    pattern: /^[\w./-]{1,200}\.rb:\d{1,6}:in [`'][^']{1,100}': .{0,300}\([A-Z][\w:]{0,100}\)/,
    level: 'error',
    continues: true,
  },
  // Elixir and Erlang
  { pattern: /^\*\* \([A-Z][^)\s]{0,100}\) /, level: 'error', continues: true },
  { pattern: /^=(?:CRASH|ERROR|SUPERVISOR) REPORT====/, level: 'error' },
  // MySQL, MariaDB, the driver of Go for them, and npm
  { pattern: /^Error \d{4}(?: \(\w{5}\))?: /, level: 'error' },
  { pattern: /^(?:mysqld|mariadbd) got signal \d+/, level: 'error' },
  { pattern: /^npm (?:ERR!|error) /, level: 'error' },
]
