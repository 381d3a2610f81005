/** Chooses the projects and ranges whose dashboards are compared with the events: pages take long to open. Pure. */
import { day } from '../../dora/definitions'
import type { Window } from '../../dora/metrics'
import type { RelativeRange } from '../../platform/grafana-pages'
import { partOfDay } from '../rotation'

/** A project and the window over which its dashboards are compared. */
export interface ComparedChoice {
  readonly project: string
  readonly window: Window
}

/** At most this many of the other projects, and of the other pairs of project and range, are compared on one day. */
const mostProjects = 3
const mostPairs = 4

export interface ComparedChoices {
  readonly choices: readonly ComparedChoice[]
  /** The numbers of projects and of pairs of project and range that are compared on another day. */
  readonly leftOut: { readonly projects: number; readonly ranges: number }
}

/**
 * The subjects and a few other projects over the given window, the first subject over every range, and a few pairs of the other
 * projects with the other ranges. The samples rotate with the UTC date of the window's end.
 * @param lengths the ranges of the picker in days
 */
export function comparedChoicesOf(
  subjects: readonly [string, string],
  projects: readonly string[],
  window: Window,
  lengths: readonly number[],
): ComparedChoices {
  const { end } = window
  const [first, second] = subjects
  const others = projects.filter((project) => !subjects.includes(project)).sort()
  const ranges = [...new Set(lengths)].filter((days) => end - days * day !== window.start)
  const over = (project: string) => ranges.map((days) => ({ project, window: { start: end - days * day, end } }))
  const chosen = partOfDay(others, mostProjects, end)
  const pairs = [second, ...others].flatMap(over)
  const chosenPairs = partOfDay(pairs, mostPairs, end)
  return {
    choices: [...[...subjects, ...chosen].map((project) => ({ project, window })), ...over(first), ...chosenPairs],
    leftOut: { projects: others.length - chosen.length, ranges: pairs.length - chosenPairs.length },
  }
}

/** Ranges of Grafana's time picker that are no range of the contract (packages/grafana-ui, TimeRangePicker/options.ts). */
const pickerRanges: readonly RelativeRange[] = [
  ...['now-24h', 'now-2d', 'now-6M', 'now-1y', 'now/d', 'now/w', 'now/M'].map((from) => ({ from, to: 'now' })),
  ...['now-1d/d', 'now-1w/w', 'now-1M/M'].map((whole) => ({ from: whole, to: whole })),
]

/** One of the ranges that a reader can pick, in Grafana's words: those of the dashboard and those of Grafana, by the UTC date. */
export const rangesOfDay = (own: readonly RelativeRange[], time: number): RelativeRange[] =>
  partOfDay([...own, ...pickerRanges], 1, time)
