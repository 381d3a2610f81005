/**
 * The history of a new sandbox: 120 days of three projects up to its start, as the same events that webhooks deliver.
 * It contains the cases of real data that expose wrong definitions: failures whose commits ship later, rollbacks,
 * aborted and staging deployments, open and reopened incidents, clocks that disagree.
 */
import type { Event } from '../ingestion/events'
import { changeEvents } from './changes'
import { day, hour, minute } from './duration'
import { incidentEvents, rareIncidents } from './incidents'
import { type Profile, profiles } from './profiles'
import { createRandom, type Random } from './random'
import { guaranteedFailure, type Timeline } from './timeline'

const days = 120

/** Nothing happens in the last minutes before the start, so that no duration extends past it. In milliseconds. */
const quiet = 15 * minute

/** Returns the same events for the same seed and end. */
export function generateHistory(seed: number, end: Date): readonly Event[] {
  const random = createRandom(seed)
  return profiles.flatMap((profile) => projectHistory(profile, random, end.getTime()))
}

function projectHistory(profile: Profile, random: Random, end: number): Event[] {
  const { project, description, team, settings } = profile
  const timeline: Timeline = { profile, random, end, deployments: 0, incidents: 0, pending: [], shipped: [] }
  const changes = changeTimes(profile, random, end).flatMap((finish) => changeEvents(timeline, finish))
  const incidents = changes.flatMap((event) => incidentEvents(timeline, event))
  return [
    { type: 'project', project, description, team, settings: { ...settings } },
    ...changes,
    ...incidents,
    ...rareIncidents(timeline),
    ...measurements(profile, random, end),
  ]
}

/**
 * Times at which changes reach production or fail to, in order, in milliseconds since 1970. Whatever the seed, the
 * last days have some, so that no metric is empty. The last weeks have a failure, so that counting it as a success is
 * noticed.
 */
function changeTimes({ changesPerDay }: Profile, random: Random, end: number): number[] {
  const latest = end - quiet
  const recent = [5.4, 3.6, 1.7].map((ago) => end - ago * day).concat(guaranteedFailure(end))
  const times = Array.from({ length: days }, (_, index) => {
    const midnight = Math.floor((end - (days - index) * day) / day) * day
    const weekend = [0, 6].includes(new Date(midnight).getUTCDay())
    const count = weekend
      ? Number(random.chance(0.12))
      : Math.floor(changesPerDay * random.between(0.5, 1.5) + random.next())
    return Array.from({ length: count }, () => midnight + timeOfDay(random))
  }).flat()
  const earliest = end - days * day
  return [...times, ...recent].filter((time) => time >= earliest && time < latest).sort((one, other) => one - other)
}

/** A time of day in whole milliseconds: mostly working hours, sometimes at night, also around midnight. */
const timeOfDay = (random: Random): number =>
  Math.floor(random.chance(0.08) ? random.between(0, day) : random.between(7.5 * hour, 18 * hour))

/** Measurements by monitoring at noon of each day. */
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
