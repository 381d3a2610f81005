/**
 * First deployments whose events may not have listed their commits. Such a deployment yields no lead time. Where nothing says which
 * ones did, the numbers that are reported decide.
 */
import { emptyAccount } from './account'
import type { Alternative } from './alternatives'
import { computeOf, type ProjectEvents } from './compute'

const withoutLists = (events: ProjectEvents, isMeant: (id: string) => boolean): ProjectEvents => ({
  ...events,
  deployments: events.deployments.map((one) => (isMeant(one.id) ? { ...one, listsCommits: false } : one)),
})

/** The ids of the first deployments of repositories that have a lead time only if their events listed their commits. */
function undecided(events: ProjectEvents): string[] {
  const leadTimes = (read: ProjectEvents) => {
    const account = emptyAccount()
    computeOf(read, { project: '', windows: [], account })
    return account.leadTimes
  }
  const [listed, unlisted] = [leadTimes(events), leadTimes(withoutLists(events, () => true))]
  const isMeasured = (times: typeof listed, id: string) => 'duration' in (times.get(id) ?? {})
  return [...listed.keys()].filter((id) => isMeasured(listed, id) && !isMeasured(unlisted, id))
}

/** The first deployments that are tried one by one as a reason of a wrong number. */
const mostAlone = 20

/** Misreadings: all first deployments, or one of them, yield no lead time although they list their commits. */
export function unlistedIn(events: ProjectEvents): readonly Alternative[] {
  const unlisted = (isMeant: (id: string) => boolean): Alternative => ({
    sentence: 'a first deployment yields no lead time, whether it lists its commits or not',
    events: (read) => withoutLists(read, isMeant),
  })
  const alone = undecided(events).slice(-mostAlone)
  return [unlisted(() => true), ...alone.map((id) => unlisted((other) => other === id))]
}

/** The number of sets of first deployments that are tried, and of events that are computed for them. */
const mostTries = 512
const mostComputed = 10_000_000

/** Events of projects in which some first deployments do not list their commits. */
interface Unlisted {
  readonly events: readonly ProjectEvents[]
  /** The number of these deployments. */
  readonly count: number
}

/**
 * The events in which the fewest numbers are wrong, if every first deployment may or may not have listed its commits. Of several
 * such sets of deployments, the smallest counts. Up to nine of them are tried in every combination.
 * @param projects the events of one or several projects, all of which say that they list their commits
 * @param wrongIn returns the count of wrong numbers
 */
export function likeliestUnlisted(
  projects: readonly ProjectEvents[],
  wrongIn: (projects: readonly ProjectEvents[]) => number,
): Unlisted {
  const firsts = projects.flatMap((events, project) => undecided(events).map((id) => ({ project, id })))
  const size = projects.reduce((sum, { deployments }) => sum + deployments.length, 1)
  let left = Math.min(mostTries, Math.ceil(mostComputed / size))
  let best: Unlisted & { readonly wrong: number } = { events: projects, count: 0, wrong: Number.POSITIVE_INFINITY }
  for (const some of subsets(firsts)) {
    if (left-- === 0 || best.wrong === 0) break
    const events = projects.map((read, project) => {
      const ids = new Set(some.flatMap((first) => (first.project === project ? [first.id] : [])))
      return ids.size === 0 ? read : withoutLists(read, (id) => ids.has(id))
    })
    const wrong = wrongIn(events)
    if (wrong < best.wrong || (wrong === best.wrong && some.length < best.count))
      best = { events, count: some.length, wrong }
  }
  return best
}

/** None and all first, then those of one element and those that lack one, and so on. */
function* subsets<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let size = 0; size <= items.length / 2; size++)
    for (const some of combinations(items, size)) {
      yield some
      if (size * 2 < items.length) yield items.filter((item) => !some.includes(item))
    }
}

function* combinations<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (size === 0) yield []
  else
    for (const [index, item] of items.entries())
      for (const rest of combinations(items.slice(index + 1), size - 1)) yield [item, ...rest]
}
