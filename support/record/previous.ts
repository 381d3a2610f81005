/** Keeps the record of the last run for comparison with the next one. */
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type ChangesSinceLastRun, changesBetween, type Earlier } from './changes'
import { type ItemState, itemStates, type Verdict, verdictNames } from './verdict'
import { verifyRecord } from './verification'

const recordIn = (directory: string) => join(directory, 'verdict.json')
const previousIn = (directory: string) => join(directory, 'previous-verdict.json')

/**
 * Renames the record of the last run, so that nobody mistakes it for that of the run that starts now. If the last run left
 * no record, the one before it is kept.
 */
export function setAside(directory: string): void {
  if (existsSync(recordIn(directory))) renameSync(recordIn(directory), previousIn(directory))
}

const text = z.string()
const schema: z.ZodType<Earlier> = z.object({
  verdict: z.enum(verdictNames),
  finishedAt: z.iso.datetime(),
  platform: z.object({ server: text.nullable(), namespace: text }),
  scope: z.object({ contract: text }),
  suite: z.object({ checklistSha256: text }),
  items: z.array(z.object({ id: text, status: z.enum(itemStates) })),
  causes: z.array(z.object({ id: text, summary: text, object: text, items: z.array(text) })),
  digest: text,
})

/**
 * Ids of the items that the last run left failed, blocked or in error.
 * @returns a sentence that says why, if there is no record or it cannot be trusted
 */
export function unfinishedItems(directory: string): string[] | string {
  const file = recordIn(directory)
  if (!existsSync(file)) return `There is no record ${file} of a last run.`
  if (verifyRecord(file).outcome !== 'unchanged') return `The record ${file} was changed after the run wrote it.`
  const last = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!last.success) return `The record ${file} was written by another version of the suite.`
  const unfinished: readonly ItemState[] = ['error', 'failed', 'blocked']
  return last.data.items.filter(({ status }) => unfinished.includes(status)).map(({ id }) => id)
}

/** Compares with the last run. @returns a sentence that says why, if there is no earlier record or it cannot be trusted */
export function changesSinceLast(directory: string, verdict: Verdict): ChangesSinceLastRun | string {
  const file = previousIn(directory)
  if (!existsSync(file)) return 'There is no record of an earlier run to compare with.'
  if (verifyRecord(file).outcome !== 'unchanged')
    return 'The record of the last run was changed after it was written, so the two runs are not compared.'
  const earlier = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  return earlier.success
    ? changesBetween(earlier.data, verdict)
    : 'The record of the last run was written by another version of the suite, so the two runs are not compared.'
}
