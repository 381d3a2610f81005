/**
 * Deployment frequency (panels "Deployment Frequency" and "Monthly deployments"): not the number of deployments, but the
 * median number of days with deployments per week, month or six months. A window that begins or ends within a week counts
 * its part of that week as a whole week. The same history therefore yields different numbers on different days of the week;
 * only the number of deployments by month can be compared over time.
 */
import type { Window } from '../../../dora/metrics'
import { dayOf, daysOf, monthOf, weekOf } from './calendar'
import { lowerMedian, upperByRank } from './median'

export type Period = 'week' | 'month' | 'six months'

/** The median number of days with deployments; null without a period. */
export type DeploymentDays = Readonly<Record<Period, number | null>>

/** @param finishes of all successful production deployments, inside and outside the window */
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

/** The number of days with deployments by period, including periods without any. */
function countsBy(periodOf: (day: number) => number, days: readonly number[], deployed: ReadonlySet<number>) {
  const counts = new Map<number, number>()
  for (const day of days) {
    const period = periodOf(day)
    counts.set(period, (counts.get(period) ?? 0) + (deployed.has(day) ? 1 : 0))
  }
  return counts
}

/**
 * The days of the six months up to the last month of the window, and up to each sixth month before it. The panel restarts the
 * count in years that are a multiple of six ("2028-01" DIV 6).
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
