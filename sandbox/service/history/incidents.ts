/** Incidents in production, including the rare cases that only an expert thinks of. */
import type { Event, EventOf } from '../ingestion/events'
import { day, hour, minute } from './duration'
import { isPast, type Timeline, time } from './timeline'

const titles = [
  'Error rate above the objective',
  'Latency above the objective',
  'Database timeouts',
  'Queue does not drain',
  'Customers report wrong totals',
] as const

const severities = ['critical', 'high', 'high', 'medium', 'medium', 'medium', 'low', 'low'] as const

interface Course {
  readonly created: number
  readonly resolved: number | null
  readonly deploymentId?: string
  readonly environment?: string
  readonly severity?: string
}

function incident(
  timeline: Timeline,
  { created, resolved, deploymentId, environment, severity }: Course,
): EventOf<'incident'> {
  const { profile, random } = timeline
  timeline.incidents += 1
  return {
    type: 'incident',
    project: profile.project,
    incidentId: `incident-${100 + timeline.incidents}`,
    title: random.pick(titles),
    severity: severity ?? random.pick(severities),
    environment: environment ?? profile.production,
    createdAt: time(created),
    // An incident that would be resolved after the start is still open.
    resolvedAt: resolved !== null && resolved < timeline.end - minute ? time(resolved) : null,
    ...(deploymentId === undefined ? {} : { deploymentId }),
  }
}

/** The incidents that a deployment caused: usually none, sometimes one, rarely two. */
export function incidentEvents(timeline: Timeline, event: Event): Event[] {
  const { profile, random } = timeline
  if (event.type !== 'deployment' || event.environment !== profile.production || event.result !== 'SUCCESS') return []
  const finish = event.finishedAt?.getTime() ?? 0
  const count = random.chance(profile.incidentChance) ? random.pick([1, 1, 1, 1, 2]) : 0
  return Array.from({ length: count }, (): Course => {
    const created = finish + random.between(2, 45) * minute
    const resolved = random.chance(0.06) ? null : created + random.around(profile.restoreHours) * hour
    // A reporter who knows the deployment names it; otherwise it is found by its time.
    return { created, resolved, ...(random.chance(0.4) ? { deploymentId: event.deploymentId } : {}) }
  }).flatMap((course) => (isPast(timeline, course.created) ? [incident(timeline, course)] : []))
}

/** Incidents of every project, whatever the seed: recent of three severities, staging, open, reopened, resolved before creation. */
export function rareIncidents(timeline: Timeline): Event[] {
  const { profile, random, end } = timeline
  const restore = () => random.around(profile.restoreHours) * hour
  const recent = [
    { created: end - 5.2 * day, severity: 'critical' },
    { created: end - 3.4 * day, severity: 'high' },
  ]
  const longAgo = end - random.between(20, 80) * day
  const reopened = incident(timeline, { created: longAgo, resolved: longAgo + restore() })
  return [
    ...recent.map((course) =>
      incident(timeline, { ...course, resolved: course.created + Math.min(restore(), 2 * day) }),
    ),
    // Soon after another incident: both belong to one deployment, unless another deployment came between them.
    incident(timeline, { created: end - 3.38 * day, resolved: end - 3.38 * day + 10 * minute, severity: 'low' }),
    incident(timeline, { created: end - 4 * day, resolved: end - 3.9 * day, environment: 'staging' }),
    incident(timeline, { created: end - 12 * day, resolved: end - 12 * day - 5 * minute }),
    incident(timeline, { created: end - 11.99 * day, resolved: null }),
    reopened,
    { ...reopened, createdAt: time(longAgo + 2 * day), resolvedAt: time(longAgo + 2 * day + restore()) },
  ]
}
