/** Keeps the record of the last conclusive run for comparison with the next one. */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type ChangesSinceLastRun, changesBetween, type Earlier, earlierSchema } from './changes'
import { signatureOf } from './signature'
import type { ItemState, Verdict } from './verdict'
import { verifyRecord } from './verification'

const recordIn = (directory: string) => join(directory, 'verdict.json')
const previousIn = (directory: string) => join(directory, 'previous-verdict.json')

/** A run says something about the platform if it was complete, did not break, and checked at least one item. */
const conclusive = z.object({
  verdict: z.enum(['accepted', 'rejected', 'blocked', 'partial']),
  scope: z.object({ filter: z.null(), shard: z.null() }),
  items: z
    .array(z.object({ how: z.string(), status: z.string() }))
    .refine((items) => items.some(({ how, status }) => how !== 'derived' && ['passed', 'failed'].includes(status))),
})

function isConclusive(file: string): boolean {
  try {
    return conclusive.safeParse(JSON.parse(readFileSync(file, 'utf8'))).success
  } catch {
    return false
  }
}

/**
 * Removes the record of the last run, so that nobody mistakes it for that of the run that starts now. A conclusive one is kept
 * for the comparison; one of a run that checked nothing replaces no conclusive one.
 */
export function setAside(directory: string): void {
  const [record, previous] = [recordIn(directory), previousIn(directory)]
  if (!existsSync(record)) return
  if (existsSync(previous) && isConclusive(previous) && !isConclusive(record)) {
    rmSync(record)
    return
  }
  renameSync(record, previous)
  rmSync(signatureOf(previous), { force: true })
  if (existsSync(signatureOf(record))) renameSync(signatureOf(record), signatureOf(previous))
}

/**
 * Ids of the items that the last run left failed, blocked or in error.
 * @returns a sentence that says why, if there is no record or it cannot be trusted
 */
export function unfinishedItems(directory: string): string[] | string {
  const file = recordIn(directory)
  if (!existsSync(file)) return `There is no record ${file} of a last run.`
  if (verifyRecord(file).outcome !== 'unchanged') return `The record ${file} was changed after the run wrote it.`
  const last = earlierSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!last.success) return `The record ${file} was written by another version of the suite.`
  const unfinished: readonly ItemState[] = ['error', 'failed', 'blocked']
  return last.data.items.filter(({ status }) => unfinished.includes(status)).map(({ id }) => id)
}

/** The record of the last conclusive run, or a sentence that says why there is none to compare with. */
export function lastConclusive(directory: string): Earlier | string {
  const file = previousIn(directory)
  if (!existsSync(file)) return 'There is no record of an earlier run to compare with.'
  if (verifyRecord(file).outcome !== 'unchanged')
    return 'The record of the last run was changed after it was written, so the two runs are not compared.'
  if (!isConclusive(file))
    return 'The last run checked only a part of the platform or nothing at all, so the two runs are not compared.'
  const earlier = earlierSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  return earlier.success
    ? earlier.data
    : 'The record of the last run was written by another version of the suite, so the two runs are not compared.'
}

/** Compares with the last conclusive run. @returns a sentence that says why, if there is no comparison */
export function changesSinceLast(directory: string, verdict: Verdict): ChangesSinceLastRun | string {
  const last = lastConclusive(directory)
  return typeof last === 'string' ? last : changesBetween(last, verdict)
}
