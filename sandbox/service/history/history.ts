/**
 * The history that a new sandbox begins with: 120 days of three projects up to its start, made of the same events that
 * webhooks deliver. It holds what real data hold and wrong definitions stumble over: failures whose commits ship later,
 * rollbacks, aborted and staging deployments, open and reopened incidents, clocks that disagree.
 */
import type { Event } from '../ingestion/events'
import { changeEvents } from './changes'
import { day, hour, minute } from './duration'
import { incidentEvents, rareIncidents } from './incidents'
import { type Line, sureFailure } from './line'
import { type Profile, profiles } from './profiles'
import { createRandom, type Random } from './random'

const days = 120

/** Nothing happened in the last minutes before the start, so that no duration reaches beyond it. */
const quiet = 15 * minute

/** The same seed and end give the same events. */
export function generateHistory(seed: number, end: Date): readonly Event[] {
  const random = createRandom(seed)
  return profiles.flatMap((profile) => projectHistory(profile, random, end.getTime()))
}

function projectHistory(profile: Profile, random: Random, end: number): Event[] {
  const { project, description, team, settings } = profile
  const line: Line = { profile, random, end, deployments: 0, incidents: 0, pending: [], shipped: [] }
  const changes = changeTimes(profile, random, end).flatMap((finish) => changeEvents(line, finish))
  const incidents = changes.flatMap((event) => incidentEvents(line, event))
  return [
    { type: 'project', project, description, team, settings: { ...settings } },
    ...changes,
    ...incidents,
    ...rareIncidents(line),
    ...measurements(profile, random, end),
  ]
}

/**
 * When changes reached production, or failed to, in order. The last days have some whatever the seed, so that no metric is
 * empty, and the last weeks a failure, so that whoever counts it as a success is seen.
 */
function changeTimes({ changesADay }: Profile, random: Random, end: number): number[] {
  const latest = end - quiet
  const recent = [5.4, 3.6, 1.7].map((ago) => end - ago * day).concat(sureFailure(end))
  const times = Array.from({ length: days }, (_, index) => {
    const midnight = Math.floor((end - (days - index) * day) / day) * day
    const weekend = [0, 6].includes(new Date(midnight).getUTCDay())
    const count = weekend
      ? Number(random.chance(0.12))
      : Math.floor(changesADay * random.between(0.5, 1.5) + random.next())
    return Array.from({ length: count }, () => midnight + timeOfDay(random))
  }).flat()
  const earliest = end - days * day
  return [...times, ...recent].filter((time) => time >= earliest && time < latest).sort((one, other) => one - other)
}

/** Working hours mostly; some are up at night, also around midnight. In whole milliseconds. */
const timeOfDay = (random: Random): number =>
  Math.floor(random.chance(0.08) ? random.between(0, day) : random.between(7.5 * hour, 18 * hour))

/** What monitoring measured at noon of each day. */
function measurements({ project, sloTarget }: Profile, random: Random, end: number): Event[] {
  return Array.from({ length: days }, (_, index): Event => {
    const unavailable = (100 - sloTarget) * random.between(0.1, random.chance(0.1) ? 4 : 1.1)
    return {
      type: 'measurement',
      project,
      measuredAt: new Date(Math.floor(end / day) * day - (index + 1) * day + 12 * hour),
      availability: 100 - unavailable,
      sloTarget,
      p99LatencyMs: random.around(250),
      errorRate: unavailable * random.between(0.5, 1),
    }
  })
}
