/** 16.3: what is chosen on the dashboards decides what they show, and where there is nothing they say so. */

import { applicable, type Circumstances, expectData, expectNone, Unmet } from '../../basis/expectation'
import type { DashboardNames } from '../../contracts/dashboards'
import { differences } from '../../dora/comparison'
import type { Quantity } from '../../dora/metrics'
import { expectNoneReported, expectReportedFilter } from '../../flavours/devlake/reporting-dashboard'
import type { Platform } from '../../platform/platform'
import { inGrafana, panelOf } from '../dashboards'
import { expectedReading, questionOf, readings, said } from './dashboard-numbers'
import { emptyWindow, openAll, subjectsOf, teamsOf } from './dashboard-views'
import type { PanelReading } from './panel-readings'

export type Filter = 'project' | 'team' | 'time range'

/** 16.3: another choice shows other numbers, on each panel whose numbers are others. Returns what was compared, in words. */
export async function expectFilter(platform: Platform, filter: Filter): Promise<string> {
  const { reportedOn } = platform.contract.dora
  if (filter === 'team') applicable(platform.contract.dashboards.variables.team)
  else if (reportedOn !== null) return expectReportedFilter(platform, reportedOn, filter)
  const { projects, window } = await subjectsOf(platform)
  const base = { project: projects[0], window }
  const unmet: Circumstances[] = []
  const isOther = await otherwise(platform, filter)
  let compared = 0
  for (const names of platform.contract.dashboards.all) {
    const before = await readings(platform, names, base)
    const after = await otherReadings(platform, names, before, filter)
    for (const [index, reading] of before.entries()) {
      if (typeof reading.value !== 'number' || !isOther(reading.quantity)) continue
      compared++
      if (after.some((other) => other[index]?.value !== reading.value)) continue
      unmet.push({
        summary: `The panel ${reading.panel} of the dashboard ${names.title} shows the same whatever ${filter} is chosen.`,
        object: panelOf(names, reading.panel),
        expected: `other numbers for another ${filter}`,
        found: `${said(reading)} as the ${reading.quantity} for each`,
        remedy: [inGrafana(names)],
      })
    }
  }
  expectNone(unmet)
  expectData(Array.from({ length: compared }), `number that another ${filter} changes`, 'the dashboards')
  return `${compared} numbers changed with the ${filter}`
}

/** The readings of the other choices, in the order of those before. */
async function otherReadings(
  platform: Platform,
  names: DashboardNames,
  before: readonly PanelReading[],
  filter: Filter,
): Promise<PanelReading[][]> {
  const { projects, window } = await subjectsOf(platform)
  const [project, another] = projects
  switch (filter) {
    case 'project':
      await openAll(platform, { project: another, window })
      return [await readings(platform, names, { project: another, window })]
    case 'time range':
      await openAll(platform, { project, window: emptyWindow })
      return [await readings(platform, names, { project, window: emptyWindow })]
    case 'team':
      return byTeam(platform, names, before)
  }
}

/**
 * One team that has the project, which shows the same as all teams do, and one that has not. Which is which nobody says, so
 * teams are tried until both were seen; what one dashboard has shown is tried first on the next.
 */
async function byTeam(
  platform: Platform,
  names: DashboardNames,
  before: readonly PanelReading[],
): Promise<PanelReading[][]> {
  const { projects, window } = await subjectsOf(platform)
  const teams = await teamsOf(platform, names)
  if (teams.length < 2) expectData([], 'second team', `dashboard ${names.title}`)
  const tried = (triedTeams.get(platform) ?? []).filter((team) => teams.includes(team))
  const others: PanelReading[][] = []
  const own: string[] = []
  const foreign: string[] = []
  for (const team of [...tried, ...teams.filter((one) => !tried.includes(one))]) {
    const seen = await readings(platform, names, { project: projects[0], team, window })
    if (seen.some(({ value }, index) => value !== before[index]?.value)) {
      others.push(seen)
      foreign.push(team)
    } else own.push(team)
    const [[one], [other]] = [own, foreign]
    if (one === undefined || other === undefined) continue
    triedTeams.set(platform, [one, other])
    for (const next of [one, other]) await openAll(platform, { project: projects[0], team: next, window })
    return others
  }
  // Every team shows the same.
  if (own.length > 0) return [[...before]]
  throw new Unmet({
    summary: `The dashboard ${names.title} shows the numbers of ${projects[0]} for no team.`,
    object: `dashboard ${names.title}`,
    expected: `one of ${teams.join(', ')} with the numbers that all teams show`,
    found: 'other numbers for each',
    remedy: [`# in Grafana: the variables of the dashboard with the uid ${names.uid}`],
  })
}

/** The team of the first of the projects and one that has it not, once they are known. */
const triedTeams = new WeakMap<Platform, readonly string[]>()

/** Two projects may have a number in common; then their panels may show the same. */
async function otherwise(platform: Platform, filter: Filter): Promise<(quantity: Quantity) => boolean> {
  if (filter !== 'project') return () => true
  const { projects, window } = await subjectsOf(platform)
  const [one = {}, other = {}] = await Promise.all(
    projects.map(async (project) => expectedReading(platform, await questionOf(platform, { project, window }))),
  )
  const differing = differences(one, other, platform.contract.dora.precision).map(({ quantity }) => quantity)
  return (quantity) => differing.includes(quantity)
}

/** 16.3: where there are no events there is no number, and not 0 either. Returns how many panels were looked at. */
export async function expectNoData(platform: Platform): Promise<number> {
  const { reportedOn } = platform.contract.dora
  if (reportedOn !== null) return expectNoneReported(platform, reportedOn)
  const { projects } = await subjectsOf(platform)
  const unmet: Circumstances[] = []
  let looked = 0
  for (const names of platform.contract.dashboards.all)
    for (const { panel, quantity, value, text } of await readings(platform, names, {
      project: projects[0],
      window: emptyWindow,
    })) {
      looked++
      if (value === null && !/\d/.test(text)) continue
      unmet.push({
        summary: `The panel ${panel} of the dashboard ${names.title} shows a number where there is no data.`,
        object: panelOf(names, panel),
        expected: 'no data',
        found: `${said({ quantity, value })}, shown as "${text.slice(0, 80)}"`,
        remedy: [inGrafana(names)],
      })
    }
  expectNone(unmet)
  expectData(Array.from({ length: looked }), 'panel with a number', 'the dashboards')
  return looked
}
