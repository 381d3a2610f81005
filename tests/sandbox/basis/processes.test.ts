import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeWhole } from '../../../sandbox/basis/files'
import { isAlive, Processes, startTimeOf } from '../../../sandbox/basis/processes'
import { until } from '../../../sandbox/basis/waiting'

let folder: string
let processes: Processes

const node = (script: string) => ({ file: process.execPath, args: ['-e', script] })
const forever = node('setInterval(() => undefined, 1000)')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-processes-'))
  processes = new Processes(join(folder, 'processes.json'))
})

afterEach(async () => {
  for (const { name } of processes.all()) await processes.stop(name)
  rmSync(folder, { recursive: true, force: true })
})

describe('processes of the sandbox', () => {
  it('are found by another instance and are gone once stopped', async () => {
    const { pid, startTime } = processes.start('part', forever, join(folder, 'part.log'))
    const later = new Processes(join(folder, 'processes.json'))
    expect(later.isRunning('part')).toBe(true)
    await later.stop('part')
    expect(isAlive({ pid, startTime })).toBe(false)
    expect(new Processes(join(folder, 'processes.json')).all()).toEqual([])
  })

  it('are not killed if their pid now belongs to another process', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
      detached: true,
      stdio: 'ignore',
    })
    try {
      const pid = stranger.pid ?? 0
      const record = {
        name: 'part',
        pid,
        startTime: String(Number(startTimeOf(pid)) - 1),
        log: join(folder, 'part.log'),
      }
      writeWhole(join(folder, 'processes.json'), JSON.stringify([record]))
      const later = new Processes(join(folder, 'processes.json'))
      expect(later.isRunning('part')).toBe(false)
      await later.stop('part')
      expect(startTimeOf(pid)).toBeDefined()
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  it('end together with their children', async () => {
    const script = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' })
      .on('spawn', function () { console.log(this.pid) })`
    const log = join(folder, 'part.log')
    processes.start('part', node(script), log)
    const child = await until(() => Number(readFileSync(log, 'utf8')) || undefined, {
      what: 'no child was started',
      deadline: 5_000,
    })
    expect(startTimeOf(child)).toBeDefined()
    await processes.stop('part')
    await until(() => (startTimeOf(child) === undefined ? true : undefined), {
      what: 'the child did not end',
      deadline: 5_000,
    })
  })

  it('that crash are reported with the end of their log', async () => {
    processes.start(
      'kwok',
      node("console.log('first'); console.error('no such file: stages.yaml'); process.exit(3)"),
      join(folder, 'kwok.log'),
    )
    await until(() => (processes.isRunning('kwok') ? undefined : true), { what: 'it did not crash', deadline: 5_000 })
    expect(() => processes.assertRunning('kwok')).toThrow(
      /kwok ended during its start[\s\S]*no such file: stages\.yaml/,
    )
  })

  it('keep the log of their previous life', async () => {
    const log = join(folder, 'lake.log')
    const firstLife = processes.start('lake', node("console.log('first life')"), log)
    await until(() => (isAlive(firstLife) ? undefined : true), { what: 'it did not end', deadline: 5_000 })
    processes.start('lake', forever, log)
    expect(readFileSync(join(folder, 'lake.previous.log'), 'utf8')).toBe('first life\n')
    expect(readFileSync(log, 'utf8')).toBe('')
  })

  it('that cannot be executed are reported by name', () => {
    const command = { file: join(folder, 'missing'), args: [] }
    expect(() => processes.start('etcd', command, join(folder, 'etcd.log'))).toThrow(
      /etcd could not be started from .*missing/,
    )
  })
})
