/** The state of one project while its history is generated. */
import { day, hour } from './duration'
import type { Profile } from './profiles'
import type { Random } from './random'

/** A project's history as far as it has been generated. */
export interface Timeline {
  readonly profile: Profile
  readonly random: Random
  /** The start of the sandbox, in milliseconds since 1970. Every event is earlier. */
  readonly end: number
  deployments: number
  incidents: number
  /** Commits that no successful deployment has shipped yet. */
  pending: string[]
  /** The commits of the last successful deployment. */
  shipped: string[]
}

/** The time at which a deployment of each project fails, whatever the seed; in milliseconds since 1970. */
export const guaranteedFailure = (end: number): number => end - 12.3 * day

/** A Date from milliseconds since 1970, rounded down to whole milliseconds. */
export const time = (milliseconds: number): Date => new Date(Math.floor(milliseconds))

/** Returns true for times more than an hour before the start of the sandbox. */
export const isPast = (timeline: Timeline, milliseconds: number): boolean => milliseconds < timeline.end - hour
