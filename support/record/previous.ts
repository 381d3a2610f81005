/** The record of the last conclusive run, from the archive, for comparison with the next one. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { addFiles, conclusiveRecords, entriesIn, fileOf, type Judged } from './archive'
import { type ChangesSinceLastRun, changesBetween, type Earlier, earlierSchema } from './changes'
import { signatureOf } from './signature'
import type { ItemState, Verdict } from './verdict'
import { verifyRecord } from './verification'

const recordIn = (directory: string) => join(directory, 'verdict.json')

const ended = z.object({
  digest: z.string(),
  run: z.string().optional(),
  finishedAt: z.iso.datetime(),
  scope: z.object({ shard: z.null() }),
})

/**
 * Removes the record of the last run, so that nobody mistakes it for that of the run that starts now. A whole run that the
 * archive does not hold is archived first.
 * @param kept names of the files that the archive keeps
 */
export function setAside(directory: string, kept: readonly string[]): void {
  const record = recordIn(directory)
  if (!existsSync(record)) return
  const run = runIn(record)
  if (run !== undefined && !isArchived(directory, run.digest)) addFiles(directory, run.finishedAt, kept)
  rmSync(record)
  rmSync(signatureOf(record), { force: true })
}

function runIn(file: string): z.infer<typeof ended> | undefined {
  try {
    return ended.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}

const isArchived = (directory: string, digest: string): boolean =>
  entriesIn(directory)
    .slice(0, 5)
    .some((entry) => runIn(fileOf(directory, entry))?.digest === digest)

/**
 * Ids of the items that the last run left failed, blocked or in error.
 * @returns a sentence that says why, if there is no record or it cannot be trusted
 */
export function unfinishedItems(directory: string): string[] | string {
  const file = recordIn(directory)
  if (!existsSync(file)) return `There is no record ${file} of a last run.`
  const { outcome } = verifyRecord(file)
  if (outcome === 'changed') return `The record ${file} was changed after the run wrote it.`
  if (outcome === 'not checked') return `The record ${file} cannot be checked; dora-acceptance verify names the reason.`
  const last = earlierSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (!last.success) return `The record ${file} was written by another version of the suite.`
  const unfinished: readonly ItemState[] = ['error', 'failed', 'blocked']
  return last.data.items.filter(({ status }) => unfinished.includes(status)).map(({ id }) => id)
}

/** The run that is compared: its record, the name that its attempts share, and the platform that it judged; absent: any. */
interface Own extends Partial<Judged> {
  readonly digest?: string
  readonly run?: string | null | undefined
}

/**
 * Returns the record of the last conclusive run of the platform, or a sentence that says why there is none to compare with. Attempts
 * of the same run do not count. If all runs judged other platforms, returns the last of them, and the comparison says so.
 */
export function lastConclusive(directory: string, own: Own = {}): Earlier | string {
  return (
    trusted(earlierRuns(directory, own), (earlier) => isOfSamePlatform(earlier, own)) ??
    trusted(earlierRuns(directory, own)) ??
    'There is no record of an earlier conclusive run to compare with.'
  )
}

const isOfSamePlatform = (earlier: Judged, { platform, scope }: Partial<Judged>): boolean =>
  (platform === undefined ||
    (earlier.platform.server === platform.server && earlier.platform.namespace === platform.namespace)) &&
  (scope === undefined || earlier.scope.contract === scope.contract)

function* earlierRuns(directory: string, own: Own): Generator<string> {
  for (const file of conclusiveRecords(directory)) {
    const { digest, run } = runIn(file) ?? {}
    if (!(own.digest && digest === own.digest) && !(own.run && run === own.run)) yield file
  }
}

/** The first record that is meant and can be trusted, or a sentence that says why none can; undefined if none is meant. */
function trusted(files: Iterable<string>, isMeant?: (earlier: Earlier) => boolean): Earlier | string | undefined {
  let reason: string | undefined
  for (const file of files) {
    const { data } = earlierSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    if (isMeant && !(data && isMeant(data))) continue
    if (verifyRecord(file).outcome !== 'unchanged')
      reason = 'The record of the last run was changed after it was written, so the two runs are not compared.'
    else if (data) return data
    else
      reason =
        'The record of the last run was written by another version of the suite, so the two runs are not compared.'
  }
  return reason
}

/** Compares with the last conclusive run. @returns a sentence that says why, if there is no comparison */
export function changesSinceLast(directory: string, verdict: Verdict): ChangesSinceLastRun | string {
  const last = lastConclusive(directory, verdict)
  return typeof last === 'string' ? last : changesBetween(last, verdict)
}
