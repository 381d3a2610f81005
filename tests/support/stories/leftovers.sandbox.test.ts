/** Concurrent and consecutive runs: none disturbs another, and a later run removes what a killed run left behind. */
import { spawn } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { Doors } from '../../../faults/doors/doors'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite } from '../../../faults/runs/suite'
import { root } from '../../fixtures/features'

const stories = ['--tags', '@section:14']
const label = 'app.kubernetes.io/managed-by=dora-acceptance'
const longAgo = () => new Date(Date.now() - 25 * 60 * 60 * 1000).toISOString()

interface Record {
  readonly metadata: { readonly name: string }
  readonly data: { readonly projects: string; readonly startedAt: string; readonly rows: string }
}

let environment: { [name: string]: string }
let doors: Doors

beforeAll(async () => {
  environment = await sandboxEnvironment()
  doors = new Doors(environment)
}, 120_000)

const records = async (): Promise<Record[]> =>
  JSON.parse(await doors.kubectl(['get', 'configmaps', '-n', 'fawkes', '-l', label, '-o', 'json'])).items

const projects = async (): Promise<string[]> => {
  const { projects } = (await doors.service('GET', '/api/projects')) as { projects: { name: string }[] }
  return projects.map(({ name }) => name)
}

const ofRuns = (names: readonly string[]) => names.filter((name) => name.startsWith('dora-acceptance-'))

const record = (name: string, data: Record['data']) =>
  doors.kubectl(
    ['create', '-f', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'fawkes', labels: { 'app.kubernetes.io/managed-by': 'dora-acceptance' } },
      data,
    }),
  )

/** Kills a run as soon as it has created a project, and returns the record that it left. */
async function killedRun(): Promise<Record> {
  const child = spawn('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run', ...stories], {
    cwd: root,
    env: { ...process.env, ...environment, CI: 'true' },
    stdio: 'ignore',
    // A process group of its own, so that the whole run is killed and not only its first process.
    detached: true,
  })
  const ended = new Promise((done) => child.on('exit', done))
  await expect.poll(async () => ofRuns(await projects()).length, { timeout: 60_000, interval: 100 }).toBeGreaterThan(0)
  process.kill(-(child.pid ?? 0), 'SIGKILL')
  await ended
  const [left] = await records()
  return left ?? expect.unreachable('the run left no record')
}

describe('two runs at once', () => {
  it('both pass and leave nothing behind', async () => {
    const runs = await Promise.all([runSuite(environment, stories), runSuite(environment, stories)])
    for (const { exitCode, output } of runs) expect(exitCode, output).toBe(0)
    expect(await records()).toEqual([])
    expect(ofRuns(await projects())).toEqual([])
  }, 240_000)
})

describe('a run that was killed', () => {
  it('is cleaned up by a later run after a day, which touches nothing that belongs to others', async () => {
    const killed = await killedRun()
    const others = (await projects()).filter((name) => !name.startsWith('dora-acceptance-'))
    expect(others).not.toEqual([])

    // A run younger than a day may still be in progress elsewhere.
    const early = await runSuite(environment, stories)
    expect(early.exitCode, early.output).toBe(0)
    expect((await records()).map(({ metadata }) => metadata.name)).toEqual([killed.metadata.name])
    const left = ofRuns(await projects())
    expect(left.length).toBeGreaterThan(0)

    await doors.kubectl([
      ...['patch', 'configmap', '-n', 'fawkes', killed.metadata.name, '--type=merge', '-p'],
      JSON.stringify({ data: { startedAt: longAgo() } }),
    ])
    const forged = {
      projects: others.join('\n'),
      startedAt: longAgo(),
      rows: '{"deployments; DROP TABLE commits":["1"]}',
    }
    await record('dora-acceptance-forged', forged)
    const late = await runSuite(environment, stories)
    expect(late.exitCode, late.output).toBe(0)
    expect(await records()).toEqual([])
    const now = await projects()
    expect(ofRuns(now)).toEqual([])
    expect(now).toEqual(others)
  }, 360_000)
})
