/** Two runs never share a reports directory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockReports } from '../../../support/report/reports-lock'

const root = join(__dirname, '..', '..', '..')
let directory: string
let lock: string
const children: ChildProcess[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'))
  lock = join(directory, '.lock')
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** Starts a process that holds the lock, and returns it once it does. */
async function holder(): Promise<ChildProcess> {
  const program = `
    const { lockReports } = require('./support/report/reports-lock')
    lockReports(${JSON.stringify(directory)}, 'npm run acceptance').then(() => process.stdout.write('held'))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', program], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

describe('a reports directory', () => {
  it('is refused to a second run, with the directory and the other process', async () => {
    const { pid } = await holder()
    await expect(lockReports(directory, 'npm run merge')).rejects.toThrow(
      `The reports directory ${directory} is in use by process ${pid} on ${hostname().split(' ')[0]} (npm run acceptance, since 20`,
    )
  })

  it.each(['merge', 'report', 'run'])('is refused to the command %s', { timeout: 90_000 }, async (command) => {
    await holder()
    mkdirSync(join(directory, 'allure-results'))
    const words = command === 'merge' ? [join(directory, 'shard'), '--into', directory] : []
    const run = spawn('node', ['bootstrap.mjs', 'support/cli/main.ts', command, ...words], {
      cwd: root,
      env: { ...process.env, ACCEPTANCE_REPORTS: directory, ACCEPTANCE_CONFIG: '', KUBECONFIG: '/nonexistent' },
    })
    children.push(run)
    let output = ''
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (text) => (output += text))
    const [exitCode] = await once(run, 'close')
    expect(output).toContain(`The reports directory ${directory} is in use by process`)
    expect(exitCode).toBe(3)
  })

  it('is taken over from a process that was killed', async () => {
    const child = await holder()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(lock)).toBe(true)
    const release = await lockReports(directory, 'npm run merge')
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid, command: 'npm run merge' })
    release()
    expect(existsSync(lock)).toBe(false)
  })

  it('is taken over when the process id belongs to another process by now', async () => {
    const child = await holder()
    const held = JSON.parse(readFileSync(lock, 'utf8'))
    writeFileSync(lock, JSON.stringify({ ...held, started: '1' }))
    await expect(lockReports(directory, 'npm run merge')).resolves.toBeDefined()
    expect(child.exitCode).toBeNull()
  })

  it.each([
    ['another machine', JSON.stringify({ pid: 1, place: 'elsewhere', started: '1', since: '', command: 'x' })],
    ['nobody: it is empty', ''],
    ['nobody: it is no JSON', '{'],
  ])('is taken over from %s, if nobody touches the lock', async (_, text) => {
    writeFileSync(lock, text)
    await expect(lockReports(directory, 'npm run merge', { silence: 200 })).resolves.toBeDefined()
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid })
  })

  it('is refused while another machine touches the lock', async () => {
    writeFileSync(
      lock,
      JSON.stringify({ pid: 1, place: 'elsewhere pid:[1]', started: '1', since: 'noon', command: 'x' }),
    )
    const before = readFileSync(lock)
    const touching = setInterval(() => writeFileSync(lock, before), 100)
    try {
      await expect(lockReports(directory, 'npm run merge', { silence: 5000 })).rejects.toThrow(
        'in use by process 1 on elsewhere (x, since noon)',
      )
    } finally {
      clearInterval(touching)
    }
  })

  it('may be named twice by one command', async () => {
    await lockReports(directory, 'npm run merge')
    await expect(lockReports(directory, 'npm run merge')).resolves.toBeDefined()
  })

  it('is not created where nothing is written', async () => {
    const missing = join(directory, 'missing')
    await lockReports(missing, 'npm run report', { create: false })
    expect(existsSync(missing)).toBe(false)
  })

  it('that is a file gets no lock: writing the reports explains it', async () => {
    const file = join(directory, 'file')
    writeFileSync(file, '')
    await expect(lockReports(file, 'npm run acceptance')).resolves.toBeDefined()
  })
})
