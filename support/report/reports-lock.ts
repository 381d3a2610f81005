/** The lock of a reports directory: two runs that write to the same one would mix their reports. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'

/** Thrown if another process uses the directory. The message names both and says what to do. */
export class ReportsInUse extends Error {
  override readonly name = 'ReportsInUse'
}

const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** The machine and its space of process ids. Ids of another place say nothing here. */
  place: z.string(),
  /** The time at which the process started, as the system counts it; null where the system does not say. */
  started: z.string().nullable(),
  /** The time of the lock, for people. */
  since: z.string(),
  command: z.string(),
})
type Holder = z.infer<typeof holderSchema>

/** A living holder touches its lock at this interval in milliseconds. */
const touchMs = 5000
/** A lock from another place that was not touched for this time in milliseconds is stale. */
const silenceMs = 4 * touchMs

const fileIn = (directory: string) => join(directory, '.lock')

/**
 * Locks a reports directory until the process ends or the returned function is called. The lock of a process that has ended is taken
 * over. A directory that cannot be written gets no lock, because nothing can be mixed there.
 * @param command the command in words, such as "dora-acceptance merge"
 * @param create creates the directory if it is missing; otherwise a missing directory gets no lock
 * @throws ReportsInUse if another process holds the lock
 */
export async function lockReports(
  directory: string,
  command: string,
  { create = true, silence = silenceMs }: { create?: boolean; silence?: number } = {},
): Promise<() => void> {
  const file = fileIn(resolve(directory))
  const own = JSON.stringify({
    pid: process.pid,
    place: place(),
    started: startOf(process.pid),
    since: new Date().toISOString(),
    command,
  } satisfies Holder)
  if (create) attempt(() => mkdirSync(resolve(directory), { recursive: true }))
  let holder: Holder | undefined
  // Each further attempt follows a lock that another process took or removed in the meantime.
  for (let attempts = 0; attempts < 10; attempts++) {
    try {
      writeFileSync(file, own, { flag: 'wx' })
      return held(file, own)
    } catch (error) {
      // Writing the reports explains why a directory cannot be written.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return () => {}
    }
    const found = read(file)
    if (found === undefined) continue
    holder = parsed(found)
    // A command may name a directory twice.
    if (holder?.pid === process.pid && holder.place === place() && holder.started === startOf(process.pid))
      return () => {}
    if (await isAlive(holder, file, silence)) throw inUse(resolve(directory), file, holder)
    discard(file, found)
  }
  throw inUse(resolve(directory), file, holder)
}

function held(file: string, own: string): () => void {
  const touching = setInterval(() => attempt(() => utimesSync(file, new Date(), new Date())), touchMs).unref()
  const release = () => {
    clearInterval(touching)
    process.off('exit', release)
    if (read(file) === own) rmSync(file, { force: true })
  }
  process.on('exit', release)
  return release
}

/** Removes a stale lock, unless another process has replaced it in the meantime. */
function discard(file: string, stale: string): void {
  const aside = `${file}.${randomUUID()}`
  attempt(() => {
    renameSync(file, aside)
    if (read(aside) === stale) rmSync(aside)
    else renameSync(aside, file)
  })
}

async function isAlive(holder: Holder | undefined, file: string, silence: number): Promise<boolean> {
  if (holder?.place === place())
    return exists(holder.pid) && (holder.started === null || startOf(holder.pid) === holder.started)
  // The process is on another machine, or the lock is not complete yet: only a touch proves that somebody holds it.
  const before = touchedAt(file)
  for (const end = performance.now() + silence; performance.now() < end; await pause(Math.min(500, silence / 4)))
    if (touchedAt(file) !== before) return true
  return false
}

const touchedAt = (file: string) => attempt(() => statSync(file).mtimeMs)

const read = (file: string) => attempt(() => readFileSync(file, 'utf8'))

function parsed(text: string): Holder | undefined {
  const json: unknown = attempt(() => JSON.parse(text))
  const holder = holderSchema.safeParse(json)
  return holder.success ? holder.data : undefined
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Process ids are used again, so a process is known by its id and its start: field 22 of Linux' /proc/PID/stat. */
const startOf = (pid: number): string | null =>
  attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]) ?? null

const place = () => `${hostname()} ${attempt(() => readlinkSync('/proc/self/ns/pid')) ?? ''}`.trim()

function attempt<T>(what: () => T): T | undefined {
  try {
    return what()
  } catch {
    return undefined
  }
}

const inUse = (directory: string, file: string, holder: Holder | undefined) =>
  new ReportsInUse(
    `The reports directory ${directory} is in use by ${
      holder
        ? `process ${holder.pid} on ${holder.place.split(' ')[0]} (${holder.command}, since ${holder.since})`
        : 'another process'
    }. Wait until it ends, or name another directory with ACCEPTANCE_REPORTS. If no such process exists, remove ${file}.`,
  )
