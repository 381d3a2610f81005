/**
 * Grafana's stand-in, page part: the variables of a dashboard. As in Grafana, the page inserts their values before it sends a
 * query; the backend does not know them.
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

/** The value without a format. Like Grafana's SQL data sources, it quotes only variables that may have several values. */
function unformatted(variable) {
  const { value } = variable
  if (Array.isArray(value)) return value.map(quote).join(',')
  return variable.multi || variable.includeAll ? quote(value) : String(value).replaceAll("'", "''")
}

/** The variable with the value "All" replaced by the values that it stands for. */
function withAllReplaced(variable) {
  const chosen = listOf(variable.value)
  if (!chosen.includes(all)) return variable
  if (variable.allValue) return { ...variable, value: variable.allValue, isRaw: true }
  return { ...variable, value: variable.options.map(({ value }) => value) }
}

/** The values that are chosen, also those that "All" stands for. */
export const chosenValues = (variable) => listOf(withAllReplaced(variable).value)

/** Inserts the values of the variables into a text. Unknown names stay unchanged. */
export function interpolated(text, variables, range) {
  const builtIn = { __from: range.from, __to: range.to, __interval_ms: 60000, __interval: '1m' }
  const pattern = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?::([^}]+))?\}/g
  return text.replace(pattern, (whole, plain, bracketed, bracketFormat, braced, braceFormat) => {
    const name = plain ?? bracketed ?? braced
    const format = bracketFormat ?? braceFormat
    if (builtIn[name] !== undefined) return String(builtIn[name])
    const variable = variables.find((candidate) => candidate.name === name)
    if (variable === undefined) return whole
    const meant = withAllReplaced(variable)
    if (meant.isRaw) return meant.value
    if (format === undefined) return unformatted(meant)
    return (formats[format] ?? formats.csv)(listOf(meant.value))
  })
}

const option = (text, value = text) => ({ text: String(text), value: String(value) })

/** The options of a variable. A query variable reads them from the data source. */
async function optionsOf(model, known, range, runQuery, sourcesOf) {
  if (model.type === 'datasource') return (await sourcesOf(model.query)).map(({ name, uid }) => option(name, uid))
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
  const { frame, error } = await runQuery(
    { refId: model.name, datasource: model.datasource, rawSql, format: 'table' },
    known,
  )
  if (error !== undefined) throw new Error(`Templating [${model.name}]: Error updating options: ${error}`)
  const column = (name) => frame.schema.fields.findIndex((field) => field.name === name)
  const texts = frame.data.values[Math.max(column('__text'), 0)] ?? []
  const values = frame.data.values[column('__value')] ?? texts
  const unique = new Map(texts.map((text, row) => [String(values[row]), option(text, values[row])]))
  return [...unique.values()]
}

/** The initial value: from the address, or else the stored one, or else the first option. */
function initialValue(model, options, given) {
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

/** The variables of a dashboard with options and values, resolved in order: a query may use earlier variables. */
export async function resolved(models, parameters, range, runQuery, sourcesOf, reportError) {
  const known = []
  for (const model of models) {
    let options = []
    try {
      options = await optionsOf(model, known, range, runQuery, sourcesOf)
    } catch (error) {
      reportError(error.message)
    }
    known.push({ ...model, options, value: initialValue(model, options, parameters.getAll(`var-${model.name}`)) })
  }
  return known
}

/** The options to choose from, including All and values from the address that are not among them. */
export const choices = ({ includeAll, options, value }) => {
  const offered = [...(includeAll ? [option('All', all)] : []), ...options]
  const unlisted = listOf(value).filter((each) => each !== '' && !offered.some((choice) => choice.value === each))
  return [...offered, ...unlisted.map((each) => option(each))]
}
