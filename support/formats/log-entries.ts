/** The entries of a container's log: each begins with a line that states a level, and includes the lines of its stack trace. */
import { type Statement, statementOf } from './log-level'

/** The time with which the kubelet begins each line. */
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /

/** A logger writes an entry and its trace at once: a trace that comes later, in milliseconds, is an error of its own. */
const atOnceMs = 100

/** Python joins the traces of one error by these sentences. */
const joint = /^(?:During handling of the above exception|The above exception was the direct cause)/

/** An entry at level error or worse. */
export interface LoggedError {
  /** The first line of the entry, with the time of the kubelet. */
  readonly line: string
  /** All lines of the entry. */
  readonly lines: readonly string[]
}

/** The most lines of one entry that are kept. */
const mostLines = 500

export class LogEntries {
  private entry: { readonly statement: Statement; readonly at: number; readonly lines: string[] } | undefined
  /** The kind of the line before: a trace is part of an entry if it follows directly. */
  private previous: 'statement' | 'trace' | 'trace ended' | 'joint' | 'other' = 'other'

  /** Takes the next line. @returns the error that the line ends */
  next(line: string): LoggedError | undefined {
    const [head = '', time = ''] = stamp.exec(line) ?? []
    const text = line.slice(head.length)
    if (text === '') return undefined
    if (/^\s/.test(text) && this.entry)
      return this.extend(line, this.previous === 'trace ended' ? 'trace' : this.previous)
    const statement = statementOf(text)
    if (!statement) {
      if (this.entry && joint.test(text)) return this.extend(line, 'joint')
      return this.extend(line, this.previous === 'trace' ? 'trace' : 'other')
    }
    if (statement.continues && this.belongs(time))
      return this.extend(line, text.startsWith('Traceback') ? 'trace' : 'trace ended')
    const ended = this.end()
    this.entry = { statement, at: Date.parse(time), lines: [line] }
    this.previous = statement.continues ? 'trace' : 'statement'
    return ended
  }

  /** Ends the last entry. @returns it if it is an error */
  end(): LoggedError | undefined {
    const { entry } = this
    this.entry = undefined
    this.previous = 'other'
    const line = entry?.lines[0]
    return entry?.statement.level === 'error' && line !== undefined ? { line, lines: entry.lines } : undefined
  }

  /** A trace belongs to a warning or an error that was written together with it, never to an info line. */
  private belongs(time: string): boolean {
    if (!this.entry || this.entry.statement.level === 'info') return false
    if (this.previous === 'trace' || this.previous === 'joint') return true
    if (this.previous !== 'statement') return false
    const apart = Math.abs(Date.parse(time) - this.entry.at)
    return Number.isNaN(apart) || apart <= atOnceMs
  }

  private extend(line: string, kind: typeof this.previous): undefined {
    this.previous = kind
    if (this.entry && this.entry.lines.length < mostLines) this.entry.lines.push(line)
    return undefined
  }
}
