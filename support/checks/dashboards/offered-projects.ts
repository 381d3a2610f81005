/** Section 16.3: every project of the service can be chosen on every dashboard. */
import { asBlocked, type Circumstances, expectData, throwWorst, unmetByTrouble } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import type { Platform } from '../../platform/platform'
import { showProjects } from '../../service/commands'
import { expectProjects, isOfPlatform } from '../../service/projects'
import { onEach } from './each-dashboard'
import { dashboardOf, inGrafana, showDashboards } from './installation'
import { takenForAll, unescapedName } from './unchoosable-projects'
import { offered } from './variable-values'

/**
 * The options that are no project, such as a deleted one. Where no option is a project, the values are other keys of projects, and
 * a wildcard stands for all of them. Pure.
 */
export const surplusOptions = (options: readonly string[], known: readonly string[]): readonly string[] =>
  options.some((option) => known.includes(option))
    ? options.filter((option) => !known.includes(option) && !/^(?:|all|\.?[*+%])$/i.test(option))
    : []

/**
 * 16.3: the project variable of each dashboard offers the projects of the service, and no others, each under a name that can be
 * chosen. Returns what was compared.
 */
export async function expectEveryProjectOffered(platform: Platform): Promise<string> {
  const { all, variables } = platform.contract.dashboards
  const known = await expectProjects(platform)
  const projects = known.filter(isOfPlatform)
  expectData(projects, 'project', 'REST API', [await showProjects(platform)])
  const unmet: [string, Circumstances][] = []
  const compared: DashboardNames[] = []
  const choices = new Set<string>()
  const { answers, failures } = await onEach(all, (names) => dashboardOf(platform, names))
  for (const [names, dashboard] of answers) {
    // A dashboard without the variable fails another scenario of the item.
    const variable = dashboard.variables.find(({ name }) => name === variables.project)
    const options = variable && (await offered(platform, variable, dashboard.variables))
    if (!options) continue
    compared.push(names)
    for (const option of options) choices.add(option)
    const taken = await Promise.all(projects.map((project) => takenForAll(platform, dashboard, project)))
    for (const one of taken) if (one) unmet.push([one.object, one])
    const surplus = surplusOptions(options, known).filter(isOfPlatform)
    const remedy = await inGrafana(platform, names, `the variable ${variables.project}`)
    const add = (says: string, values: Pick<Circumstances, 'expected' | 'found'>) => {
      const summary = `The variable ${variables.project} of the dashboard ${names.title} ${says}.`
      unmet.push([says, { summary, object: `dashboard ${names.title}`, ...values, remedy }])
    }
    if (surplus.length > 0)
      add(`offers ${surplus.slice(0, 3).join(', ')}, which the service does not have`, {
        expected: 'only projects of the service',
        found: surplus.join(', '),
      })
    const missing = projects.filter((project) => !options.includes(project))
    if (missing.length > 0)
      add(`does not offer ${missing.slice(0, 3).join(', ')}`, {
        expected: `${projects.length} projects`,
        found: `${projects.length - missing.length} of them; missing: ${missing.join(', ')}`,
      })
  }
  const unescaped = projects.filter((project) => choices.has(project)).map((one) => unescapedName(platform, one))
  for (const one of await Promise.all(unescaped)) if (one) unmet.push([one.object, one])
  throwWorst([unmetByTrouble(unmet), ...[...failures.values()].map(asBlocked)])
  expectData(compared, 'project variable with a query of its own', 'the dashboards', [await showDashboards(platform)])
  return `${projects.length} projects on ${compared.length} of ${all.length} dashboards`
}
