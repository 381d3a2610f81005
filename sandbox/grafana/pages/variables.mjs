/**
 * Part of the page of the stand-in for Grafana: the variables of a dashboard, and what the page puts in their place before it
 * asks. The backend does not know them.
 */

const all = '$__all'
const quote = (value) => `'${String(value).replaceAll("'", "''")}'`
const listOf = (value) => (Array.isArray(value) ? value : [value])

const formats = {
  sqlstring: (values) => values.map(quote).join(','),
  singlequote: (values) => values.map((value) => `'${String(value).replaceAll("'", "\\'")}'`).join(','),
  doublequote: (values) => values.map((value) => `"${String(value).replaceAll('"', '\\"')}"`).join(','),
  csv: (values) => values.join(','),
  raw: (values) => values.join(','),
  text: (values) => values.join(' + '),
  pipe: (values) => values.join('|'),
  json: (values) => JSON.stringify(values.length === 1 ? values[0] : values),
}

/** Without a format, as Grafana's SQL data sources do: quotes only around what may be several values. */
function unformatted(variable) {
  const { value } = variable
  if (Array.isArray(value)) return value.map(quote).join(',')
  return variable.multi || variable.includeAll ? quote(value) : String(value).replaceAll("'", "''")
}

/** What a variable stands for: several values for All. */
function standsFor(variable) {
  const chosen = listOf(variable.value)
  if (!chosen.includes(all)) return variable
  if (variable.allValue) return { ...variable, value: variable.allValue, asItIs: true }
  return { ...variable, value: variable.options.map(({ value }) => value) }
}

/** The text with the values of the variables in it; what is no variable stays. */
export function interpolated(text, variables, range) {
  const builtIn = { __from: range.from, __to: range.to, __interval_ms: 60000, __interval: '1m' }
  const pattern = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?::([^}]+))?\}/g
  return text.replace(pattern, (whole, plain, bracketed, bracketFormat, braced, braceFormat) => {
    const name = plain ?? bracketed ?? braced
    const format = bracketFormat ?? braceFormat
    if (builtIn[name] !== undefined) return String(builtIn[name])
    const variable = variables.find((candidate) => candidate.name === name)
    if (variable === undefined) return whole
    const meant = standsFor(variable)
    if (meant.asItIs) return meant.value
    if (format === undefined) return unformatted(meant)
    return (formats[format] ?? formats.csv)(listOf(meant.value))
  })
}

const option = (text, value = text) => ({ text: String(text), value: String(value) })

/** The options of a variable; those of a query come from the data source. */
async function optionsOf(model, known, range, ask) {
  if (model.type === 'custom' || model.type === 'interval') {
    return String(model.query)
      .split(',')
      .map((part) => {
        const [text, value] = part.trim().split(' : ')
        return option(text, value)
      })
  }
  if (model.type !== 'query') return [option(model.query ?? '')]
  const rawSql = interpolated(typeof model.query === 'string' ? model.query : model.query.rawSql, known, range)
  const { frame, error } = await ask(
    { refId: model.name, datasource: model.datasource, rawSql, format: 'table' },
    `variable-query-${model.name}`,
  )
  if (error !== undefined) throw new Error(`Templating [${model.name}]: Error updating options: ${error}`)
  const column = (name) => frame.schema.fields.findIndex((field) => field.name === name)
  const texts = frame.data.values[Math.max(column('__text'), 0)] ?? []
  const values = frame.data.values[column('__value')] ?? texts
  const unique = new Map(texts.map((text, row) => [String(values[row]), option(text, values[row])]))
  return [...unique.values()]
}

/** The value at first: that of the address, else the stored one, else the first option. */
function valueAtFirst(model, options, given) {
  if (given.length > 0) {
    const named = given.map((value) => (value === 'All' && model.includeAll ? all : value))
    return model.multi ? named : named[0]
  }
  const stored = model.current?.value
  if (stored === all && model.includeAll) return all
  if (stored !== undefined && listOf(stored).every((value) => options.some((each) => each.value === value)))
    return stored
  return model.includeAll ? all : (options[0]?.value ?? '')
}

/** The variables of a dashboard with options and values, in their order: a later one may use those before it. */
export async function resolved(models, parameters, range, ask, complain) {
  const known = []
  for (const model of models) {
    let options = []
    try {
      options = await optionsOf(model, known, range, ask)
    } catch (error) {
      complain(error.message)
    }
    known.push({ ...model, options, value: valueAtFirst(model, options, parameters.getAll(`var-${model.name}`)) })
  }
  return known
}

/** The options to choose from, All among them. */
export const choices = ({ includeAll, options, value }) => {
  const offered = [...(includeAll ? [option('All', all)] : []), ...options]
  const strangers = listOf(value).filter((each) => each !== '' && !offered.some((choice) => choice.value === each))
  return [...offered, ...strangers.map((each) => option(each))]
}
