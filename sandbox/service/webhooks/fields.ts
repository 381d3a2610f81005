/** Fields that the bodies of several webhooks have in common. */
import { z } from 'zod'
import { instant } from '../basis/instant'
import { longest } from '../database/keys'
import type { Result } from '../ingestion/events'

export const text = z.string().max(longest.text)
export const name = text.min(1)
export const projectName = name.max(longest.project)
export const identifier = name.max(longest.id)

/** Refuses dates that the tables cannot hold. */
export const timestamp = instant.refine((value) => value.getUTCFullYear() >= 1970, 'expected a time in 1970 or later')

const longestDuration = 366 * 86_400
export const seconds = z.number().min(0).max(longestDuration)

/** Senders' words for an outcome; null means that there is none yet. */
const outcomes: Readonly<Record<string, Result | null>> = {
  success: 'SUCCESS',
  succeeded: 'SUCCESS',
  passed: 'SUCCESS',
  failure: 'FAILURE',
  failed: 'FAILURE',
  error: 'FAILURE',
  aborted: 'ABORTED',
  running: null,
}

/** A status in the sender's words, in upper or lower case, with its result. */
export const outcome = text.transform((original, context): { original: string; result: Result | null } => {
  const result = outcomes[original.toLowerCase()]
  if (result !== undefined) return { original, result }
  context.addIssue({
    code: 'custom',
    message: `expected one of ${Object.keys(outcomes).join(', ')}, found "${original}"`,
  })
  return z.NEVER
})
