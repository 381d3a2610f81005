/** The values that a reader can choose for a variable of a dashboard. */
import { z } from 'zod'
import { LinePattern } from '../../formats/line-pattern'
import { optionsQuery, type Variable } from '../../platform/grafana-model'
import type { Platform } from '../../platform/platform'
import { expectAdminLetIn } from '../grafana'
import { datasourceNamed } from './chosen-datasource'

/** True if the values depend on other variables, which only the page fills in. */
export function dependsOnOthers(variable: Variable): boolean {
  const { sql = '' } = optionsQuery(variable) ?? {}
  return /\$\{?[a-z]|\[\[/i.test(sql.replaceAll(/\$__\w+/g, ''))
}

/** The options that pass the variable's own filter, which stands between slashes. Filters that cut the options are not judged. */
export function passing(options: readonly string[], regex: string): readonly string[] {
  const [, body = '', flags = ''] = /^\/(.*)\/([a-z]*)$/.exec(regex) ?? []
  if (body === '' || /\((?!\?:)/.test(body)) return options
  try {
    const pattern = new LinePattern(flags.includes('i') ? `(?i)${body}` : body)
    return options.filter((option) => pattern.test(option))
  } catch {
    return options
  }
}

/** The values in the list of a custom variable: each may have a text before it, and a comma after a backslash is part of it. */
const listed = (list: string): readonly string[] =>
  (list.match(/(?:\\,|[^,])+/g) ?? []).map((option) =>
    (option.replaceAll('\\,', ',').split(/\s:\s/).at(-1) ?? '').trim(),
  )

const objects = z.array(z.looseObject({ value: z.union([z.string(), z.number(), z.boolean()]) }))

/** The values in a list of objects, which Grafana 12 can read; null if it cannot be read. */
function ofJson(list: string): readonly string[] | null {
  try {
    return objects.parse(JSON.parse(list)).map(({ value }) => String(value).trim())
  } catch {
    return null
  }
}

/** The values to choose from; null if they are not known, or depend on other variables. @param all those of the dashboard */
export async function offered(
  platform: Platform,
  variable: Variable,
  all: readonly Variable[],
): Promise<readonly string[] | null> {
  const { regex } = variable
  // Grafana does not filter a list, even if the variable was a query before and still has a filter.
  if (variable.type === 'custom') return (variable.valuesFormat === 'json' ? ofJson : listed)(String(variable.query))
  const query = optionsQuery(variable)
  if (!query || dependsOnOthers(variable)) return null
  const login = await expectAdminLetIn(platform)
  const source = datasourceNamed(query.datasource, await platform.grafana.datasources(login), all)
  if (!source) return null
  return passing((await platform.grafana.valuesOf(source.uid, query.sql, login)).map(String), regex)
}
