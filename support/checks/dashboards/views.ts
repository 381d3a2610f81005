/**
 * The dashboards as the run sees them in the browser: each choice of project, team and time is opened once and serves all
 * scenarios. The choices come from the platform: the projects with the most deployments of the last 30 days.
 */
import { isAbsent } from '../../basis/capability'
import { applicable, asBlocked, Blocked, expectData, Unmet } from '../../basis/expectation'
import { rememberOutcome, rememberSuccess } from '../../basis/memo'
import type { DashboardNames } from '../../contracts/dashboards'
import { day } from '../../dora/definitions'
import type { Window } from '../../dora/metrics'
import type { DashboardView, RelativeRange } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { showDeployments, showProjects } from '../../service/commands'
import { deploymentsByProject } from '../../service/counted-deployments'
import { projectsOfPlatform } from '../../service/projects'
import { endOfCollection } from '../../service/surface-readings'
import { expectAdminLetIn } from '../grafana'
import { type ComparedChoices, comparedChoicesOf } from './compared-choices'
import { expectDatasourcesOf } from './datasources'
import { onEach } from './each-dashboard'
import { dashboardOf, inGrafana, namesOf } from './installation'
import { takenForAll } from './unchoosable-projects'
import { dependsOnOthers, offered } from './variable-values'

/** A choice on the page of a dashboard. */
export interface PageChoice {
  /** One project, or values of the project variable. */
  readonly project: string | readonly string[]
  /** All teams when absent. */
  readonly team?: string
  /** Values of variables that only this dashboard has; its own defaults when absent. */
  readonly others?: Readonly<Record<string, string>>
  /** The range that the dashboard opens with when absent. */
  readonly window?: Window | RelativeRange | undefined
}

/** A choice of one project and an absolute range. */
export interface ViewChoice extends PageChoice {
  readonly project: string
  readonly window: Window
}

const viewsOf = rememberOutcome(async (_platform: Platform) => new Map<string, Promise<DashboardView>>())

/**
 * Opens a dashboard with a choice, or returns the view that the run has of it.
 * @throws Unmet for a project that the dashboard cannot show alone
 */
export async function viewOf(platform: Platform, names: DashboardNames, choice: PageChoice): Promise<DashboardView> {
  const known = await viewsOf(platform)
  const key = keyOf(names, choice)
  const view = known.get(key) ?? open(platform, names, choice)
  known.set(key, view)
  return view
}

/** Opens dashboards in parallel. Errors are thrown by the check that reads the view. */
export async function openAll(
  platform: Platform,
  choice: PageChoice,
  dashboards: readonly DashboardNames[],
): Promise<void> {
  await Promise.allSettled(dashboards.map((names) => viewOf(platform, names, choice)))
}

const keyOf = ({ title }: DashboardNames, { project, team, others, window }: PageChoice): string =>
  JSON.stringify([title, project, team, others, window])

/** Discards all views, so that the next check opens the pages again. */
export function forgetViews(platform: Platform): void {
  viewsOf.forget(platform)
}

/** Discards the views of a choice alone. */
export async function forgetViewsOf(
  platform: Platform,
  choice: PageChoice,
  dashboards: readonly DashboardNames[],
): Promise<void> {
  const known = await viewsOf(platform)
  for (const names of dashboards) known.delete(keyOf(names, choice))
}

async function open(platform: Platform, names: DashboardNames, choice: PageChoice): Promise<DashboardView> {
  const { project, team } = platform.contract.dashboards.variables
  const variables = {
    [project]: choice.project,
    ...(isAbsent(team) ? {} : { [team]: choice.team ?? 'All' }),
    ...choice.others,
  }
  const login = await expectAdminLetIn(platform)
  const dashboard = await dashboardOf(platform, names)
  const taken = typeof choice.project === 'string' && (await takenForAll(platform, dashboard, choice.project))
  if (taken) throw new Unmet(taken)
  // The view that people get is opened alone, and the report has a picture of it. The others are opened in parallel and take turns.
  const { projects, window } = await subjectsOf(platform)
  const forPeople = choice.team === undefined && choice.project === projects[0] && choice.window === window
  const { dashboard: deadlineMs } = platform.configuration.deadlines
  return platform.grafanaPages.open(login, dashboard, {
    variables,
    window: choice.window,
    deadlineMs: forPeople ? deadlineMs : deadlineMs * platform.contract.dashboards.all.length,
    pictured: forPeople,
  })
}

/** Checks that the address of a dashboard makes a choice, as links do. @throws Blocked otherwise: the page shows another choice */
export async function expectChosenByAddress(
  platform: Platform,
  names: DashboardNames,
  { team }: PageChoice,
): Promise<void> {
  const { variables } = platform.contract.dashboards
  const chosen: readonly unknown[] = [variables.project, ...(team === undefined ? [] : [variables.team])]
  const unset = (await dashboardOf(platform, names)).variables.find(
    ({ name, skipUrlSync }) => skipUrlSync && chosen.includes(name),
  )
  if (!unset) return
  throw new Blocked({
    summary: `The address of the dashboard ${names.title} does not choose its ${unset.name}, so it cannot be compared.`,
    object: `dashboard ${names.title}`,
    expected: `a variable ${unset.name} that takes its value from the address of the page`,
    found: 'skipUrlSync',
    remedy: await inGrafana(platform, names, `the variable ${unset.name}, with skipUrlSync: false`),
  })
}

/** The two projects whose dashboards are checked, and the window that they are checked over. */
export interface Subjects {
  readonly projects: readonly [string, string]
  readonly window: Window
}

/** The projects and ranges that are compared today. */
export async function comparedChoices(platform: Platform): Promise<ComparedChoices> {
  const { projects, window } = await subjectsOf(platform)
  const lengths = Object.values(platform.contract.dora.ranges)
  return comparedChoicesOf(projects, await projectsOfPlatform(platform), window, lengths)
}

/** Chooses the two projects with the most deployments. @throws Blocked when fewer than two projects have deployments */
export const subjectsOf = rememberSuccess(chooseSubjects)

async function chooseSubjects(platform: Platform): Promise<Subjects> {
  const own = await projectsOfPlatform(platform)
  expectData(own, 'project', 'REST API', [await showProjects(platform)])
  const window = await lastMonth(platform, own[0] ?? '')
  const rows = await deploymentsByProject(platform, window)
  const projects = rows.map(({ project }) => project).filter((project) => own.includes(project))
  const [first, second] = projects
  const remedy = own.slice(0, 1).map((project) => showDeployments(platform, project))
  expectData(projects, 'project with a deployment in the last 30 days', 'the deployments table', remedy)
  if (first === undefined || second === undefined) {
    expectData([], 'second project with a deployment in the last 30 days', 'the deployments table', remedy)
    throw new Error('Not reached: an empty list has blocked.')
  }
  return { projects: [first, second], window }
}

/**
 * The 30 days before the last collection. Later collections bring only newer data, so the numbers stay the same while pages
 * are opened. Grafana truncates its ranges to whole seconds before they reach a database.
 */
async function lastMonth(platform: Platform, project: string): Promise<Window> {
  const { rest, ranges } = platform.contract.dora
  const collected = isAbsent(rest) ? undefined : await endOfCollection(platform, await apiToken(platform), project)
  const end = Math.floor((collected ?? platform.kubernetes.now.getTime()) / 1000) * 1000
  return { start: end - ranges.last30days * day, end }
}

/** A window without any events, which shows how "no data" looks. */
export const emptyWindow: Window = { start: Date.UTC(2001, 0, 1), end: Date.UTC(2001, 0, 8) }

/**
 * The teams that can be chosen on a dashboard; null if they depend on what is chosen for other variables.
 * @throws Unmet when it offers no teams to choose from
 */
export async function teamsOf(platform: Platform, names: DashboardNames): Promise<readonly string[] | null> {
  const { variables } = await dashboardOf(platform, names)
  const team = applicable(platform.contract.dashboards.variables.team)
  const variable = variables.find(({ name }) => name === team)
  const teams = variable && (await offered(platform, variable, variables))
  if (teams) return teams
  if (variable && dependsOnOthers(variable)) return null
  throw new Unmet({
    summary: `The variable ${team} of the dashboard ${names.title} offers no teams to choose from.`,
    object: `dashboard ${names.title}`,
    expected: 'a query for the teams, or a list of them',
    found: variable ? `a variable of the type ${variable.type}` : 'no such variable',
    remedy: await inGrafana(platform, names, `the variable ${team}`),
  })
}

/** The view of a dashboard with a project that has data. */
export async function viewForPeople(platform: Platform, title: string): Promise<DashboardView> {
  const { projects, window } = await subjectsOf(platform)
  return viewOf(platform, namesOf(platform, title), { project: projects[0], window })
}

/** The dashboards whose numbers can be compared. */
export interface ReadableDashboards {
  readonly readable: readonly DashboardNames[]
  /** What is wrong with the others. It fails items of its own, and blocks the comparison. */
  readonly unreadable: readonly Blocked[]
}

/** The dashboards that query the database of the service and open in time. */
export async function openDashboards(platform: Platform): Promise<ReadableDashboards> {
  const opened = await onEach(platform.contract.dashboards.all, async (names) => {
    await expectDatasourcesOf(platform, names)
    await viewForPeople(platform, names.title)
  })
  return { readable: opened.answers.map(([names]) => names), unreadable: [...opened.failures.values()].map(asBlocked) }
}
