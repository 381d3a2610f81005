/**
 * The archive of a reports directory: each run's record, page and JUnit file in a directory named after the end of the run.
 * An entry is written under another name first, so that an archive holds whole entries only, and no entry is ever replaced.
 */
import { randomUUID } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../basis/message'
import { partsAltered } from './digest'
import { longestHistory } from './history'
import { type EarlierRun, type History, type Verdict, verdictNames } from './verdict'

/** The limits of an archive. */
export interface Retention {
  /** The most entries. */
  readonly runs: number
  /** The age in days at which an entry is removed. */
  readonly days: number
}

export const defaultRetention: Retention = { runs: 100, days: 400 }

export const archiveIn = (directory: string) => join(directory, 'archive')

const entryName = /^(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)(-\d+)?$/
const nameOf = (finishedAt: string) => new Date(finishedAt).toISOString().replaceAll(':', '-')
const timeOf = (name: string) => Date.parse(name.slice(0, 24).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'))

/** The names of the entries, newest first. */
export function entriesIn(directory: string): string[] {
  const archive = archiveIn(directory)
  // A file in the place of the archive is named when the next entry cannot be written.
  if (statSync(archive, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const names = readdirSync(archive, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() && entryName.test(entry.name) ? [entry.name] : [],
  )
  return names.sort((one, other) => byNumber.compare(other, one))
}

const byNumber = new Intl.Collator('en', { numeric: true })

/** The path of a file of an entry. */
export const fileOf = (directory: string, entry: string, file = 'verdict.json') =>
  join(archiveIn(directory), entry, file)

/**
 * Adds an entry. An earlier entry of the same time stays.
 * @param files their contents by name; null is left out
 */
export function addEntry(directory: string, finishedAt: string, files: Readonly<Record<string, string | null>>): void {
  add(directory, nameOf(finishedAt), (fresh) => {
    for (const [name, content] of Object.entries(files)) if (content !== null) writeFileSync(join(fresh, name), content)
  })
}

/** Adds the files of a run that no entry holds yet, because the run ended before it could. */
export function addFiles(directory: string, finishedAt: string, names: readonly string[]): void {
  add(directory, nameOf(finishedAt), (fresh) => {
    for (const name of names) if (existsSync(join(directory, name))) cpSync(join(directory, name), join(fresh, name))
  })
}

function add(directory: string, name: string, fill: (directory: string) => void): void {
  const archive = archiveIn(directory)
  const fresh = join(archive, `.${randomUUID()}.new`)
  mkdirSync(fresh, { recursive: true })
  try {
    fill(fresh)
    const [free = name] = [name, ...Array.from({ length: 100 }, (_, index) => `${name}-${index + 2}`)].filter(
      (one) => !existsSync(join(archive, one)),
    )
    renameSync(fresh, join(archive, free))
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/**
 * Removes entries beyond the limits, oldest first. The newest run that says something about the platform stays, and the newest
 * one that held, whatever their age.
 * @param now milliseconds since 1970 UTC
 */
export function prune(directory: string, { runs, days }: Retention, now: number): void {
  const entries = entriesIn(directory)
  const isOver = (entry: string, index: number) => index >= runs || now - timeOf(entry) > days * 86_400_000
  if (!entries.some(isOver)) return
  const kept = new Set([isConclusive, hasHeld].map((is) => entries.find((entry) => is(readJson(directory, entry)))))
  for (const entry of entries.filter(isOver))
    if (!kept.has(entry)) rmSync(join(archiveIn(directory), entry), { recursive: true, force: true })
}

function readJson(directory: string, entry: string): unknown {
  try {
    return JSON.parse(readFileSync(fileOf(directory, entry), 'utf8'))
  } catch {
    return undefined
  }
}

const conclusive = z.object({
  verdict: z.enum(['accepted', 'rejected', 'blocked', 'partial']),
  scope: z.object({ filter: z.null(), shard: z.null() }),
  items: z
    .array(z.object({ how: z.string(), status: z.string() }))
    .refine((items) => items.some(({ how, status }) => how !== 'derived' && ['passed', 'failed'].includes(status))),
})

/** True for a run that says something about the platform: it was complete, did not break, and checked at least one item. */
const isConclusive = (record: unknown): boolean => conclusive.safeParse(record).success

const hasHeld = (record: unknown): boolean =>
  conclusive.extend({ verdict: z.enum(['accepted', 'partial']) }).safeParse(record).success

/** The paths of the conclusive records, newest first. Broken entries are passed over; {@link historyOf} names them. */
export function* conclusiveRecords(directory: string): Generator<string> {
  for (const entry of entriesIn(directory)) if (isConclusive(readJson(directory, entry))) yield fileOf(directory, entry)
}

const number = z.object({ value: z.number().nullable() })
const archived = z.looseObject({
  verdict: z.enum(verdictNames),
  run: z.string().optional(),
  finishedAt: z.iso.datetime(),
  platform: z.looseObject({ server: z.string().nullable(), namespace: z.string() }),
  scope: z.looseObject({ contract: z.string(), filter: z.string().nullable() }),
  metrics: z
    .array(
      z.looseObject({
        name: z.string(),
        measured: z.looseObject({ all: number, projects: z.array(number.extend({ project: z.string() })) }).nullable(),
      }),
    )
    .optional(),
})

/** The members of a record that the history is made of. */
const partsOfHistory = ['verdict', 'run', 'finishedAt', 'platform', 'scope', 'metrics']

/** The platform whose runs belong together. */
export interface Judged {
  readonly platform: Pick<Verdict['platform'], 'server' | 'namespace'>
  readonly scope: Pick<Verdict['scope'], 'contract'>
}

/** The complete runs of a platform, up to {@link longestHistory}. A run that did not reach the cluster counts for any server. */
export function historyOf(directory: string, { platform, scope }: Judged): History {
  const runs: EarlierRun[] = []
  const unreadable: string[] = []
  for (const entry of entriesIn(directory)) {
    if (runs.length === longestHistory) break
    const read = readEntry(directory, entry)
    if (typeof read === 'string') {
      unreadable.push(read)
      continue
    }
    const { server, namespace } = read.platform
    const isSame =
      (server === null || platform.server === null || server === platform.server) &&
      namespace === platform.namespace &&
      read.scope.contract === scope.contract
    // Shards can be merged twice.
    if (isSame && read.scope.filter === null && runs[0]?.finishedAt !== read.finishedAt) runs.unshift(earlierRun(read))
  }
  return { runs, unreadable }
}

function readEntry(directory: string, entry: string): z.infer<typeof archived> | string {
  const file = fileOf(directory, entry)
  try {
    const record: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const result = archived.safeParse(record)
    if (!result.success) return `The archived record ${entry} is not a record of this suite, so it is passed over.`
    // As it was read: parsing leaves members out.
    if (partsAltered(record as Readonly<Record<string, unknown>>, partsOfHistory))
      return `The archived record ${entry} was changed after it was written, so it is passed over.`
    return result.data
  } catch (error) {
    return `The archived record ${entry} cannot be read, so it is passed over: ${messageOf(error).split('\n', 1)[0]}`
  }
}

const earlierRun = ({ run, finishedAt, verdict, metrics = [] }: z.infer<typeof archived>): EarlierRun => ({
  ...(run === undefined ? {} : { run }),
  finishedAt,
  verdict,
  metrics: Object.fromEntries(
    metrics.flatMap(({ name, measured }) => {
      if (measured === null) return []
      const projects = Object.fromEntries(measured.projects.map(({ project, value }) => [project, value]))
      return [[name, { all: measured.all.value, projects }]]
    }),
  ),
})
