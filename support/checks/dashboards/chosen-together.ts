/** The projects that a reader of a dashboard can choose together: all of them, or several. */
import type { DashboardNames } from '../../contracts/dashboards'
import type { Platform } from '../../platform/platform'
import { dashboardOf } from './installation'
import { valueForAll } from './unchoosable-projects'
import { offered } from './variable-values'

/** Reading the events of more projects than this would take minutes. */
const mostProjects = 500

interface ProjectsTogether {
  /** The words for them in findings. */
  readonly owner: string
  /** The values of the project variable. */
  readonly values: readonly string[]
  readonly projects: readonly string[]
  readonly dashboards: readonly DashboardNames[]
}

export interface ChosenTogether {
  readonly choices: readonly ProjectsTogether[]
  /** The reasons why the choice of all projects is not compared, by dashboard. */
  readonly notCompared: readonly string[]
}

/**
 * All projects where the project variable of one of the dashboards offers "All", and the two given ones where it only takes several
 * values. Dashboards with the same projects share a choice.
 */
export async function chosenTogether(
  platform: Platform,
  subjects: readonly [string, string],
  all: readonly DashboardNames[],
): Promise<ChosenTogether> {
  const { dashboards } = platform.contract
  const choices = new Map<string, ProjectsTogether>()
  const notCompared: string[] = []
  for (const names of all) {
    const { variables } = await dashboardOf(platform, names)
    const variable = variables.find(({ name }) => name === dashboards.variables.project)
    if (!variable?.includeAll && !variable?.multi) continue
    const projects = variable.includeAll ? await offered(platform, variable, variables) : subjects
    const reason =
      projects === null
        ? 'its options depend on other variables'
        : projects.length > mostProjects
          ? `${projects.length} projects are too many to recompute together`
          : undefined
    if (projects === null || reason !== undefined) {
      notCompared.push(`all projects on ${names.title}, because ${reason}`)
      continue
    }
    const sorted = [...new Set(projects)].sort()
    const values = variable.includeAll ? [valueForAll] : sorted
    const key = JSON.stringify([values, sorted])
    const owner = variable.includeAll ? `all ${sorted.length} projects together` : sorted.join(' and ')
    const known = choices.get(key) ?? { owner, values, projects: sorted, dashboards: [] }
    choices.set(key, { ...known, dashboards: [...known.dashboards, names] })
  }
  return { choices: [...choices.values()], notCompared }
}
