/** The options of a field of a panel: the defaults of its panel, and the overrides that match the field. Pure. */
import { z } from 'zod'
import { LinePattern } from '../formats/line-pattern'
import { calculationOf, compares } from './field-calculations'
import type { Column } from './panel-answers'

/** The parts of a field's configuration that decide how a chart draws it. */
const drawing = z
  .looseObject({
    drawStyle: z.string().optional().catch(undefined),
    /** -1: before the time of the bar, 0: around it, 1: after it. */
    barAlignment: z.number().optional().catch(undefined),
    lineWidth: z.number().optional().catch(undefined),
    fillOpacity: z.number().optional().catch(undefined),
    showPoints: z.string().optional().catch(undefined),
    axisLabel: z.string().optional().catch(undefined),
    /** Replaces the values before they are drawn, such as "negative-Y". */
    transform: z.string().nullish().catch(undefined),
    scaleDistribution: z.looseObject({ type: z.string() }).optional().catch(undefined),
    stacking: z
      .looseObject({ mode: z.string().default('none') })
      .optional()
      .catch(undefined),
    /** Hides a column of a table before Grafana 12.2, which took "hideFrom" for it. */
    hidden: z.boolean().optional().catch(undefined),
    /** The drawing of a cell of a table. */
    cellOptions: z
      .looseObject({ type: z.string().default('auto'), valueDisplayMode: z.string().optional() })
      .optional()
      .catch(undefined),
    hideFrom: z
      .looseObject({ viz: z.boolean().default(false) })
      .optional()
      .catch(undefined),
  })
  .optional()
  .catch(undefined)

/** The parts of a field's configuration that decide what is drawn. */
const fieldOptions = z
  .looseObject({
    displayName: z.string().optional().catch(undefined),
    unit: z.string().optional().catch(undefined),
    decimals: z.number().int().min(0).max(100).nullish().catch(undefined),
    /** The text in place of a missing value. */
    noValue: z.string().nullish().catch(undefined),
    /** The fixed ends of the axis. */
    min: z.number().nullish().catch(undefined),
    max: z.number().nullish().catch(undefined),
    custom: drawing,
    color: z.looseObject({ mode: z.string(), fixedColor: z.string().optional() }).optional().catch(undefined),
    mappings: z.array(z.unknown()).optional().catch(undefined),
    thresholds: z
      .looseObject({
        mode: z.string().optional(),
        steps: z.array(z.looseObject({ color: z.string(), value: z.number().nullish() })),
      })
      .optional()
      .catch(undefined),
  })
  .default({})
export type FieldOptions = z.infer<typeof fieldOptions>

export const fieldConfig = z
  .looseObject({
    defaults: fieldOptions,
    overrides: z
      .array(
        z.looseObject({
          matcher: z.looseObject({ id: z.string(), options: z.unknown().optional() }),
          properties: z.array(z.looseObject({ id: z.string(), value: z.unknown().optional() })).default([]),
        }),
      )
      .default([]),
  })
  .default({ defaults: {}, overrides: [] })
export type FieldConfig = z.infer<typeof fieldConfig>

/** The options of a field: the defaults of its panel, then the overrides that match it, in their order. */
export function optionsOfField({ defaults, overrides }: FieldConfig, field: Column): FieldOptions {
  const shownAs = field.shownAs ?? (defaults.displayName || field.name)
  let own: Readonly<Record<string, unknown>> =
    field.shownAs === undefined ? defaults : { ...defaults, displayName: shownAs }
  for (const { matcher, properties } of overrides)
    if (matches(matcher, field, shownAs))
      for (const { id, value } of properties) own = withValue(own, id.split('.', mostParts), value)
  return fieldOptions.parse(own)
}

const object = z.record(z.string(), z.unknown())

/** The parts of the longest path of an option that is read here: "custom.hideFrom.viz". */
const mostParts = 3

/** An object with a value at a path. */
function withValue(given: unknown, [key = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  const { data: before = {} } = object.safeParse(given)
  return { ...before, [key]: rest.length === 0 ? value : withValue(before[key], rest, value) }
}

/** The series that a click on the legend keeps, or leaves out. */
const named = z.looseObject({ mode: z.enum(['include', 'exclude']).default('include'), names: z.array(z.string()) })
const namedOrLike = z.looseObject({ names: z.array(z.string()).default([]), pattern: z.string().default('') })
const reduced = z.looseObject({ reducer: z.string(), op: z.string().default('eq'), value: z.number().nullish() })

/**
 * Matchers of Grafana (packages/grafana-data/src/transformations/matchers).
 * @param shownAs the name under which the panel shows the field
 */
function matches(
  { id, options }: FieldConfig['overrides'][number]['matcher'],
  field: Column,
  shownAs: string,
): boolean {
  const { name, query } = field
  const isAmong = (names: readonly string[]) => names.includes(name) || names.includes(shownAs)
  switch (id) {
    case 'byName':
      return options === name || options === shownAs
    case 'byType':
      return options === typeOf(field)
    case 'numeric':
    case 'time':
      return typeOf(field) === (id === 'time' ? 'time' : 'number')
    case 'byNames': {
      const { data } = named.safeParse(options)
      return data !== undefined && isAmong(data.names) === (data.mode === 'include')
    }
    case 'byRegexp':
      return typeof options === 'string' && matchesPattern(options, shownAs)
    case 'byRegexpOrNames': {
      const { names, pattern } = namedOrLike.catch({ names: [], pattern: '' }).parse(options)
      return isAmong(names) || (pattern !== '' && matchesPattern(pattern, shownAs))
    }
    case 'byFrameRefID':
      return query !== undefined && options === query
    case 'byValue':
      return matchesValue(reduced.safeParse(options).data, field)
    default:
      return false
  }
}

/** The type of a column, as Grafana names it. Columns of other types count as texts. */
export const typeOf = ({ isNumber, isTime }: Column) => (isNumber ? 'number' : isTime ? 'time' : 'string')

/** Calculations that are not known here match nothing. */
function matchesValue(given: z.infer<typeof reduced> | undefined, { values }: Column): boolean {
  const found = given && calculationOf(given.reducer)?.(values)
  if (given === undefined || found === undefined) return false
  return typeof found === 'boolean' ? found : compares(found, given.op, given.value)
}

/** A pattern of the model: between slashes, or of a whole text without them (stringToJsRegex). Null if it cannot be read. */
export function patternOf(written: string): Pick<LinePattern, 'test' | 'replacedIn'> | null {
  const [, body = `^${written}$`, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(written) ?? []
  const own = flags.replaceAll(/[^ims]/g, '')
  try {
    const pattern = new LinePattern(own === '' ? body : `(?${own})${body}`)
    return {
      test: (text) => pattern.test(text),
      replacedIn: (line, text) => pattern.replacedIn(line, text, flags.includes('g') ? 'all' : 'first'),
    }
  } catch {
    return null
  }
}

/** True if a text matches a pattern of the model. */
export const matchesPattern = (written: string, text: string): boolean => patternOf(written)?.test(text) === true
