/** A part that dies during a run and returns leads to the same verdict or to a failure that names it, never to a false number. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type Place, sandboxUp, withOwnSandbox } from '../../../faults/runs/sandbox'
import { Processes } from '../../../sandbox/basis/processes'
import type { Verdict } from '../../../support/record/verdict'
import { root } from '../../fixtures/features'

/** The time before the part is started again, in milliseconds. */
const away = 5_000
const tags = '(@section:7 or @section:9 or @section:10 or @section:18 or @section:21) and not @browser'

type Environment = Readonly<Record<string, string>>

function kill(part: string, place: Place): void {
  const record = new Processes(join(place.SANDBOX_STATE ?? '', 'processes.json')).find(part)
  if (!record) throw new Error(`the sandbox has no ${part}`)
  process.kill(record.pid, 'SIGKILL')
}

/** A run during which a part is killed after a scenario passed, and started again. */
async function runWithout(part: string, after: string, environment: Environment, place: Place): Promise<Verdict> {
  const reports = mkdtempSync(join(tmpdir(), 'reports-'))
  try {
    const child = spawn('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run', '--tags', tags], {
      cwd: root,
      env: { ...process.env, ...environment, ACCEPTANCE_REPORTS: reports, CI: 'true' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise((done) => child.on('exit', done))
    let back: Promise<void> | undefined
    child.stdout.on('data', (chunk) => {
      if (back || !String(chunk).includes(`✓ ${after}`)) return
      kill(part, place)
      back = pause(away).then(() => sandboxUp(place))
    })
    await ended
    expect(back, `${part} was killed`).toBeDefined()
    await back
    return JSON.parse(readFileSync(join(reports, 'verdict.json'), 'utf8')) as Verdict
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

/** The objects that a cause may name, by the part that died: the part itself, and objects that depend on it. */
const names = {
  lake: /lake|devlake\.127|metrics\//i,
  mysql: /mysql|database|lake|devlake\.127/i,
  prometheus: /prometheus/i,
}

const outages = [
  ['lake', '7.1'],
  ['lake', '21.5'],
  ['mysql', '7.1'],
  ['mysql', '21.5'],
  ['prometheus', '9.1'],
  ['prometheus', '21.5'],
] as const

// Uses a sandbox of its own: errors that the service logs while its database is down would fail other tests.
it('a run in which a part dies ends as usual or names the part, and never reports a number that did not exist', async () => {
  await withOwnSandbox([], async (environment, place) => {
    for (const [part, after] of outages) {
      const { verdict, items, causes, problems } = await runWithout(part, after, environment, place)
      const which = `${part} dies after ${after}`
      expect(problems, which).toEqual([])
      expect(items.filter(({ status }) => status === 'error')).toEqual([])
      expect(['partial', 'rejected', 'blocked'], which).toContain(verdict)
      for (const { object, summary } of causes) {
        expect(`${object}: ${summary}`, which).toMatch(names[part])
        expect(summary, which).not.toMatch(/ yield /)
      }
      if (verdict !== 'partial') expect(causes, which).not.toEqual([])
    }
  })
}, 900_000)
