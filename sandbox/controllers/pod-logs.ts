/**
 * Converts the output of the processes behind the pods into container logs, whose lines start with a time and a stream.
 * A restarted process starts a new log, and the old one becomes the log of the previous container.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { logOf, podLogOf, previousPodLogOf } from '../basis/layout'
import { backends } from '../cluster/backends'
import { silentLog } from './pod-access'

const pollEveryMs = 100
/** The line format of a container runtime. Some processes already write it themselves. */
const containerLine = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d) (stdout|stderr) [FP] /

class Follower {
  private descriptor: number | undefined
  private inode: number | undefined
  private position = 0
  private rest = ''

  constructor(
    private readonly source: string,
    private readonly target: string,
    private readonly previous: string,
  ) {}

  follow(): void {
    if (!existsSync(this.source)) return
    const { ino } = statSync(this.source)
    if (ino !== this.inode) this.begin(ino)
    if (this.descriptor === undefined) return
    const size = fstatSync(this.descriptor).size
    if (size <= this.position) return
    const chunk = Buffer.alloc(size - this.position)
    this.position += readSync(this.descriptor, chunk, 0, chunk.length, this.position)
    const lines = (this.rest + chunk.toString('utf8')).split('\n')
    this.rest = lines.pop() ?? ''
    const time = new Date().toISOString()
    const written = lines.map((line) => (containerLine.test(line) ? `${line}\n` : `${time} stderr F ${line}\n`))
    if (written.length > 0) appendFileSync(this.target, written.join(''))
  }

  private begin(inode: number): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    if (existsSync(this.target)) renameSync(this.target, this.previous)
    writeFileSync(this.target, '', { mode: 0o600 })
    this.descriptor = openSync(this.source, 'r')
    this.inode = inode
    this.position = 0
    this.rest = ''
  }
}

export function followLogs(): void {
  writeFileSync(silentLog, `${new Date().toISOString()} stdout F the sandbox runs no process in this pod\n`, {
    mode: 0o600,
  })
  const followers = Object.keys(backends).map(
    (name) => new Follower(logOf(name), podLogOf(name), previousPodLogOf(name)),
  )
  setInterval(() => {
    for (const follower of followers) follower.follow()
  }, pollEveryMs)
}
