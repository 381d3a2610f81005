/** Projects that a reader cannot choose alone on a dashboard, because of their names. */
import { comment } from '../../basis/command'
import type { Circumstances } from '../../basis/expectation'
import type { Dashboard } from '../../platform/grafana-model'
import type { Platform } from '../../platform/platform'
import { renameProject } from '../../service/api'
import { showProjects } from '../../service/commands'

/** Grafana's own value for the choice "All" in the address of a page (MultiValueUrlSyncHandler of @grafana/scenes). */
export const valueForAll = '$__all'

/** The finding for a project that the dashboard cannot show alone; null for all others. */
export async function takenForAll(
  platform: Platform,
  { title, variables }: Dashboard,
  project: string,
): Promise<Circumstances | null> {
  const variable = variables.find(({ name }) => name === platform.contract.dashboards.variables.project)
  const words = [valueForAll, ...(variable?.includeAll ? ['All', variable.allValue] : [])]
  if (!variable || !words.includes(project)) return null
  return {
    summary: `The dashboards cannot show the project ${project} alone, because Grafana takes its name for the choice "All".`,
    object: `project ${project}`,
    expected: `a name other than ${words.filter(Boolean).join(', ')}, which Grafana uses for all values of a variable`,
    found: `${project}, in the variable ${variable.name} of the dashboard ${title}`,
    remedy: [await showProjects(platform), comment`give the project another name`, ...renameProject(platform, project)],
  }
}

/**
 * The cause of wrong panels for a project with a backslash in its name: Grafana doubles only the quotes of a value that it inserts
 * into SQL, and MySQL reads a backslash as an escape. Null for all others.
 */
export async function unescapedName(platform: Platform, project: string): Promise<Circumstances | null> {
  if (!project.includes('\\')) return null
  return {
    summary: `The dashboards do not find the project ${project}, because Grafana does not escape the backslash of its name in SQL.`,
    object: `project ${project}`,
    expected: 'a name without a backslash',
    found: project,
    remedy: [await showProjects(platform), comment`give the project another name`, ...renameProject(platform, project)],
  }
}
