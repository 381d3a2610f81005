/** Recent events that are in no number, because they belong to no project that the service lists: one that was renamed, perhaps. */
import { z } from 'zod'
import { few } from '../basis/few'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'
import { isOfPlatform } from './projects'
import { eventsByProject, type OwnedEvents } from './raw-event-statements'

const row = z.looseObject({ project: z.string(), events: z.coerce.number() })

/** @param listed the projects of the platform. Returns a line of the evidence for each kind of events. */
export async function uncountedEvents(
  platform: Platform,
  listed: readonly string[],
): Promise<Partial<Record<OwnedEvents, string>>> {
  const credentials = await credentialsOf(platform, 'service')
  const found: Partial<Record<OwnedEvents, string>> = {}
  for (const [kind, statement] of Object.entries(eventsByProject(platform.configuration)) as [OwnedEvents, string][]) {
    const rows = await platform.database.rows(credentials, row, statement)
    const line = uncountedIn(kind, rows, listed)
    if (line !== undefined) found[kind] = line
  }
  return found
}

/** Undefined if all of them belong to projects of the platform, or of stories. */
export function uncountedIn(
  kind: OwnedEvents,
  rows: readonly z.infer<typeof row>[],
  listed: readonly string[],
): string | undefined {
  const stray = rows.filter(({ project }) => isOfPlatform(project) && !listed.includes(project))
  if (stray.length === 0) return undefined
  const count = stray.reduce((sum, { events }) => sum + events, 0)
  const owners = stray.map(({ project }) => (project === '' ? 'no project' : project)).sort()
  return `${count} ${kind} of the last 90 days are in no number, because no listed project has them: they belong to ${few(owners)}`
}
