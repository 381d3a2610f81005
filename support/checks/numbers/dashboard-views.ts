/**
 * The dashboards as the run has seen them in the browser: each choice of project, team and time is opened once, and serves all
 * scenarios. What is chosen comes from the platform: the projects with the most deployments of the last 30 days.
 */
import { z } from 'zod'
import { isAbsent } from '../../basis/capability'
import { applicable, expectData, Unmet } from '../../basis/expectation'
import { rememberOutcome, rememberSuccess } from '../../basis/memo'
import type { DashboardNames } from '../../contracts/dashboards'
import { day } from '../../dora/definitions'
import type { Window } from '../../dora/metrics'
import { optionsQuery } from '../../platform/grafana-model'
import type { DashboardView } from '../../platform/grafana-pages'
import type { Platform } from '../../platform/platform'
import { apiToken } from '../../service/api'
import { credentialsOf } from '../../service/database-credentials'
import { projectsOfPlatform } from '../../service/projects'
import { readRest } from '../../service/surfaces'
import { dashboardOf, datasourceNamed, namesOf } from '../dashboards'
import { expectAdminLetIn } from '../grafana'

/** What is chosen on a dashboard; without a team, all of them. */
export interface ViewChoice {
  readonly project: string
  readonly team?: string
  /** The set of definitions, where there are several; that of the dashboard's own when absent. */
  readonly report?: string
  readonly window: Window
}

const viewsOf = rememberOutcome(async (_platform: Platform) => new Map<string, Promise<DashboardView>>())

export async function viewOf(platform: Platform, names: DashboardNames, choice: ViewChoice): Promise<DashboardView> {
  const known = await viewsOf(platform)
  const { project, team, report, window } = choice
  const key = JSON.stringify([names.uid, project, team, report, window.start, window.end])
  const view = known.get(key) ?? open(platform, names, choice)
  known.set(key, view)
  return view
}

/** Opens all dashboards side by side, for whoever looks at them then; whatever goes wrong is found there. */
export async function openAll(platform: Platform, choice: ViewChoice): Promise<void> {
  await Promise.allSettled(platform.contract.dashboards.all.map((names) => viewOf(platform, names, choice)))
}

/** So that the next look is a new one. */
export function forgetViews(platform: Platform): void {
  viewsOf.forget(platform)
}

async function open(platform: Platform, names: DashboardNames, choice: ViewChoice): Promise<DashboardView> {
  const { project, team, report } = platform.contract.dashboards.variables
  const variables = {
    [project]: choice.project,
    ...(isAbsent(team) ? {} : { [team]: choice.team ?? 'All' }),
    ...(report && choice.report ? { [report]: choice.report } : {}),
  }
  const login = await expectAdminLetIn(platform)
  // What people see is opened alone, and is what the report has a picture of; the rest is opened side by side and takes turns.
  const { projects, window } = await subjectsOf(platform)
  const forPeople = choice.team === undefined && choice.project === projects[0] && choice.window === window
  const { dashboard: deadlineMs } = platform.configuration.deadlines
  return platform.grafanaPages.open(login, await dashboardOf(platform, names), {
    variables,
    window: choice.window,
    deadlineMs: forPeople ? deadlineMs : deadlineMs * platform.contract.dashboards.all.length,
    pictured: forPeople,
  })
}

/** The two projects whose dashboards are looked at, and when. */
export interface Subjects {
  readonly projects: readonly [string, string]
  readonly window: Window
}

/** @throws Blocked when fewer than two projects have deployments */
export const subjectsOf = rememberSuccess(chooseSubjects)

const counted = z.looseObject({ project: z.string(), deployments: z.coerce.number() })

async function chooseSubjects(platform: Platform): Promise<Subjects> {
  const own = await projectsOfPlatform(platform)
  expectData(own, 'project', 'REST API')
  const window = await lastMonth(platform, own[0] ?? '')
  const sqlTime = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')
  const rows = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    counted,
    platform.contract.database.statements.deploymentsByProject(`\`${platform.configuration.database.name}\``),
    [sqlTime(window.start), sqlTime(window.end)],
  )
  const projects = rows.map(({ project }) => project).filter((project) => own.includes(project))
  const [first, second] = projects
  expectData(projects, 'project with a deployment in the last 30 days', 'the deployments table')
  if (first === undefined || second === undefined) {
    expectData([], 'second project with a deployment in the last 30 days', 'the deployments table')
    throw new Error('not reached: no data is blocked')
  }
  return { projects: [first, second], window }
}

/** The 30 days whose numbers stay as they are while pages are opened. */
export async function lastMonth(platform: Platform, project: string): Promise<Window> {
  const end = await endOfCollection(platform, project)
  return { start: end - platform.contract.dora.ranges.last30days * day, end }
}

/**
 * What a later collection brings lies behind it, so the numbers up to it stay as they are while pages are opened. Grafana's
 * ranges have whole seconds where they meet a database.
 */
async function endOfCollection(platform: Platform, project: string): Promise<number> {
  const { rest } = platform.contract.dora
  const { end = Date.now() } = isAbsent(rest)
    ? {}
    : await readRest(platform, await apiToken(platform), rest.overview, project, 'last7days')
  return Math.floor(end / 1000) * 1000
}

/** A window of which nobody has events: what it shows is what "no data" looks like. */
export const emptyWindow: Window = { start: Date.UTC(2001, 0, 1), end: Date.UTC(2001, 0, 8) }

/** The teams that can be chosen on a dashboard. */
export async function teamsOf(platform: Platform, names: DashboardNames): Promise<string[]> {
  const login = await expectAdminLetIn(platform)
  const { variables } = await dashboardOf(platform, names)
  const team = applicable(platform.contract.dashboards.variables.team)
  const variable = variables.find(({ name }) => name === team)
  const query = variable && optionsQuery(variable)
  const source = query && datasourceNamed(query.datasource, await platform.grafana.datasources(login))
  if (!query || !source)
    throw new Unmet({
      summary: `The variable ${team} of the dashboard ${names.title} has no query, so no team can be chosen.`,
      object: `dashboard ${names.title}`,
      expected: 'a query of the teams',
      found: variable ? variable.type : 'no such variable',
    })
  return (await platform.grafana.valuesOf(source.uid, query.sql, login)).map(String)
}

/** 21.7: a dashboard with a project that has data. */
export async function viewForPeople(platform: Platform, title: string): Promise<DashboardView> {
  const { projects, window } = await subjectsOf(platform)
  return viewOf(platform, namesOf(platform, title), { project: projects[0], window })
}
