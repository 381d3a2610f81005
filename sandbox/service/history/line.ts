/** The course of one project's history. */
import { day, hour } from './duration'
import type { Profile } from './profiles'
import type { Random } from './random'

/** A project's line of changes, as far as it has got. */
export interface Line {
  readonly profile: Profile
  readonly random: Random
  /** The start of the sandbox, in milliseconds since 1970; everything lies before. */
  readonly end: number
  deployments: number
  incidents: number
  /** Commits that no success has shipped yet. */
  pending: string[]
  /** The commits of the last success. */
  shipped: string[]
}

/** When each project has a deployment that fails, whatever the seed. */
export const sureFailure = (end: number): number => end - 12.3 * day

export const time = (milliseconds: number): Date => new Date(Math.floor(milliseconds))

/** Returns true for a time at least an hour before the start of the sandbox. */
export const isPast = (line: Line, milliseconds: number): boolean => milliseconds < line.end - hour
