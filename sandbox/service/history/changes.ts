/** One change on its way: commits, review, builds, staging, production. */
import type { Event, EventOf } from '../ingestion/events'
import { buildEvents } from './builds'
import { hour, minute } from './duration'
import { type Line, sureFailure, time } from './line'

type Commit = EventOf<'push'>['commits'][number]

/** The events of a change whose deployment to production finishes at `finish`. */
export function changeEvents(line: Line, finish: number): Event[] {
  const { profile, random } = line
  const { repository } = profile
  const duration = random.between(2, 9) * minute
  const merged = finish - duration - random.around(profile.waitingHours) * hour
  const opened = merged - random.around(profile.reviewHours) * hour
  const commits = changeCommits(line, { opened, merged, finish })
  const head = commits.at(-1)?.sha ?? ''
  const events: Event[] = [
    { type: 'push', repository, ref: 'refs/heads/main', commits },
    { type: 'review', repository, commitSha: head, openedAt: time(opened), mergedAt: time(merged) },
    ...buildEvents(line, head, merged),
  ]
  line.pending.push(...commits.map(({ sha }) => sha))
  events.push(
    deployment(line, 'staging', 'SUCCESS', merged + (finish - duration - merged) / 2, duration, head, line.pending),
  )
  events.push(...productionEvents(line, finish, duration, head))
  return events
}

/** The deployment itself; before it, at times, one that was aborted or failed; after it, at times, a rollback. */
function productionEvents(line: Line, finish: number, duration: number, head: string): Event[] {
  const { profile, random } = line
  const { production, failureChance } = profile
  const events: Event[] = []
  if (random.chance(0.03)) {
    events.push(deployment(line, production, 'ABORTED', finish - duration - minute, duration, head, line.pending))
  }
  if (random.chance(failureChance) || finish === sureFailure(line.end)) {
    // The commits stay pending: the next success ships them together with its own.
    return [...events, deployment(line, production, 'FAILURE', finish, duration, head, line.pending)]
  }
  // Some pipelines list everything since the last release, which holds commits that had shipped before.
  const earlier = random.chance(0.15) ? line.shipped.slice(-2) : []
  events.push(deployment(line, production, 'SUCCESS', finish, duration, head, [...earlier, ...line.pending]))
  const before = line.shipped
  line.shipped = line.pending
  line.pending = []
  const rollback = finish + random.between(20, 90) * minute
  const old = before.at(-1)
  if (old !== undefined && random.chance(0.03) && rollback < line.end - hour) {
    events.push(deployment(line, production, 'SUCCESS', rollback, duration, old, before))
  }
  return events
}

function deployment(
  line: Line,
  environment: string,
  result: 'SUCCESS' | 'FAILURE' | 'ABORTED',
  finish: number,
  duration: number,
  head: string,
  commits: readonly string[],
): Event {
  line.deployments += 1
  return {
    type: 'deployment',
    project: line.profile.project,
    deploymentId: `deploy-${1000 + line.deployments}`,
    commitSha: head,
    result,
    originalStatus: { SUCCESS: 'success', FAILURE: 'failure', ABORTED: 'aborted' }[result],
    environment,
    startedAt: time(finish - duration),
    finishedAt: time(finish),
    repository: line.profile.repository,
    commits: [...commits],
  }
}

interface Milestones {
  readonly opened: number
  readonly merged: number
  readonly finish: number
}

const subjects = ['Add', 'Fix', 'Remove', 'Speed up', 'Simplify', 'Test'] as const
const objects = ['the price rounding', 'the retry of requests', 'the cache', 'an index', 'the validation'] as const

/** One to four commits, oldest first; the first at the beginning of the work, the last before the review or during it. */
function changeCommits({ profile, random }: Line, { opened, merged, finish }: Milestones): Commit[] {
  const began = opened - random.around(profile.codingHours) * hour
  const count = random.whole(1, 4)
  // One clock in fifty is wrong: such a change was authored after it was deployed.
  const skewed = random.chance(0.02)
  const rebased = random.chance(0.1)
  return Array.from({ length: count }, (_, index): Commit => {
    const last = count > 1 && random.chance(0.4) ? merged : opened
    const authored = began + ((last - began) * index) / count
    const authoredAt = time(skewed ? finish + random.between(1, 30) * minute : authored)
    const name = random.pick(profile.people)
    const email = `${name
      .toLowerCase()
      .normalize('NFD')
      .replaceAll(/[^a-z]+/g, '.')}@shop.example`
    return {
      sha: random.hex(40),
      message: `${random.pick(subjects)} ${random.pick(objects)}`,
      authorName: name,
      authorEmail: email,
      authoredAt,
      committerName: name,
      committerEmail: email,
      // A rebase keeps the author's date and sets the other one.
      committedAt: rebased ? time(merged - (count - index) * 1000) : authoredAt,
    }
  })
}
