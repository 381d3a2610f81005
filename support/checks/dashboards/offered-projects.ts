/** Section 16.3: every project of the service can be chosen on every dashboard. */
import { z } from 'zod'
import { type Circumstances, expectData, expectNone } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import { LinePattern } from '../../formats/line-pattern'
import { type Dashboard, optionsQuery } from '../../platform/grafana-model'
import type { Platform } from '../../platform/platform'
import { showProjects } from '../../service/commands'
import { expectProjects, isOfPlatform } from '../../service/projects'
import { expectAdminLetIn } from '../grafana'
import { dashboardOf, datasourceNamed, inGrafana, showDashboards } from './installation'
import { takenForAll, unescapedName } from './unchoosable-projects'

type Variable = Dashboard['variables'][number]

const filtered = z.looseObject({ regex: z.string().default('') })

/** A query that names other variables is filled in by the page only. */
const namesVariables = (sql: string) => /\$\{?[a-z]|\[\[/i.test(sql.replaceAll(/\$__\w+/g, ''))

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

/** The values to choose from; null if they depend on other variables. */
export async function offered(platform: Platform, variable: Variable): Promise<readonly string[] | null> {
  const { regex } = filtered.parse(variable)
  if (variable.type === 'custom') return passing(String(variable.query).split(',').map(valueOfOption), regex)
  const query = optionsQuery(variable)
  if (!query || namesVariables(query.sql)) return null
  const login = await expectAdminLetIn(platform)
  const source = datasourceNamed(query.datasource, await platform.grafana.datasources(login))
  if (!source) return null
  return passing((await platform.grafana.valuesOf(source.uid, query.sql, login)).map(String), regex)
}

/**
 * The options that are no project, such as a deleted one. Where no option is a project, the values are other keys of projects, and
 * a wildcard stands for all of them. Pure.
 */
export const surplusOptions = (options: readonly string[], known: readonly string[]): readonly string[] =>
  options.some((option) => known.includes(option))
    ? options.filter((option) => !known.includes(option) && !/^(?:|all|\.?[*+%])$/i.test(option))
    : []

/** The value of an option of a custom variable, which may have a text before it. */
const valueOfOption = (option: string): string => option.trim().split(' : ').at(-1) ?? ''

/**
 * 16.3: the project variable of each dashboard offers the projects of the service, and no others, each under a name that can be
 * chosen. Returns what was compared.
 */
export async function expectEveryProjectOffered(platform: Platform): Promise<string> {
  const { all, variables } = platform.contract.dashboards
  const known = await expectProjects(platform)
  const projects = known.filter(isOfPlatform)
  expectData(projects, 'project', 'REST API', [await showProjects(platform)])
  const unmet: Circumstances[] = []
  const compared: DashboardNames[] = []
  const choices = new Set<string>()
  for (const names of all) {
    const dashboard = await dashboardOf(platform, names)
    // A dashboard without the variable fails another scenario of the item.
    const variable = dashboard.variables.find(({ name }) => name === variables.project)
    const options = variable && (await offered(platform, variable))
    if (!options) continue
    compared.push(names)
    for (const option of options) choices.add(option)
    const taken = await Promise.all(projects.map((project) => takenForAll(platform, dashboard, project)))
    unmet.push(...taken.filter((one) => one !== null))
    const surplus = surplusOptions(options, known).filter(isOfPlatform)
    if (surplus.length > 0)
      unmet.push({
        summary: `The variable ${variables.project} of the dashboard ${names.title} offers ${surplus.slice(0, 3).join(', ')}, which the service does not have.`,
        object: `dashboard ${names.title}`,
        expected: 'only projects of the service',
        found: surplus.join(', '),
        remedy: await inGrafana(platform, names, `the variable ${variables.project}`),
      })
    const missing = projects.filter((project) => !options.includes(project))
    if (missing.length === 0) continue
    unmet.push({
      summary: `The variable ${variables.project} of the dashboard ${names.title} does not offer ${missing.slice(0, 3).join(', ')}.`,
      object: `dashboard ${names.title}`,
      expected: `${projects.length} projects`,
      found: `${projects.length - missing.length} of them; missing: ${missing.join(', ')}`,
      remedy: await inGrafana(platform, names, `the variable ${variables.project}`),
    })
  }
  const unescaped = projects.filter((project) => choices.has(project)).map((one) => unescapedName(platform, one))
  unmet.push(...(await Promise.all(unescaped)).filter((one) => one !== null))
  expectNone(unmet)
  expectData(compared, 'project variable with a query of its own', 'the dashboards', [await showDashboards(platform)])
  return `${projects.length} projects on ${compared.length} of ${all.length} dashboards`
}
