/** The likely reasons of the wrong numbers of a project. */
import type { ProjectEvents } from '../../dora/compute'
import { fourMetrics } from '../../dora/measured'
import type { Question } from '../../dora/oracle'
import type { Platform } from '../../platform/platform'
import { explanationsOf } from './differences'
import {
  type AnswerDifference,
  coversFailureRateWindow,
  failureRateLength,
  misreadWindowOf,
} from './surface-comparison'

/**
 * Missing series where they are all that is wrong; else the definitions by which the events yield the numbers.
 * @param questionAt the question over the ranges that end at an instant
 * @param read the events; by default those that are stored
 */
export async function likelyReasons(
  platform: Platform,
  questionAt: (end: number) => Question,
  all: readonly AnswerDifference[],
  read?: ProjectEvents,
): Promise<ReadonlyMap<AnswerDifference, readonly string[]>> {
  const missing = all.map(({ answer, difference }) => answer.unexposed?.get(difference.quantity))
  if (missing.every((metric) => metric !== undefined))
    return new Map(all.map((one, index) => [one, [`the project has no series of ${missing[index]}`]]))
  const wrong = new Set<string>(all.map(({ difference }) => difference.quantity))
  const right = fourMetrics.filter((metric) => !wrong.has(metric))
  const likely = new Map<AnswerDifference, readonly string[]>()
  for (const end of new Set(all.map((one) => one.end))) {
    const some = all.filter((one) => one.end === end)
    const numbers = some.map(({ answer, difference: { quantity, found } }) => ({
      window: coversFailureRateWindow(quantity) ? failureRateLength : answer.length,
      quantity,
      // The alternatives recompute the events of every severity.
      found: answer.surface.severity === undefined ? found : undefined,
    }))
    const found = await explanationsOf(platform, questionAt(end), numbers, read, right)
    for (const [index, one] of some.entries())
      likely.set(one, one.difference.quantity === 'time range' ? misreadWindowOf(one.answer) : (found[index] ?? []))
  }
  return likely
}
