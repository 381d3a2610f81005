/** The record of the last run, kept beside the reports of the next until that one is over, to say what changed. */
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Changes, changesBetween, type Earlier } from './changes'
import { itemStates, type Verdict, verdictNames } from './verdict'
import { verifyRecord } from './verification'

const recordIn = (directory: string) => join(directory, 'verdict.json')
const previousIn = (directory: string) => join(directory, 'previous-verdict.json')

/** Sets the record of the last run aside, by a name that nobody takes for that of this one. A run without a record leaves the one before it. */
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

/** @returns a sentence where there is nothing to compare with, or nothing that can be trusted */
export function changesSinceLast(directory: string, verdict: Verdict): Changes | string {
  const file = previousIn(directory)
  if (!existsSync(file)) return 'No earlier run left its record here.'
  if (verifyRecord(file).outcome !== 'untouched')
    return 'The record of the last run is not as it was written, so it is not compared.'
  const earlier = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  return earlier.success
    ? changesBetween(earlier.data, verdict)
    : 'The record of the last run is of another version of the suite, so it is not compared.'
}
