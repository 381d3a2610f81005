/** Chooses the projects and ranges whose dashboards are compared with the events: pages take long to open. Pure. */
import type { Window } from '../../dora/metrics'

const day = 86_400_000

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

/** One part of a list; on the following days the other parts follow. @param today the number of the UTC day */
function partOf<T>(list: readonly T[], most: number, today: number): readonly T[] {
  const parts = Math.ceil(list.length / most)
  return list.filter((_, index) => parts <= 1 || index % parts === today % parts)
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
  const today = Math.floor(end / day)
  const [first, second] = subjects
  const others = projects.filter((project) => !subjects.includes(project)).sort()
  const ranges = [...new Set(lengths)].filter((days) => end - days * day !== window.start)
  const over = (project: string) => ranges.map((days) => ({ project, window: { start: end - days * day, end } }))
  const chosen = partOf(others, mostProjects, today)
  const pairs = [second, ...others].flatMap(over)
  const chosenPairs = partOf(pairs, mostPairs, today)
  return {
    choices: [...[...subjects, ...chosen].map((project) => ({ project, window })), ...over(first), ...chosenPairs],
    leftOut: { projects: others.length - chosen.length, ranges: pairs.length - chosenPairs.length },
  }
}
