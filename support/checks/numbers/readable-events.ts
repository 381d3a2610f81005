/** The stored events of a project, where a finding can do without them. */
import { Blocked, Unmet } from '../../basis/expectation'
import type { ProjectEvents } from '../../dora/compute'
import type { Platform } from '../../platform/platform'
import { eventsOfProject } from '../../service/raw-events'

/** Undefined if there are too many events, or if they cannot be read. */
export async function readableEvents(platform: Platform, project: string): Promise<ProjectEvents | undefined> {
  try {
    return await eventsOfProject(platform, project)
  } catch (error) {
    if (error instanceof Unmet || error instanceof Blocked) return undefined
    throw error
  }
}
