/**
 * Text from outside with its invisible characters in a visible form. A character that a reader cannot see can move the
 * cursor, reorder a line, or make two names look alike.
 *
 * The form is that of JSON, such as \u001b or \u202e, so that JSON text stays JSON. It comes in two strengths:
 * - {@link recorded} applies once, where text enters the record. It also escapes a backslash that starts such a form, so that
 *   a typed "\u202e" differs from the character: no two texts share a form.
 * - {@link visible} applies at the exit to every medium. It leaves visible text alone, so that applying it again changes
 *   nothing, for example when reports are made from a record or shards are merged.
 */

/**
 * Control characters except newline and tab, format characters (bidirectional controls, zero-width characters, tags),
 * everything that Unicode allows to be ignored (fillers, variation selectors), line and paragraph separators, half
 * surrogate pairs, and code points that are not characters.
 */
const invisible =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu

/** Most texts: they hold nothing to escape, which this expression finds in a quarter of the time. */
const printable = /^[\n\t -~]*$/

/** A backslash that starts a text like an escaped character. */
const ambiguous = /\\(?=u[0-9a-fA-F]{4})/g

/** Escapes invisible characters. Newlines and tabs stay. Applying it twice is the same as applying it once. */
export function visible(text: string): string {
  return printable.test(text) ? text : text.replace(invisible, escaped)
}

/** Escapes invisible characters, newlines and tabs included, for a text that must stay on one line. */
export function visibleInOneLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, escaped)
}

/** Escapes invisible characters, and any backslash that could be mistaken for such an escape. Different texts stay different. */
export function recorded(text: string): string {
  return visible(text.replace(ambiguous, escaped))
}

/** Applies {@link visible} to every text in the data, keys included. */
export const visibleData = <T>(data: T): T => mapped(data, visible) as T

/** Applies {@link visibleInOneLine} to every text in the data, keys included. */
export const visibleDataInOneLine = <T>(data: T): T => mapped(data, visibleInOneLine) as T

/** Applies {@link recorded} to every text in the data, keys included. */
export const recordedData = <T>(data: T): T => mapped(data, recorded) as T

/** Escapes an error and its causes in place with {@link recorded}: message, stack, and the values that it compared. */
export function recordedError(error: Error, seen: ReadonlySet<unknown> = new Set()): Error {
  if (seen.has(error)) return error
  error.message = recorded(error.message)
  error.stack = recorded(error.stack ?? '')
  // Cucumber prints the difference of these two.
  for (const [side, value] of Object.entries(error))
    if ((side === 'actual' || side === 'expected') && typeof value === 'string')
      Object.assign(error, { [side]: recorded(value) })
  if (error.cause instanceof Error) recordedError(error.cause, new Set([...seen, error]))
  return error
}

/** JSON without invisible characters in the file. Its values are unchanged: a reader parses what was written. */
export function visibleJson(data: unknown, indent = 0): string {
  return visible(JSON.stringify(data, null, indent))
}

/** A form in which JSON writes down a character that {@link visible} escapes. */
const jsonEscape = /\\[ubfr]/

/**
 * Writes data as one line of JSON with {@link visible} texts. Most data needs no escape: its JSON shows that sooner than a walk through
 * all of its texts.
 */
export function jsonOfVisible(data: unknown): string {
  const json = JSON.stringify(data)
  return printable.test(json) && !jsonEscape.test(json) ? json : visibleJson(visibleData(data))
}

/** Both halves of a surrogate pair are escaped, as in JSON. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
}

/** Maps the texts in arrays and plain objects. Other objects, such as dates, stay. */
function mapped(data: unknown, map: (text: string) => string): unknown {
  if (typeof data === 'string') return map(data)
  if (Array.isArray(data)) return data.map((one) => mapped(one, map))
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [mapped(key, map), mapped(value, map)]))
  if (typeof data !== 'object' || data === null || !isPlain(data)) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [map(key), mapped(value, map)]))
}

function isPlain(data: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(data)
  return prototype === Object.prototype || prototype === null
}
