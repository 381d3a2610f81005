/** Section 16: the dashboards as installed: folder, titles, data sources and variables. */

import { command, comment } from '../../basis/command'
import { asBlocked, type Circumstances, throwWorst, Unmet, unmetByTrouble } from '../../basis/expectation'
import { selectorOf } from '../../basis/labels'
import type { DashboardNames } from '../../contracts/dashboards'
import type { Login } from '../../platform/grafana'
import { type Dashboard, isUsed } from '../../platform/grafana-model'
import type { Platform } from '../../platform/platform'
import { expectAdminLetIn } from '../grafana'
import { onEach } from './each-dashboard'

/** A dashboard as the object of a finding. */
export const objectOf = ({ title }: Pick<DashboardNames, 'title'>) => `dashboard ${title}`

const logsOfGrafana = ({ kubernetes, configuration: { components } }: Platform) =>
  command`kubectl logs -n ${kubernetes.of('grafana').namespace} -l ${selectorOf(components.grafana.labels)} --tail=50`

/** 16.1: the folder exists and holds dashboards. */
export async function expectInstalled(platform: Platform): Promise<void> {
  const { folder } = platform.contract.dashboards
  const login = await expectAdminLetIn(platform)
  const all = await platform.grafana.dashboards(login)
  if (all.some(({ folderTitle }) => folderTitle === folder)) return
  // A search lists only what its caller may view.
  if (all.length === 0 && 'token' in login)
    throw new Unmet({
      summary: 'Grafana shows the service account no dashboard.',
      object: `folder ${folder} of Grafana`,
      expected: `the dashboards in the folder ${folder}`,
      found: 'no dashboards',
      remedy: [
        await showDashboards(platform),
        comment`in Grafana: give the service account the role Admin, or check that the dashboards are installed`,
        logsOfGrafana(platform),
      ],
    })
  throw new Unmet({
    summary: `Grafana has no dashboards in the folder ${folder}.`,
    object: `folder ${folder} of Grafana`,
    expected: 'the dashboards of the DORA metrics',
    found: [...new Set(all.map(({ folderTitle }) => folderTitle || 'no folder'))].join(', ') || 'no dashboards',
    remedy: [logsOfGrafana(platform), comment`if the folder is another one: configuration key grafana.folder`],
  })
}

/** The dashboard with the uid of the contract, or with its title in the folder. @throws Unmet when there is none */
export async function dashboardOf(platform: Platform, names: DashboardNames): Promise<Dashboard> {
  const login = await expectAdminLetIn(platform)
  const dashboard = await found(platform, names)
  if (dashboard) return dashboard
  const { folder } = platform.contract.dashboards
  const titles = (await platform.grafana.dashboards(login)).map(({ title, uid }) => `${title} (${uid})`)
  throw new Unmet({
    summary: `The ${objectOf(names)} does not exist.`,
    object: objectOf(names),
    expected:
      names.uid === null
        ? `one dashboard with the title ${names.installedAs ?? names.title} in ${folder || 'no folder'}`
        : `a dashboard with the uid ${names.uid}`,
    found: titles.join(', ') || 'no dashboards',
    remedy: [
      logsOfGrafana(platform),
      comment`if it has another uid or title: configuration key grafana.dashboards, with the entry ${names.title}`,
    ],
  })
}

/** The dashboard with the uid of the contract, or with its title in the folder; undefined if there is none. */
export async function found(platform: Platform, names: DashboardNames): Promise<Dashboard | undefined> {
  const login = await expectAdminLetIn(platform)
  const uid = await uidOf(platform, names, login)
  return uid === undefined ? undefined : platform.grafana.dashboard(uid, login)
}

/** The uid of a dashboard. One that is found by its title has none if no dashboard or several have the title. */
async function uidOf(
  { grafana, contract }: Platform,
  names: DashboardNames,
  login: Login,
): Promise<string | undefined> {
  if (names.uid !== null) return names.uid
  const { title, installedAs = title } = names
  const hits = (await grafana.dashboards(login)).filter(
    (hit) => hit.title === installedAs && hit.folderTitle === contract.dashboards.folder,
  )
  return hits.length === 1 ? hits[0]?.uid : undefined
}

/** 16.2: the dashboard has its title and is in its folder. */
export async function expectDashboard(platform: Platform, title: string): Promise<void> {
  const { folder } = platform.contract.dashboards
  const names = namesOf(platform, title)
  const { installedAs = title } = names
  const found = await dashboardOf(platform, names)
  if (found.title === installedAs && found.folder === folder) return
  throw new Unmet({
    summary:
      found.title === installedAs
        ? `The ${objectOf(names)} is in the wrong folder.`
        : `The ${objectOf(names)} has the wrong title: ${found.title}.`,
    object: objectOf(names),
    expected: `${folder || 'no folder'}/${installedAs}`,
    found: `${found.folder || 'no folder'}/${found.title}`,
    remedy: await inGrafana(platform, names, 'title and folder'),
  })
}

/** The remedy for a dashboard whose panels, variables or settings are wrong. @param part what to check on it */
export const inGrafana = async (
  platform: Platform,
  { uid, title, installedAs = title }: DashboardNames,
  part = 'the query of the panel',
) =>
  uid === null
    ? [await showDashboards(platform), comment`in Grafana: check ${part} on the dashboard ${installedAs}`]
    : [
        await platform.grafana.dashboardCommand(uid),
        comment`in Grafana: check ${part} on the dashboard with the uid ${uid}`,
      ]

/** Lists the dashboards. */
export const showDashboards = ({ grafana }: Platform) => grafana.commandFor('/api/search?type=dash-db')

/** A panel as the object of a finding. */
export const panelOf = ({ title }: DashboardNames, panel: string) => `panel ${title} / ${panel}`

/** The names of the dashboard that the checklist calls by this title. @throws Error when the contract has none */
export function namesOf({ contract }: Platform, title: string): DashboardNames {
  const names = contract.dashboards.all.find((candidate) => candidate.title === title)
  if (!names) throw new Error(`The contract has no dashboard "${title}".`)
  return names
}

/** 16.3: each dashboard lets the reader choose its variables and the time, and its queries use them. Returns the number of queries. */
export async function expectVariablesUsed(platform: Platform): Promise<number> {
  const { all, variables } = platform.contract.dashboards
  const unmet: [string, Circumstances][] = []
  let queries = 0
  const { answers, failures } = await onEach(all, (names) => dashboardOf(platform, names))
  for (const [names, dashboard] of answers) {
    const wanted = [variables.project, variables.team, ...(names.ownVariables ?? [])]
    queries += dashboard.panels.reduce((sum, { targets }) => sum + targets.length, 0)
    for (const problem of choiceProblems(
      dashboard,
      wanted.filter((one) => typeof one === 'string'),
    )) {
      const { says, ...values } = problem
      const remedy = await inGrafana(platform, names, 'the variables and the time options')
      unmet.push([says, { summary: `The ${objectOf(names)} ${says}.`, object: objectOf(names), ...values, remedy }])
    }
  }
  throwWorst([unmetByTrouble(unmet), ...[...failures.values()].map(asBlocked)])
  return queries
}

/** A choice that a dashboard does not offer or does not use. */
interface ChoiceProblem {
  /** Continues the sentence that begins with the dashboard. */
  readonly says: string
  readonly expected: string
  readonly found: string
}

/** The choices that a reader of the dashboard does not have, or that no query uses. Pure. */
export function choiceProblems(
  { panels, variables, hidesTimePicker }: Pick<Dashboard, 'panels' | 'variables' | 'hidesTimePicker'>,
  wanted: readonly string[],
): ChoiceProblem[] {
  const problems = wanted.flatMap((name): ChoiceProblem[] => {
    const expected = `the variable ${name} in the queries of the panels`
    const variable = variables.find((one) => one.name === name)
    if (!variable) {
      const found = `the variables ${variables.map((one) => one.name).join(', ') || 'none'}`
      return [{ says: `has no variable ${name}`, expected, found }]
    }
    if (!panels.some((panel) => isUsed(name, panel)))
      return [{ says: `has the variable ${name}, but no query uses it`, expected, found: 'in no query' }]
    const reason = variable.hide === 2 ? 'hidden' : variable.type === 'constant' ? 'a constant' : undefined
    if (reason === undefined) return []
    return [
      {
        says: `does not let the reader choose a ${name}`,
        expected: `the variable ${name} to choose from`,
        found: `it is ${reason}`,
      },
    ]
  })
  const hidden: ChoiceProblem = {
    says: 'does not let the reader choose a time range',
    expected: 'a time picker',
    found: 'timepicker.hidden',
  }
  return hidesTimePicker ? [...problems, hidden] : problems
}
