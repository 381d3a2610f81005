/** One at a time: a lock file that names its holder, so that the lock of a process that died is not respected. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { files } from './layout'
import { isAlive, startTimeOf } from './processes'
import { until } from './waiting'

function holderOf(file: string): { pid: number; startTime: string } | undefined {
  try {
    const [pid, startTime] = readFileSync(file, 'utf8').trim().split(' ')
    return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime }
  } catch {
    return undefined
  }
}

function take(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600)
    writeSync(handle, `${process.pid} ${startTimeOf(process.pid)}\n`)
    closeSync(handle)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const holder = holderOf(file)
    if (holder !== undefined && !isAlive(holder)) rmSync(file, { force: true })
    return false
  }
}

/** Runs the work while holding the lock. `onWait` is told once who holds it; `deadline` in milliseconds. */
export async function withLock<T>(
  file: string,
  waiting: { deadline: number; onWait: (pid: number) => void; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  await until(
    () => {
      if (take(file)) return true
      const holder = holderOf(file)
      if (!told && holder !== undefined && isAlive(holder)) {
        told = true
        waiting.onWait(holder.pid)
      }
      return undefined
    },
    { what: `the lock ${file} was not free`, deadline: waiting.deadline, signal: waiting.signal },
  )
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** One `up` or `down` of a checkout at a time: a second one waits for the first and then finds its work done. */
export function alone(report: (line: string) => void, work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  const onWait = (pid: number) => report(`waiting for process ${pid}, which starts or ends this sandbox`)
  return withLock(files.lock, { deadline: 60 * 60 * 1000, onWait, signal }, work)
}
