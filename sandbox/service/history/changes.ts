/** One change from commit to production: commits, review, builds, staging, production. */
import type { Event, EventOf } from '../ingestion/events'
import { buildEvents } from './builds'
import { hour, minute } from './duration'
import { guaranteedFailure, type Timeline, time } from './timeline'

type Commit = EventOf<'push'>['commits'][number]

/** The events of a change whose production deployment finishes at `finish`, in milliseconds since 1970. */
export function changeEvents(timeline: Timeline, finish: number): Event[] {
  const { profile, random } = timeline
  const { repository } = profile
  const duration = random.between(2, 9) * minute
  const merged = finish - duration - random.around(profile.waitingHours) * hour
  const opened = merged - random.around(profile.reviewHours) * hour
  const commits = changeCommits(timeline, { opened, merged, finish })
  const head = commits.at(-1)?.sha ?? ''
  const events: Event[] = [
    { type: 'push', repository, ref: 'refs/heads/main', commits },
    { type: 'review', repository, commitSha: head, openedAt: time(opened), mergedAt: time(merged) },
    ...buildEvents(timeline, head, merged),
  ]
  timeline.pending.push(...commits.map(({ sha }) => sha))
  events.push(
    deployment(
      timeline,
      'staging',
      'SUCCESS',
      merged + (finish - duration - merged) / 2,
      duration,
      head,
      timeline.pending,
    ),
  )
  events.push(...productionEvents(timeline, finish, duration, head))
  return events
}

/** The production deployment, which may fail. Sometimes an aborted one precedes it, or a rollback follows it. */
function productionEvents(timeline: Timeline, finish: number, duration: number, head: string): Event[] {
  const { profile, random } = timeline
  const { production, failureChance } = profile
  const events: Event[] = []
  if (random.chance(0.03)) {
    events.push(
      deployment(timeline, production, 'ABORTED', finish - duration - minute, duration, head, timeline.pending),
    )
  }
  if (random.chance(failureChance) || finish === guaranteedFailure(timeline.end)) {
    // The commits stay pending: the next successful deployment ships them together with its own.
    return [...events, deployment(timeline, production, 'FAILURE', finish, duration, head, timeline.pending)]
  }
  // Some pipelines list everything since the last release, including commits that have already shipped.
  const earlier = random.chance(0.15) ? timeline.shipped.slice(-2) : []
  events.push(deployment(timeline, production, 'SUCCESS', finish, duration, head, [...earlier, ...timeline.pending]))
  const before = timeline.shipped
  timeline.shipped = timeline.pending
  timeline.pending = []
  const rollback = finish + random.between(20, 90) * minute
  const old = before.at(-1)
  if (old !== undefined && random.chance(0.03) && rollback < timeline.end - hour) {
    events.push(deployment(timeline, production, 'SUCCESS', rollback, duration, old, before))
  }
  return events
}

function deployment(
  timeline: Timeline,
  environment: string,
  result: 'SUCCESS' | 'FAILURE' | 'ABORTED',
  finish: number,
  duration: number,
  head: string,
  commits: readonly string[],
): Event {
  timeline.deployments += 1
  return {
    type: 'deployment',
    project: timeline.profile.project,
    deploymentId: `deploy-${1000 + timeline.deployments}`,
    commitSha: head,
    result,
    originalStatus: { SUCCESS: 'success', FAILURE: 'failure', ABORTED: 'aborted' }[result],
    environment,
    startedAt: time(finish - duration),
    finishedAt: time(finish),
    repository: timeline.profile.repository,
    commits: [...commits],
  }
}

interface Milestones {
  readonly opened: number
  readonly merged: number
  readonly finish: number
}

const subjects = ['Add', 'Fix', 'Remove', 'Speed up', 'Simplify', 'Test'] as const
const objects = ['price rounding', 'request retries', 'the cache', 'an index', 'input validation'] as const

/** One to four commits, oldest first. The first is at the start of the work, the last before or during the review. */
function changeCommits({ profile, random }: Timeline, { opened, merged, finish }: Milestones): Commit[] {
  const began = opened - random.around(profile.codingHours) * hour
  const count = random.whole(1, 4)
  // One clock in fifty is wrong: such a change appears to be authored after it was deployed.
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
      // A rebase keeps the author date and sets a new commit date.
      committedAt: rebased ? time(merged - (count - index) * 1000) : authoredAt,
    }
  })
}
