/** The data source that a page uses for a query: by uid, by name, the default one, or the choice of a variable. Pure. */
import type { Datasource } from '../../platform/grafana'
import { type Variable, variableIn } from '../../platform/grafana-model'
import { matchesPattern } from '../../platform/panel-fields'

/** The data source that a reference means; null is the default one. @param variables those of the dashboard */
export function datasourceNamed(
  name: string | null,
  all: readonly Datasource[],
  variables: readonly Variable[],
): Datasource | undefined {
  const wanted = variableIn(name)
  const variable = wanted === undefined ? undefined : variables.find((one) => one.name === wanted)
  if (variable?.type === 'datasource') return chosen(variable, all)
  const value = variable?.current?.value
  const meant = typeof value === 'string' ? value : name
  return all.find(({ uid, name: own, isDefault }) => (meant === null ? isDefault : uid === meant || own === meant))
}

/** The choice that the model stores, or the first data source of the type if it has none that exists (DataSourceVariable of @grafana/scenes). */
function chosen({ query, regex, current }: Variable, all: readonly Datasource[]): Datasource | undefined {
  const options = all
    .filter(({ type, name }) => type === query && (regex === '' || matchesPattern(regex, name)))
    .sort((one, other) => one.name.toLowerCase().localeCompare(other.name.toLowerCase()))
  const stored = [current?.value, current?.text].flat()
  const isStored = ({ uid, name, isDefault }: Datasource) =>
    stored.includes(uid) || stored.includes(name) || (isDefault && stored.includes('default'))
  return options.find(isStored) ?? options[0]
}
