/** Section 16.3: checks that the filters decide what the dashboards show, and that panels without events show no number. */

import {
  applicable,
  type Circumstances,
  expectData,
  NotApplicable,
  throwWorst,
  Unmet,
  unmetOf,
} from '../../basis/expectation'
import { excerpt } from '../../basis/redaction'
import type { DashboardNames } from '../../contracts/dashboards'
import { differences } from '../../dora/comparison'
import type { Quantity } from '../../dora/metrics'
import type { Platform } from '../../platform/platform'
import { onEach } from '../dashboards/each-dashboard'
import { inGrafana, panelOf, showDashboards } from '../dashboards/installation'
import { answeredDashboards } from '../dashboards/panels'
import { emptyWindow, openAll, subjectsOf, teamsOf } from '../dashboards/views'
import { readings } from './dashboard-numbers'
import { expectedReading, questionOf } from './dashboard-questions'
import { isValued } from './drawn-panels'
import type { Filter } from './numbers-proof'
import type { PanelReading } from './panel-readings'
import { inWords } from './panel-readings'

/** 16.3: another choice changes the number on each panel whose number differs for it. Returns what was compared. */
export async function expectChangedBy(platform: Platform, filter: Filter): Promise<string> {
  if (filter === 'team') applicable(platform.contract.dashboards.variables.team)
  const { projects, window } = await subjectsOf(platform)
  const base = { project: projects[0], window }
  const unmet: Circumstances[] = []
  const mustChange = await changingQuantities(platform, filter)
  let compared = 0
  const open: string[] = []
  const { readable, unreadable } = await answeredDashboards(platform)
  const { failures } = await onEach(readable, async (names) => {
    const before = await readings(platform, names, base)
    const after = await otherReadings(platform, { names, before, readable }, filter)
    if (!after) {
      open.push(names.title)
      return
    }
    for (const [index, reading] of before.entries()) {
      if (typeof reading.value !== 'number' || !mustChange(reading.quantity)) continue
      compared++
      if (after.some((other) => other[index]?.value !== reading.value)) continue
      unmet.push({
        summary: `The panel ${reading.panel} of the dashboard ${names.title} shows the same for every ${filter}.`,
        object: panelOf(names, reading.panel),
        expected: `different numbers for each ${filter}`,
        found: `${inWords(reading)} as the ${reading.quantity} for each`,
        remedy: await inGrafana(platform, names),
      })
    }
  })
  throwWorst([unmetOf(unmet), ...failures.values(), ...unreadable])
  const reason = `the teams to choose from depend on other choices on ${open.join(', ')}`
  if (open.length === platform.contract.dashboards.all.length)
    throw new NotApplicable(`Another team cannot be chosen: ${reason}.`)
  expectData(Array.from({ length: compared }), `number that depends on the ${filter}`, 'the dashboards', [
    await showDashboards(platform),
  ])
  const changed = `${compared} numbers changed with the ${filter}`
  return open.length > 0 ? `${changed}\nnot compared: ${reason}` : changed
}

/** A dashboard, its readings for the first choice, and all that can be read: they are opened together. */
interface ComparedDashboard {
  readonly names: DashboardNames
  readonly before: readonly PanelReading[]
  readonly readable: readonly DashboardNames[]
}

/** The readings for the other choices, in the order of the earlier readings; null if no other choice is known. */
async function otherReadings(
  platform: Platform,
  compared: ComparedDashboard,
  filter: Filter,
): Promise<PanelReading[][] | null> {
  const { names, readable } = compared
  const { projects, window } = await subjectsOf(platform)
  const [project, another] = projects
  switch (filter) {
    case 'project':
      await openAll(platform, { project: another, window }, readable)
      return [await readings(platform, names, { project: another, window })]
    case 'time range':
      await openAll(platform, { project, window: emptyWindow }, readable)
      return [await readings(platform, names, { project, window: emptyWindow })]
    case 'team':
      return byTeam(platform, compared)
  }
}

/**
 * Readings of one team that has the project, which equal those of all teams, and of one that does not. Nothing says which team
 * is which, so teams are tried until both kinds were found. The pair found on one dashboard is tried first on the next.
 */
async function byTeam(
  platform: Platform,
  { names, before, readable }: ComparedDashboard,
): Promise<PanelReading[][] | null> {
  const { projects, window } = await subjectsOf(platform)
  const teams = await teamsOf(platform, names)
  if (!teams) return null
  if (teams.length < 2)
    expectData([], 'second team', `dashboard ${names.title}`, await inGrafana(platform, names, 'the variables'))
  const tried = (triedTeams.get(platform) ?? []).filter((team) => teams.includes(team))
  const others: PanelReading[][] = []
  const own: string[] = []
  const foreign: string[] = []
  for (const team of [...tried, ...teams.filter((one) => !tried.includes(one))]) {
    const found = await readings(platform, names, { project: projects[0], team, window })
    if (found.some(({ value }, index) => value !== before[index]?.value)) {
      others.push(found)
      foreign.push(team)
    } else own.push(team)
    const [[one], [other]] = [own, foreign]
    if (one === undefined || other === undefined) continue
    triedTeams.set(platform, [one, other])
    for (const next of [one, other]) await openAll(platform, { project: projects[0], team: next, window }, readable)
    return others
  }
  // Every team shows the same.
  if (own.length > 0) return [[...before]]
  throw new Unmet({
    summary: `No team on the dashboard ${names.title} shows the numbers of ${projects[0]}.`,
    object: `dashboard ${names.title}`,
    expected: `the numbers of all teams for one of ${teams.join(', ')}`,
    found: 'different numbers for each team',
    remedy: await inGrafana(platform, names, 'the variables'),
  })
}

/** A team that has the first project and one that does not, once both were found. */
const triedTeams = new WeakMap<Platform, readonly string[]>()

/** Selects the quantities that must change. Two projects may have a number in common, and their panels then show the same. */
async function changingQuantities(platform: Platform, filter: Filter): Promise<(quantity: Quantity) => boolean> {
  if (filter !== 'project') return () => true
  const { projects, window } = await subjectsOf(platform)
  const [one = {}, other = {}] = await Promise.all(
    projects.map(async (project) => expectedReading(platform, await questionOf(platform, { project, window }))),
  )
  const differing = differences(one, other, platform.contract.dora.precision).map(({ quantity }) => quantity)
  return (quantity) => differing.includes(quantity)
}

/** 16.3: without events, the panels show no number, not even 0, and no level. Returns the number of panels. */
export async function expectNoNumbers(platform: Platform): Promise<number> {
  const { projects } = await subjectsOf(platform)
  const unmet: Circumstances[] = []
  let checked = 0
  const { readable, unreadable } = await answeredDashboards(platform)
  const choice = { project: projects[0], window: emptyWindow }
  const { failures } = await onEach(readable, async (names) => {
    for (const { panel, quantity, value, text } of await readings(platform, names, choice)) {
      checked++
      if (value === null && !isValued(text)) continue
      unmet.push({
        summary: `The panel ${panel} of the dashboard ${names.title} shows a value although there is no data.`,
        object: panelOf(names, panel),
        expected: 'no data',
        found: `${inWords({ quantity, value })}, shown as "${excerpt(text, 80)}"`,
        remedy: await inGrafana(platform, names),
      })
    }
  })
  throwWorst([unmetOf(unmet), ...failures.values(), ...unreadable])
  expectData(Array.from({ length: checked }), 'panel with a number', 'the dashboards', [await showDashboards(platform)])
  return checked
}
