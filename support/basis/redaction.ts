/**
 * The one place through which text leaves the process: World.attach, the errors of steps and hooks, the facts of a run and
 * the terminal all pass through it. Clients register every secret value that they read before they use it.
 */
import type { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

const mask = '[redacted]'

/** Shorter values are not masked: masking "a" would mask almost everything. */
const shortestSecret = 6

export class Redaction {
  private readonly values = new Set<string>()
  private readonly public = new Set<string>()
  private pattern: RegExp | null = null

  /** Exempts values that every report shows, such as the names in the configuration. */
  keep(names: Iterable<string>): void {
    for (const name of names) this.public.add(name)
  }

  /** Masks a value from now on: the whole, each of its lines, and their encoded forms. */
  register(value: string): void {
    for (const part of [value, ...value.split('\n').map((line) => line.trim())]) {
      if (part.length < shortestSecret || this.public.has(part.trim())) continue
      for (const form of formsOf(part.toWellFormed())) this.values.add(form)
    }
    this.pattern = null
  }

  /** Masks the secrets in an error: its message, stack and causes, and the values that it compared. */
  redactError(error: unknown, seen: ReadonlySet<unknown> = new Set()): Error {
    if (!(error instanceof Error)) return new Error(this.redact(String(error)))
    if (seen.has(error)) return error
    error.message = this.redact(error.message)
    error.stack = this.redact(error.stack ?? '')
    // Cucumber prints the difference of these two.
    for (const side of ['actual', 'expected'] as const)
      if (side in error) Object.assign(error, { [side]: this.redactCompared((error as AssertionError)[side]) })
    if (error.cause !== undefined) error.cause = this.redactError(error.cause, new Set([...seen, error]))
    return error
  }

  private redactCompared(value: unknown): unknown {
    if (value === undefined) return value
    return this.redact(typeof value === 'string' ? value : inspect(value))
  }

  /** A copy of the data, with the secrets in its texts masked. */
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

/** The beginning of a text, redacted before it is cut: half a secret would not be recognised. */
export function excerpt(text: string, characters = 300): string {
  return redaction.redact(text).slice(0, characters)
}

/** The value and its encoded forms: base64 (alone or inside a longer text), URLs, forms, and JSON, also within JSON. */
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
    // Go escapes these characters in JSON, and the services' logs are full of it.
    json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
  ]
}

/**
 * The base64 characters that any text containing these bytes encodes to, whatever surrounds them: "Basic dXNlcjpwYXNz…"
 * holds a password at one of three offsets.
 */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
}

/** The redaction of the whole process: a secret that one client has read must not leave through another client. */
export const redaction = new Redaction()
