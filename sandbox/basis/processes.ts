/**
 * The processes of one sandbox: started detached, written down at once, and ended only when they are still the ones that
 * were started. A process is known by its pid and its start time, because pids are used again.
 */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { writeWhole } from './files'
import { until } from './waiting'

const recordSchema = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  /** Clock ticks since boot, field 22 of /proc/PID/stat. */
  startTime: z.string(),
  log: z.string(),
})
export type ProcessRecord = z.infer<typeof recordSchema>

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  /** Added to the environment of the sandbox. Secrets go here or into files, never into the arguments. */
  readonly environment?: Readonly<Record<string, string>>
}

/** The start time of a running process, undefined when there is none or only its exit status is left (a zombie). */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name is in parentheses and may hold blanks; the fields after it start with number 3, the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** Whether the process that was written down still runs; another one with its pid does not count. */
export const isAlive = (record: Pick<ProcessRecord, 'pid' | 'startTime'>): boolean =>
  startTimeOf(record.pid) === record.startTime

/** The last lines of a log, indented, for an error message. */
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
    for (const record of z.array(recordSchema).parse(JSON.parse(readFileSync(file, 'utf8'))))
      this.records.set(record.name, record)
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

  /** Starts a detached process. The log of its predecessor is kept as `….previous.log`. */
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
    // A program that cannot be executed is reported by its missing pid below; without a listener it would be thrown.
    child.on('error', () => undefined)
    child.unref()
    const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid)
    if (child.pid === undefined || startTime === undefined) {
      throw new Error(`${name} could not be started from ${command.file}; the end of its log:\n${endOf(log)}`)
    }
    const record = { name, pid: child.pid, startTime, log }
    this.records.set(name, record)
    this.save()
    return record
  }

  /** Throws, with the end of its log, when a process that was started is gone. */
  assertRunning(name: string): void {
    const record = this.records.get(name)
    if (record === undefined || !isAlive(record)) {
      throw new Error(
        `${name} ended during its start; the end of its log (${record?.log ?? 'none'}):\n${record ? endOf(record.log) : ''}`,
      )
    }
  }

  /** Ends one process and what it started, and waits until it is gone: SIGTERM, after 10 s SIGKILL. */
  async stop(name: string): Promise<void> {
    const record = this.records.get(name)
    if (record === undefined) return
    for (const [signal, deadline] of [
      ['SIGTERM', 10_000],
      ['SIGKILL', 5_000],
    ] as const) {
      if (!isAlive(record)) break
      // Detached processes lead a group of their own, so this reaches their children as well.
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
