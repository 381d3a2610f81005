/**
 * Checks data from a file against a zod schema, and turns each issue into a sentence: the key and its line, what is expected, what
 * was found, and an example to type.
 */
import { stringify } from 'yaml'
import { z } from 'zod'
import { nearest } from './nearest'

type Path = readonly PropertyKey[]

/** The line of a key, or of what holds it; undefined if the file is not at hand. */
export type LineOf = (path: Path) => number | undefined

/** Returns the data, or one line for each problem, each only once. */
export function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  lineOf: LineOf = () => undefined,
): { readonly data: T } | { readonly complaints: readonly string[] } {
  // A message that the schema itself sets comes before these words. To compile a schema takes longer than to use it once.
  const result = schema.safeParse(value, { error: expectation, reportInput: true, jitless: true })
  if (result.success) return { data: result.data }
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Node
  return { complaints: [...new Set(result.error.issues.flatMap((issue) => complaints(whole, issue, value, lineOf)))] }
}

function complaints(whole: Node, issue: z.core.$ZodIssue, value: unknown, lineOf: LineOf): string[] {
  const at = nodeAt(whole, issue.path)
  if (issue.code !== 'unrecognized_keys') {
    const found = valueAt(value, issue.path)
    return [`${placeOf(issue.path, lineOf)}: ${withFound(issue, found)}${example(issue, at, found)}`]
  }
  const allowed = Object.keys(at?.properties ?? {})
  const known = allowed.length > 0 ? ` Allowed: ${allowed.join(', ')}.` : ''
  return issue.keys.map((key, index) => {
    const meant = nearest(key, allowed)
    const advice = meant === undefined ? elsewhere(key, whole) : ` Did you mean ${meant}?`
    const isLast = index === issue.keys.length - 1
    return `${placeOf([...issue.path, key], lineOf)}: there is no such key.${advice}${isLast ? known : ''}`
  })
}

/** A key that stands at the wrong level: the places that it has, if they are few. */
function elsewhere(key: string, whole: Node): string {
  const places = placesOf(key, whole)
  return places.length === 0 || places.length > 4 ? '' : ` Its place is ${oneOf(places)}.`
}

function placesOf(key: string, { properties = {} }: Node): string[] {
  return Object.entries(properties).flatMap(([name, inner]) => [
    ...(name === key ? [name] : []),
    ...placesOf(key, inner).map((place) => `${name}.${place}`),
  ])
}

function placeOf(path: Path, lineOf: LineOf): string {
  const line = lineOf(path)
  return `${path.map(String).join('.') || 'the file'}${line === undefined ? '' : ` (line ${line})`}`
}

/** The kinds of values, in the words of a person who writes YAML. */
const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  null: 'nothing',
}

/** The expectation of an issue whose schema sets no message, without what was found; undefined for a kind that zod has to word. */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  const { code } = issue
  switch (code) {
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${oneOf(issue.values.map(String))}`
    case 'too_small':
      return `expected ${amount(issue.origin, Number(issue.minimum) + (issue.inclusive === false ? 1 : 0), 'least')}`
    case 'too_big':
      return `expected ${amount(issue.origin, Number(issue.maximum) - (issue.inclusive === false ? 1 : 0), 'most')}`
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`
    case 'invalid_format':
      return `expected ${formatOf(issue)}`
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues[0]?.message
    case 'invalid_union': {
      const messages = issue.errors.flatMap(([first]) => (first ? [first.message.replace(/^expected /, '')] : []))
      return `expected ${oneOf([...new Set(messages)])}`
    }
    default:
      return undefined
  }
}

const oneOf = (values: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(values)

/** A limit of a number, or of the length of something. */
function amount(origin: string, limit: number, end: 'least' | 'most'): string {
  if (origin === 'string')
    return end === 'least' && limit === 1 ? 'text that is not empty' : `text of at ${end} ${limit} characters`
  if (origin === 'array' || origin === 'set') return `a list of at ${end} ${limit} ${limit === 1 ? 'entry' : 'entries'}`
  if (origin === 'object' || origin === 'record' || origin === 'map')
    return `at ${end} ${limit} ${limit === 1 ? 'key' : 'keys'}`
  return `a number of at ${end} ${limit}`
}

function formatOf(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string {
  const { format } = issue
  if (format === 'starts_with') return `text that begins with "${String(issue.prefix)}"`
  if (format === 'ends_with') return `text that ends with "${String(issue.suffix)}"`
  if (format === 'includes') return `text that contains "${String(issue.includes)}"`
  if (format === 'regex') return `text of the form ${String(issue.pattern)}`
  const named: Readonly<Record<string, string>> = {
    url: 'a URL such as "https://example.org"',
    date: 'a date such as "2026-03-31"',
    datetime: 'an instant such as "2026-03-31T10:00:00Z"',
    email: 'an address such as "team@example.org"',
  }
  return named[format] ?? `text in the form of ${format}`
}

/** The sentence with what was found, unless the schema has already said it or gives a reason. */
function withFound(issue: z.core.$ZodIssue, found: unknown): string {
  const { message } = issue
  if (!message.startsWith('expected ') || /, found |: /.test(message)) return message
  const shown = issue.code === 'invalid_key' ? String(issue.path.at(-1)) : found
  return `${message}, found ${inWords(shown, issue)}`
}

/** Text in the place of a map or a list stays unsaid: it may be the secret itself in place of its name. */
function inWords(found: unknown, issue: z.core.$ZodIssue): string {
  if (found === undefined || found === null) return 'nothing'
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list'
  if (typeof found === 'object') return 'a map of keys'
  if (typeof found !== 'string') return typeof found === 'boolean' ? String(found) : `the number ${found}`
  if (isComposite(issue)) return 'text'
  const text = found.replaceAll(/\/\/[^\s/?#]*@/g, '//…@')
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

const isComposite = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_type' && ['object', 'record', 'array'].includes(issue.expected)

/** A part of a JSON Schema, as far as it is read here. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly required?: readonly string[]
  readonly anyOf?: readonly Node[]
  readonly type?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
}

function nodeAt(whole: Node, path: Path): Node | undefined {
  return path.reduce<Node | undefined>((node, step) => {
    if (typeof step === 'number') return node?.items
    const { properties = {}, additionalProperties } = node ?? {}
    const own = Object.hasOwn(properties, String(step)) ? properties[String(step)] : undefined
    return own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
  }, whole)
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined), value)

/** Free text in an example: the name of the key in capitals. */
const placeholder = (key: PropertyKey | undefined): string => (typeof key === 'string' ? key : 'text').toUpperCase()

/** A value that the schema allows: its example or default, else one of its type, with a key in capitals for free text. */
function exampleOf(node: Node | undefined, key: PropertyKey | undefined): unknown {
  if (node === undefined) return undefined
  const { examples = [], enum: values = [], default: fallback, properties = {}, required = [] } = node
  const ready = [...examples, fallback, ...values].find((one) => one !== undefined && !isEmpty(one))
  if (ready !== undefined) return ready
  if (node.anyOf) return exampleOf(node.anyOf[0], key)
  switch (node.type) {
    case 'string':
      return placeholder(key)
    case 'integer':
    case 'number':
      return Math.max(1, node.minimum ?? 1)
    case 'boolean':
      return true
    case 'array':
      return [exampleOf(node.items, key)]
    case 'object': {
      const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
      return names.length === 0
        ? undefined
        : Object.fromEntries(names.map((name) => [name, exampleOf(properties[name], name)]))
    }
    default:
      return undefined
  }
}

const isEmpty = (value: unknown): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

/** The example as one line of YAML; empty where the message has one, or no example fits. */
function example({ code, path, message }: z.core.$ZodIssue, node: Node | undefined, found: unknown): string {
  if (message.includes('such as') || code === 'custom' || code === 'invalid_key') return ''
  const key = path.at(-1)
  const free = node?.type === 'string' && exampleOf(node, key) === placeholder(key)
  const isQuotable = free && (typeof found === 'number' || typeof found === 'boolean')
  const value = isQuotable ? String(found) : exampleOf(node, key)
  if (value === undefined) return ''
  const options = { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true } as const
  const text = stringify(typeof key === 'string' ? { [key]: value } : value, options).trim()
  // An entry of a list begins with a dash, and the outermost map needs no braces.
  const bare = text.replace(/^\{ (.*) \}$/s, '$1')
  return `. Example: ${typeof key === 'number' ? `- ${text}` : path.length === 0 ? bare.replace(/^\[ (.*) \]$/s, '- $1') : bare}`
}
