/**
 * Deployment frequency (panels "Deployment Frequency" and "Monthly deployments"): not how many deployments there were, but on
 * how many days of a week, a month or six months there were any, and of that the median. A window that begins or ends within
 * a week counts what it has of it as a whole one, so that the same history reads otherwise on another day of the week: what
 * is to be compared over time is the number of deployments by month.
 */
import type { Window } from '../../../dora/metrics'
import { dayOf, daysOf, monthOf, weekOf } from './calendar'
import { lowerMedian, upperByRank } from './median'

export type Period = 'week' | 'month' | 'six months'

/** The median number of days with deployments; null where there is no period to take it of. */
export type DeploymentDays = Readonly<Record<Period, number | null>>

/** @param finishes of the successful production deployments, whenever they were */
export function deploymentDays(finishes: Iterable<number>, window: Window): DeploymentDays {
  const deployed = new Set([...finishes].map(dayOf))
  const days = daysOf(window)
  const byMonth = countsBy(monthOf, days, deployed)
  return {
    week: lowerMedian([...countsBy(weekOf, days, deployed).values()]),
    month: lowerMedian([...byMonth.values()]),
    'six months': upperByRank(halfYears(byMonth)),
  }
}

/** How many of the days have deployments, by period: also the periods with none. */
function countsBy(periodOf: (day: number) => number, days: readonly number[], deployed: ReadonlySet<number>) {
  const counts = new Map<number, number>()
  for (const day of days) {
    const period = periodOf(day)
    counts.set(period, (counts.get(period) ?? 0) + (deployed.has(day) ? 1 : 0))
  }
  return counts
}

/**
 * The days of six months up to the last month of the window, and up to each sixth month before it. The panel begins to count
 * anew where the number of the year is a multiple of six ("2028-01" DIV 6).
 */
function halfYears(byMonth: ReadonlyMap<number, number>): number[] {
  const months = [...byMonth].sort(([one], [other]) => one - other)
  const epochOf = (month: number) => Math.floor(new Date(month).getUTCFullYear() / 6)
  return months.flatMap(([month], index) => {
    const later = months.slice(index + 1).filter(([one]) => epochOf(one) === epochOf(month)).length
    if (later % 6 !== 0) return []
    return [months.slice(Math.max(0, index - 5), index + 1).reduce((sum, [, days]) => sum + days, 0)]
  })
}
