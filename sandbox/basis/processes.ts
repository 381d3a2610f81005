/**
 * The processes of one sandbox: started detached, recorded at once, and ended only if they are still the recorded ones.
 * A process is identified by its pid and its start time, because the system reuses pids.
 */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { deadlines } from './deadlines'
import { readJson, writeWhole } from './files'
import { until } from './waiting'

const recordSchema = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  /** Clock ticks since boot: field 22 of /proc/PID/stat. */
  startTime: z.string(),
  log: z.string(),
})
export type ProcessRecord = z.infer<typeof recordSchema>

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  /** Added to this process's environment. Secrets go here or into files, never into arguments, which every user can list. */
  readonly environment?: Readonly<Record<string, string>>
}

/** The start time of a running process; undefined if it has ended, even if it is still a zombie. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command name is in parentheses and may contain spaces. Field 3, the state, is the first one after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** Tests whether the recorded process still runs; another process with its pid does not count. */
export const isAlive = (record: Pick<ProcessRecord, 'pid' | 'startTime'>): boolean =>
  startTimeOf(record.pid) === record.startTime

/** The last lines of a log, indented for an error message. */
export function endOf(log: string, lines = 15): string {
  const text = existsSync(log) ? readFileSync(log, 'utf8').trimEnd() : ''
  return text === ''
    ? '    (its log is empty)'
    : text
        .split('\n')
        .slice(-lines)
        .map((line) => `    ${line}`)
        .join('\n')
}

export class Processes {
  private readonly records = new Map<string, ProcessRecord>()

  constructor(private readonly file: string) {
    if (!existsSync(file)) return
    const remedy = `End the processes of the sandbox that still run, delete ${file}, then run npm run sandbox -- up.`
    for (const record of readJson(file, z.array(recordSchema), remedy)) this.records.set(record.name, record)
  }

  find(name: string): ProcessRecord | undefined {
    return this.records.get(name)
  }

  all(): ProcessRecord[] {
    return [...this.records.values()]
  }

  isRunning(name: string): boolean {
    const record = this.records.get(name)
    return record !== undefined && isAlive(record)
  }

  /**
   * Starts a detached process and keeps the log of its previous life as `….previous.log`.
   * @throws Error when the program cannot be executed
   */
  start(name: string, command: Command, log: string): ProcessRecord {
    mkdirSync(dirname(log), { recursive: true })
    if (existsSync(log) && statSync(log).size > 0) renameSync(log, log.replace(/\.log$/, '.previous.log'))
    const output = openSync(log, 'a', 0o600)
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...command.environment },
    })
    closeSync(output)
    // The missing pid below reports a program that cannot be executed. Without a listener, Node would throw the error.
    child.on('error', () => undefined)
    child.unref()
    const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid)
    if (child.pid === undefined || startTime === undefined) {
      throw new Error(`${name} could not be started from ${command.file}. The end of its log (${log}):\n${endOf(log)}`)
    }
    const record = { name, pid: child.pid, startTime, log }
    this.records.set(name, record)
    this.save()
    return record
  }

  /** @throws Error with the end of the log when a process has ended since its start */
  assertRunning(name: string): void {
    const record = this.records.get(name)
    if (record === undefined || !isAlive(record)) {
      throw new Error(
        record === undefined
          ? `${name} was never started`
          : `${name} ended during its start. The end of its log (${record.log}):\n${endOf(record.log)}`,
      )
    }
  }

  /** Ends a process and its children: with SIGTERM, then with SIGKILL if it does not end in time. Waits until it is gone. */
  async stop(name: string): Promise<void> {
    const record = this.records.get(name)
    if (record === undefined) return
    for (const [signal, deadline] of [
      ['SIGTERM', deadlines.gracefulExit],
      ['SIGKILL', deadlines.forcedExit],
    ] as const) {
      if (!isAlive(record)) break
      // A detached process leads its own process group, so the signal reaches its children as well.
      process.kill(-record.pid, signal)
      await until(() => (isAlive(record) ? undefined : true), {
        what: `${name} (pid ${record.pid}) did not end on ${signal}`,
        deadline,
      }).catch((error: unknown) => {
        if (signal === 'SIGKILL') throw error
      })
    }
    this.records.delete(name)
    this.save()
  }

  private save(): void {
    writeWhole(this.file, JSON.stringify(this.all(), undefined, 2))
  }
}
