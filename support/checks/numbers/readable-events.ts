/** The stored events of a project, where a finding can do without them. */
import { Blocked, Unmet, unless } from '../../basis/expectation'
import type { ProjectEvents } from '../../dora/compute'
import type { Platform } from '../../platform/platform'
import { eventsOfProject } from '../../service/raw-events'

/** Undefined if there are too many events, or if they cannot be read. */
export const readableEvents = (platform: Platform, project: string): Promise<ProjectEvents | undefined> =>
  eventsOfProject(platform, project).catch(unless(undefined, Unmet, Blocked))
