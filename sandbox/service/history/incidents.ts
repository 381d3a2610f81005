/** What went wrong in production, and the incidents that only an expert thinks of. */
import type { Event, EventOf } from '../ingestion/events'
import { day, hour, minute } from './duration'
import { isPast, type Line, time } from './line'

const titles = [
  'Error rate above the objective',
  'Latency above the objective',
  'Timeouts of the database',
  'Queue is not emptied',
  'Wrong totals reported by customers',
] as const

const severities = ['critical', 'high', 'high', 'medium', 'medium', 'medium', 'low', 'low'] as const

interface Course {
  readonly created: number
  readonly resolved: number | null
  readonly deploymentId?: string
  readonly environment?: string
  readonly severity?: string
}

function incident(line: Line, { created, resolved, deploymentId, environment, severity }: Course): EventOf<'incident'> {
  const { profile, random } = line
  line.incidents += 1
  return {
    type: 'incident',
    project: profile.project,
    incidentId: `incident-${100 + line.incidents}`,
    title: random.pick(titles),
    severity: severity ?? random.pick(severities),
    environment: environment ?? profile.production,
    createdAt: time(created),
    // What would be resolved after the start is still open.
    resolvedAt: resolved !== null && resolved < line.end - minute ? time(resolved) : null,
    ...(deploymentId === undefined ? {} : { deploymentId }),
  }
}

/** The incidents that a deployment caused: none mostly, one at times, two rarely. */
export function incidentEvents(line: Line, event: Event): Event[] {
  const { profile, random } = line
  if (event.type !== 'deployment' || event.environment !== profile.production || event.result !== 'SUCCESS') return []
  const finish = event.finishedAt?.getTime() ?? 0
  const count = random.chance(profile.incidentChance) ? random.pick([1, 1, 1, 1, 2]) : 0
  return Array.from({ length: count }, (): Course => {
    const created = finish + random.between(2, 45) * minute
    const resolved = random.chance(0.06) ? null : created + random.around(profile.restoreHours) * hour
    // Somebody who knows the deployment names it; else it is found by its time.
    return { created, resolved, ...(random.chance(0.4) ? { deploymentId: event.deploymentId } : {}) }
  }).flatMap((course) => (isPast(line, course.created) ? [incident(line, course)] : []))
}

/** Some for every project, whatever the seed: recent, low, staging, open, reopened, resolved before its creation. */
export function rareIncidents(line: Line): Event[] {
  const { profile, random, end } = line
  const restore = () => random.around(profile.restoreHours) * hour
  const recent = [5.2, 3.4].map((ago) => end - ago * day)
  const longAgo = end - random.between(20, 80) * day
  const reopened = incident(line, { created: longAgo, resolved: longAgo + restore() })
  return [
    ...recent.map((created) => incident(line, { created, resolved: created + Math.min(restore(), 2 * day) })),
    // Soon after another: two incidents of one deployment, if none came between.
    incident(line, { created: end - 3.38 * day, resolved: end - 3.38 * day + 10 * minute, severity: 'low' }),
    incident(line, { created: end - 4 * day, resolved: end - 3.9 * day, environment: 'staging' }),
    incident(line, { created: end - 12 * day, resolved: end - 12 * day - 5 * minute }),
    incident(line, { created: end - 11.99 * day, resolved: null }),
    reopened,
    { ...reopened, createdAt: time(longAgo + 2 * day), resolvedAt: time(longAgo + 2 * day + restore()) },
  ]
}
