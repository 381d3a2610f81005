/** A run on the whole sandbox, from the outside: the output that an operator sees, and the files that remain. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite, type SuiteRun } from '../../../faults/runs/suite'
import { loadChecklist } from '../../../support/basis/checklist'
import { root } from '../../fixtures/features'

const sections = ['0', '1', '2', '3', '4', '5']
const filter = sections.map((id) => `@section:${id}`).join(' or ')

let environment: Record<string, string>
let run: SuiteRun
let reports: string

beforeAll(async () => {
  environment = await sandboxEnvironment()
  reports = mkdtempSync(join(tmpdir(), 'reports-'))
  run = await runSuite(environment, ['--tags', filter], reports)
}, 120_000)

afterAll(() => rmSync(reports, { recursive: true, force: true }))

describe('a run of sections 0 to 5 on the whole sandbox', () => {
  it('is partial, with exit code 0, because the other sections were not selected', () => {
    expect(run.verdict).toMatchObject({ verdict: 'partial', exitCode: 0, problems: [] })
    expect(run.exitCode).toBe(0)
  })

  it('passes every item of these sections, except those for secrets created by hand and for Jenkins', () => {
    const states = run.verdict.items
      .filter(({ section }) => sections.includes(section))
      .map(({ id, status }) => `${id} ${status}`)
    expect(states.filter((state) => !state.endsWith(' passed'))).toEqual(['0.12 not applicable', '1.4 not applicable'])
    expect(states).toHaveLength(loadChecklist().items.filter(({ section }) => sections.includes(section)).length)
  })

  it('records the cluster, the images, the routes and the commit of the suite', () => {
    const { platform, suite, scope } = run.verdict
    expect(platform).toMatchObject({ context: 'sandbox', namespace: 'fawkes', kubernetesVersion: 'v1.35.4' })
    expect(platform.images.length).toBeGreaterThanOrEqual(4)
    expect(platform.routes.map(({ part }) => part)).toEqual(expect.arrayContaining(['lake', 'grafana']))
    expect(suite.checklistSha256).toMatch(/^[0-9a-f]{64}$/)
    expect(scope).toMatchObject({ contract: 'fawkes', writes: true, filter: `(${filter})`, shard: null })
  })

  it('shows the requests and answers under each scenario', () => {
    const page = readFileSync(join(reports, 'sign-off.html'), 'utf8')
    expect(page).toContain('list pods in fawkes with labels')
    expect(page).toContain('devlake-lake-0')
  })
})

describe('a run that is interrupted', () => {
  // A busy machine disturbs one attempt, and not three.
  it('ends within 5 s with a report of what was done, and not as a success', {
    timeout: 60_000,
    retry: 2,
  }, async () => {
    const own = mkdtempSync(join(tmpdir(), 'reports-'))
    const child = spawn('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run'], {
      cwd: root,
      env: { ...process.env, ...environment, ACCEPTANCE_REPORTS: own, CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = new Promise<number | null>((done) => child.on('exit', done))
    let interruptedAt = 0
    child.stdout.on('data', (chunk) => {
      if (interruptedAt > 0 || !String(chunk).includes('✓ 0.2')) return
      interruptedAt = performance.now()
      child.kill('SIGINT')
    })
    expect(await ended).toBe(3)
    expect(performance.now() - interruptedAt).toBeLessThan(5000)
    const verdict = JSON.parse(readFileSync(join(own, 'verdict.json'), 'utf8'))
    expect(verdict.verdict).toBe('error')
    expect(verdict.problems).toEqual(['The run was interrupted: scenarios that did not run prove nothing.'])
    expect(verdict.items.find(({ id }: { id: string }) => id === '0.1').status).toBe('passed')
    expect(verdict.items.find(({ id }: { id: string }) => id === '5.3').status).toBe('not run')
    rmSync(own, { recursive: true, force: true })
  })
})
