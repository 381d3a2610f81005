/** Mutual exclusion by a lock file that names its holder. The lock of a process that has died does not count. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { deadlines } from './deadlines'
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

/** Runs the work while holding the lock. `onWait` is called at most once, with the pid of the current holder. */
export async function withLock<T>(
  file: string,
  waiting: { onWait: (pid: number) => void; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  let reported = false
  await until(
    () => {
      if (take(file)) return true
      const holder = holderOf(file)
      if (!reported && holder !== undefined && isAlive(holder)) {
        reported = true
        waiting.onWait(holder.pid)
      }
      return undefined
    },
    { what: `the lock ${file} was not free`, deadline: deadlines.lock, signal: waiting.signal },
  )
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

/** Runs one `up` or `down` of a sandbox at a time. A second one waits for the first and then finds its work done. */
export function alone(report: (line: string) => void, work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  const onWait = (pid: number) => report(`Waiting for process ${pid}, which is starting or stopping this sandbox.`)
  return withLock(files.lock, { onWait, signal }, work)
}
