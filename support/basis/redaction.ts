/**
 * The one place through which text leaves the process: World.attach, the errors of steps and hooks, the facts of a run and
 * the terminal all pass it. Clients register every secret value that they read before they use it.
 */
import type { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

const mask = '[redacted]'

/** Shorter values are not secrets that could be recognised: masking "a" would mask everything. */
const shortestSecret = 6

export class Redaction {
  private readonly values = new Set<string>()
  private readonly public = new Set<string>()
  private pattern: RegExp | null = null

  /** Values that stand in every report, such as the names in the configuration: masking them would hide the report. */
  keep(names: Iterable<string>): void {
    for (const name of names) this.public.add(name)
  }

  /** Makes a value, each of its lines, and the forms in which they travel unprintable. */
  register(value: string): void {
    for (const part of [value, ...value.split('\n').map((line) => line.trim())]) {
      if (part.length < shortestSecret || this.public.has(part.trim())) continue
      for (const form of formsOf(part.toWellFormed())) this.values.add(form)
    }
    this.pattern = null
  }

  /** The same error without secrets in its message, its stack, its causes, and the values that it compared. */
  redactError(error: unknown, seen: ReadonlySet<unknown> = new Set()): Error {
    if (!(error instanceof Error)) return new Error(this.redact(String(error)))
    if (seen.has(error)) return error
    error.message = this.redact(error.message)
    error.stack = this.redact(error.stack ?? '')
    // Cucumber prints the difference of the two where an error has them.
    for (const side of ['actual', 'expected'] as const)
      if (side in error) Object.assign(error, { [side]: this.redactCompared((error as AssertionError)[side]) })
    if (error.cause !== undefined) error.cause = this.redactError(error.cause, new Set([...seen, error]))
    return error
  }

  private redactCompared(value: unknown): unknown {
    if (value === undefined) return value
    return this.redact(typeof value === 'string' ? value : inspect(value))
  }

  /** The same data without secrets in any of its texts. */
  redactData<T>(data: T): T {
    return JSON.parse(this.redact(JSON.stringify(data))) as T
  }

  redact(text: string): string {
    if (this.values.size === 0) return text
    this.pattern ??= new RegExp(
      [...this.values]
        .sort((a, b) => b.length - a.length)
        .map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('|'),
      'g',
    )
    return text.replace(this.pattern, mask)
  }
}

/** The beginning of a text for a message, redacted before it is cut: half a secret would not be recognised. */
export function excerpt(text: string, characters = 300): string {
  return redaction.redact(text).slice(0, characters)
}

/** The value itself and what encoders make of it: base64 (alone or within more), URLs, forms, and JSON, also within JSON. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  const base64 = bytes.toString('base64')
  const within = [0, 1, 2].map((before) => base64Within(bytes, before))
  const encoded = [base64, base64.replace(/=+$/, ''), ...within]
  const urls = [encodeURIComponent(value), new URLSearchParams({ '': value }).toString().slice(1)]
  const json = JSON.stringify(value).slice(1, -1)
  return [
    value,
    ...encoded,
    ...encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...urls,
    ...urls.map((text) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())),
    json,
    JSON.stringify(json).slice(1, -1),
    // As Go writes JSON, which the services' logs are full of.
    json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
  ]
}

/**
 * The characters that the base64 of any text holds which holds these bytes, whatever stands around them: "Basic
 * dXNlcjpwYXNz…" holds a password at one of three offsets.
 */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
}

/** The process has one: a secret that one client read must not leave through another. */
export const redaction = new Redaction()
