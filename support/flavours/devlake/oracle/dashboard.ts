/**
 * The oracle of the contract `devlake`: computes what the DORA dashboard of stock DevLake (uid `qNo8_0M4z`) must show from the
 * rows of the database. It assumes that the rows have been collected, and derives what a collection derives.
 */
import { durationLevel, failureLevel } from '../../../dora/benchmarks'
import type { Level, Window } from '../../../dora/metrics'
import type { Lake } from '../rows/rows'
import { firstInstantOf, isWithin, monthOf } from './calendar'
import { failedDeployments, failureRate } from './change-failure-rate'
import type { DevLakeDefinitions } from './definitions'
import { type DeploymentDays, deploymentDays } from './deployment-frequency'
import { changesOf, leadTimesOf, type Measured } from './lead-time'
import { lowerMedian } from './median'
import { productionDeployments } from './production-deployments'

export interface DashboardQuestion {
  /** The values of the variable `project`; all projects together have one set of numbers. */
  readonly projects: readonly string[]
  readonly window: Window
  readonly definitions: DevLakeDefinitions
}

/** A panel with one value; the row of "Overall DORA Metrics" has the same level. */
interface Stat {
  /** The text of the panel, such as "4.0(elite)". */
  readonly shown: string
  readonly level: Level | null
}

/** The bars of one month, one for each panel by month. Without data some are 0 and one is null, as on the panels. */
export interface Month {
  /** "26/11" */
  readonly month: string
  readonly deployments: number
  readonly leadTimeHours: number
  /** A fraction. */
  readonly changeFailureRate: number | null
  readonly restorationHours: number
}

export interface Dashboard {
  readonly deploymentFrequency: Stat
  readonly leadTime: Stat
  readonly changeFailureRate: Stat
  /** Recovery of failed deployments (2023), or time to restore service (2021). */
  readonly restoration: Stat & { readonly name: string }
  readonly months: readonly Month[]
}

export function dashboardOf(lake: Lake, { projects, window, definitions }: DashboardQuestion): Dashboard {
  const inWindow = ({ at }: Measured) => isWithin(at, window)
  const finishes = productionDeployments(lake, projects)
  const deployments = [...finishes].filter(([, finish]) => isWithin(finish, window))
  const failed = failedDeployments(lake)
  const changes = changesOf(lake, projects).filter(inWindow)
  const { restoration } = definitions
  const restored = restoration.of(lake, projects, window)
  const restoredByMonth = restoration.monthsKeepToWindow ? restored : restoration.of(lake, projects, null)
  return {
    deploymentFrequency: frequencyStat(deploymentDays(finishes.values(), window), definitions),
    leadTime: durationStat(
      lowerMedian(leadTimesOf(changes)),
      definitions.leadTime,
      'N/A. Please check if you have collected deployments/pull_requests.',
    ),
    changeFailureRate: failureStat(failureRate(deployments.map(first), failed), lake, definitions),
    restoration: {
      name: restoration.name,
      ...durationStat(
        lowerMedian(restored.map(({ minutes }) => minutes)),
        restoration.levels,
        withoutRestoration(lake, deployments.length, definitions),
      ),
    },
    months: monthsIn(lake, window).map(({ name: month }) => {
      const begin = firstInstantOf(month)
      const of = ({ at }: Measured) => monthOf(at) === begin
      const deployed = deployments.filter(([, finish]) => monthOf(finish) === begin)
      const rate = failureRate(deployed.map(first), failed)
      return {
        month,
        deployments: deployed.length,
        leadTimeHours: hoursOf(leadTimesOf(changes.filter(of))),
        changeFailureRate: rate === null ? null : rate / 10_000,
        restorationHours: hoursOf(restoredByMonth.filter(of).map(({ minutes }) => minutes)),
      }
    }),
  }
}

const first = ([id]: readonly [string, number]) => id

/** The known months that the window touches, or that begin in it; for earlier months no panel has a bar. */
const monthsIn = ({ months, onlyBegunMonths }: Lake, window: Window) =>
  months
    .filter(({ begin }) =>
      onlyBegunMonths ? isWithin(begin, window) : begin >= monthOf(window.start) && begin <= monthOf(window.end),
    )
    .sort((one, other) => one.begin - other.begin)

/**
 * The window from the beginning of its first month on, if the panels have bars only for months that begin in the window: otherwise
 * the deployments of that month are counted nowhere.
 */
export function withFirstMonth({ months, onlyBegunMonths }: Lake, window: Window): Window {
  const begun = months.map(({ begin }) => begin).filter((begin) => begin <= window.start)
  return onlyBegunMonths && begun.length > 0 ? { ...window, start: Math.max(...begun) } : window
}

/** The lower median in hours, with four decimals. */
const hoursOf = (minutes: readonly number[]) => Math.round((lowerMedian(minutes) ?? 0) * (10_000 / 60)) / 10_000

/** The lowest level needs a half year that ranks above the others; without one the panel shows "no data". */
function frequencyStat(days: DeploymentDays, { deploymentFrequency }: DevLakeDefinitions): Stat {
  const reached = deploymentFrequency.find(({ period, days: least, level }) => {
    const found = days[period]
    return found !== null && found >= least && (level !== 'low' || days['six months'] !== null)
  })
  if (!reached) return { shown: 'N/A. Please check if you have collected deployments.', level: null }
  const { level, period } = reached
  return { shown: `${days[period]} deployment days per ${period}(${level})`, level }
}

/** The duration in hours with one decimal; halves are rounded away from zero. */
function durationStat(minutes: number | null, levels: DevLakeDefinitions['leadTime'], withoutData: string): Stat {
  const level = durationLevel(levels, minutes)
  if (minutes === null || level === null) return { shown: withoutData, level: null }
  const tenths = Math.sign(minutes) * Math.round(Math.abs(minutes) / 6)
  return { shown: `${(tenths / 10).toFixed(1)}(${level})`, level }
}

/**
 * The panel looks for incidents and deployments in the whole database (`_is_collected_data`): the first incident of another
 * project turns "no data" into 0 %.
 */
function failureStat(rate: number | null, lake: Lake, definitions: DevLakeDefinitions): Stat {
  const missing = [lake.deploymentCommits, lake.incidents].map((rows) => rows.length === 0)
  if (rate === null || missing.includes(true)) return { shown: uncollected(missing, '/'), level: null }
  const level = failureLevel(definitions, rate, 10_000)
  return { shown: `${(Math.round(rate / 10) / 10).toFixed(1)}%(${level})`, level }
}

function withoutRestoration(lake: Lake, deployments: number, { report, restoration }: DevLakeDefinitions): string {
  const missing = [deployments === 0, lake.incidents.length === 0]
  return report === '2023' && missing.includes(true) ? uncollected(missing, ' and ') : restoration.withoutData
}

/** The hint of the panel: names the missing kind, or both kinds if neither is missing and there is still nothing to show. */
function uncollected(missing: readonly boolean[], and: string): string {
  const all = ['deployments', 'incidents']
  const named = all.filter((_, index) => missing[index])
  return `N/A. Please check if you have collected ${(named.length > 0 ? named : all).join(and)}.`
}
