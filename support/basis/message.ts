import { inspect } from 'node:util'

/** The message of a thrown value of any kind in words: never empty, and never "[object Object]". */
export function messageOf(thrown: unknown): string {
  return worded(thrown, new Set()) || 'an error without a message'
}

function worded(thrown: unknown, seen: Set<unknown>): string {
  if (typeof thrown !== 'object' || thrown === null) return typeof thrown === 'string' ? thrown : inspect(thrown)
  if (seen.has(thrown)) return ''
  seen.add(thrown)
  // An event of a WebSocket holds its error. Node leaves the message of several failed connections empty.
  const { message, errors, error, cause, code, name } = fieldsOf(thrown)
  if (isWorded(message)) return message
  if (Array.isArray(errors) && errors.length > 0)
    return [...new Set(errors.map((one: unknown) => worded(one, seen)))].filter(Boolean).join('; ')
  const inner = error ?? cause
  const innermost = inner === undefined || inner === null ? '' : worded(inner, seen)
  if (innermost) return innermost
  if (typeof code === 'string' && code) return code
  if (thrown instanceof Error && typeof name === 'string') return name
  return inspect(thrown, { depth: 1, breakLength: Number.POSITIVE_INFINITY, customInspect: false }).slice(0, 500)
}

/** An object put into a template string is a message without words. */
const isWorded = (message: unknown): message is string =>
  typeof message === 'string' && message.replaceAll('[object Object]', '').trim() !== ''

/** Reads the fields of a thrown object, of which any may throw itself. */
function fieldsOf(thrown: object): Readonly<Record<string, unknown>> {
  const read = (name: string): unknown => {
    try {
      return Reflect.get(thrown, name)
    } catch {
      return undefined
    }
  }
  return Object.fromEntries(['message', 'errors', 'error', 'cause', 'code', 'name'].map((name) => [name, read(name)]))
}
