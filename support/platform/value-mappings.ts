/** Grafana's value mappings: the texts that a panel draws in place of values (packages/grafana-data/src/utils/valueMappings.ts). Pure. */
import { z } from 'zod'
import { patternOf } from './panel-fields'

/** A mapping without a text changes the color only. */
const result = z.looseObject({ text: z.string().nullish() })
/** An end of a range; open when absent. Grafana compares null as 0. */
const end = z.number().nullable().transform(Number).optional().catch(undefined)

const modern = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('value'), options: z.record(z.string(), result) }),
  z.looseObject({ type: z.literal('range'), options: z.looseObject({ from: end, to: end, result }) }),
  z.looseObject({ type: z.literal('regex'), options: z.looseObject({ pattern: z.string(), result }) }),
  z.looseObject({ type: z.literal('special'), options: z.looseObject({ match: z.string(), result }) }),
])
type Mapping = z.infer<typeof modern>

const plain = z.union([z.string(), z.number()]).transform(String)

/** The form before Grafana 8, which a page converts when it loads the model: 1 is a value, 2 a range, and "null" stands for no value. */
const former = z
  .looseObject({
    type: z.union([z.literal(1), z.literal(2)]),
    value: plain.optional(),
    from: plain.optional(),
    to: plain.optional(),
    text: z.string().default(''),
  })
  .transform(({ type, value = '', from = '', to = '', text }): Mapping => {
    const isOfNull = type === 1 ? value === 'null' : [from, to].includes('null')
    if (isOfNull) return { type: 'special', options: { match: 'null', result: { text } } }
    return type === 1
      ? { type: 'value', options: { [value]: { text } } }
      : { type: 'range', options: { from: Number(from), to: Number(to), result: { text } } }
  })

const mapping = z.union([modern, former])

/** Mappings of an unknown form are left out. */
const parsed = (mappings: readonly unknown[]): Mapping[] => mappings.flatMap((one) => mapping.safeParse(one).data ?? [])

/** The text that a panel draws in place of a value; undefined if it draws the value. The first mapping that fits counts. */
export function mappedText(mappings: readonly unknown[], value: unknown): string | undefined {
  for (const one of parsed(mappings)) {
    const found = resultOf(one, value)
    if (found) return found.text ?? undefined
  }
  return undefined
}

function resultOf({ type, options }: Mapping, value: unknown): z.infer<typeof result> | undefined {
  const isMissing = value === null || value === undefined
  switch (type) {
    case 'value':
      return isMissing || !Object.hasOwn(options, String(value)) ? undefined : options[String(value)]
    case 'range': {
      const number = isMissing ? Number.NaN : Number.parseFloat(String(value))
      const { from, to } = options
      return number >= (from ?? Number.NEGATIVE_INFINITY) && number <= (to ?? Number.POSITIVE_INFINITY)
        ? options.result
        : undefined
    }
    case 'regex':
      return typeof value === 'string' ? replacedBy(options, value) : undefined
    case 'special':
      return isSpecial(options.match, value) ? options.result : undefined
  }
}

/** A pattern replaces its match only, and its text may contain groups of the match. */
function replacedBy({ pattern, result: { text } }: Extract<Mapping, { type: 'regex' }>['options'], value: string) {
  const compiled = patternOf(pattern)
  if (!compiled?.test(value)) return undefined
  return typeof text === 'string' ? { text: compiled.replacedIn(value, text) } : {}
}

function isSpecial(match: string, value: unknown): boolean {
  const isMissing = value === null || value === undefined
  switch (match) {
    case 'null':
      return isMissing
    case 'nan':
      return isNotANumber(value)
    case 'null+nan':
      return isMissing || isNotANumber(value)
    case 'empty':
      return value === ''
    default:
      return String(value) === match
  }
}

/** Grafana uses JavaScript's isNaN, which is also true of a text that is no number. */
const isNotANumber = (value: unknown) => Number.isNaN(Number(value))

/** True if one of the mappings draws another text in place of any number. */
export const mapsNumbers = (mappings: readonly unknown[]): boolean =>
  parsed(mappings).some((one) => {
    switch (one.type) {
      case 'value':
        return Object.entries(one.options).some(
          ([value, { text }]) =>
            isNumber(value) && typeof text === 'string' && !(isNumber(text) && Number(text) === Number(value)),
        )
      case 'range':
        return typeof one.options.result.text === 'string'
      default:
        return false
    }
  })

const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text))
