/** `npm run explain` on a file of events: its output, and its errors for requests that it cannot answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../fixtures/features'

let folder = ''
const file = () => join(folder, 'events.jsonl')

const events = [
  { type: 'commit', sha: 'c1', repository: 'shop', authoredAt: '2026-03-02T09:00:00Z', committedAt: null },
  {
    type: 'deployment',
    project: 'checkout',
    id: 'd1',
    repository: 'shop',
    environment: 'production',
    result: 'SUCCESS',
    startedAt: '2026-03-02T13:00:00Z',
    finishedAt: '2026-03-02T14:15:00+01:00',
    commits: ['c1'],
  },
  {
    type: 'deployment',
    project: 'checkout',
    id: 'd2',
    repository: 'shop',
    environment: 'production',
    result: 'ABORTED',
    finishedAt: '2026-03-02T15:00:00Z',
  },
  {
    type: 'incident',
    project: 'checkout',
    id: 'i1',
    environment: 'production',
    severity: 'high',
    createdAt: '2026-03-02T14:00:00Z',
    resolvedAt: '2026-03-02T14:45:00Z',
    deploymentId: null,
  },
]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'events-'))
  writeFileSync(file(), `${events.map((event) => JSON.stringify(event)).join('\n')}\n\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const explain = (...given: readonly string[]) =>
  execa('node', ['bootstrap.mjs', 'support/cli/main.ts', 'explain', ...given], { cwd: root, reject: false })

const march = ['--project', 'checkout', '--from', '2026-03-01', '--to', '2026-03-08']

describe('npm run explain', () => {
  it('writes one object with --json', async () => {
    const { stdout, exitCode } = await explain(...march, '--events', file(), '--json')
    expect(exitCode).toBe(0)
    const days = ['01', '02', '03', '04', '05', '06', '07']
    expect(JSON.parse(stdout)).toEqual({
      project: 'checkout',
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-08T00:00:00.000Z',
      deploymentFrequency: {
        perDay: 1 / 7,
        deployments: 1,
        level: 'high',
        series: days.map((date) => ({ date: `2026-03-${date}`, deployments: date === '02' ? 1 : 0 })),
      },
      leadTime: { mean: 255, p50: 255, p95: 255, samples: 1, level: 'high' },
      changeFailureRate: { percent: 100, deployments: 1, failed: 1, level: 'low' },
      timeToRestore: { mean: 45, p50: 45, p95: 45, incidents: 1, level: 'elite' },
      rework: { percent: null, builds: 0, repeats: 0 },
      leftOut: [{ type: 'deployment', id: 'd2', reason: 'its result is ABORTED' }],
    })
  })

  it('writes the values, their events and the events left out as text', async () => {
    const { stdout } = await explain(...march, '--events', file())
    expect(stdout).toContain('Deployment frequency   0.14 a day (high), 1 successful deployment')
    expect(stdout).toContain('2026-03-02T13:15:00.000Z  d1  SUCCESS  production  1 commit')
    expect(stdout).toContain('deployment d2: its result is ABORTED')
  })

  it('says how each deployment got its lead time and its blame, wherever the incident lies', async () => {
    const at = (day: number, hour = 10) => `2026-03-0${day}T${String(hour).padStart(2, '0')}:00:00Z`
    const commit = (sha: string, authoredAt: string | null) => ({ type: 'commit', sha, repository: 'shop', authoredAt })
    const deployment = (id: string, day: number, commits: readonly string[], more: object = {}) => ({
      ...{ type: 'deployment', project: 'checkout', id, repository: 'shop', environment: 'production' },
      ...{ result: 'SUCCESS', finishedAt: at(day), commits, ...more },
    })
    const incident = (id: string, createdAt: string, deploymentId: string | null = null) => ({
      ...{ type: 'incident', project: 'checkout', id, environment: 'production', severity: 'high' },
      ...{ createdAt, resolvedAt: null, deploymentId },
    })
    const path = join(folder, 'blame.jsonl')
    const given = [
      ...[commit('c1', at(1)), commit('c2', at(2)), commit('c3', null), commit('c4', at(9))],
      deployment('d1', 2, ['c2', 'c1']),
      deployment('d2', 3, ['c1']),
      deployment('d3', 4, ['c3']),
      deployment('d4', 5, ['c4']),
      deployment('d5', 6, [], { result: 'FAILURE' }),
      deployment('d6', 6, [], { environment: 'staging' }),
      deployment('d7', 7, []),
      deployment('other', 2, [], { project: 'search' }),
      incident('long-after', '2026-04-20T10:00:00Z'),
      incident('named', at(4, 11), 'd1'),
      incident('unknown', at(4, 12), 'd99'),
      incident('elsewhere', at(4, 13), 'other'),
      incident('in-staging', at(6, 14), 'd6'),
      incident('too-early', at(2, 9)),
    ]
    writeFileSync(path, given.map((event) => JSON.stringify(event)).join('\n'))
    const { stdout } = await explain(...march, '--events', path)
    for (const line of [
      'd1  SUCCESS  production  2 commits  lead time 1440.0 min since commit c1, authored at 2026-03-01T10:00:00.000Z  blamed for named, created at 2026-03-04T11:00:00.000Z',
      'd2  SUCCESS  production  1 commit  no lead time: an earlier deployment shipped all of its commits',
      'd3  SUCCESS  production  1 commit  no lead time: the author time of its new commits is unknown',
      'd4  SUCCESS  production  1 commit  no lead time: its first commit was authored after it finished',
      'd5  FAILURE  production  0 commits  no lead time: it failed, so',
      'd6  SUCCESS  staging  0 commits  no lead time: its environment is staging',
      'd7  SUCCESS  production  0 commits  no lead time: it contains no commits  blamed for long-after, created at 2026-04-20T10:00:00.000Z',
      'named  high  open  attributed to d1, which it names (the latest before it is d3)',
      'unknown  high  open  attributed to no deployment: it names d99, an unknown deployment',
      'elsewhere  high  open  attributed to no deployment: it names other, a deployment of the project search',
      'in-staging  high  open  attributed to no deployment: it names d6, which does not count: its environment is staging',
      'too-early  high  open  attributed to no deployment: none succeeded before it',
    ])
      expect(stdout).toContain(line)
  })

  it.each([
    ['a request without a project', ['--from', '2026-03-01', '--to', '2026-03-08'], 'Add --project, with a value.'],
    ['an invalid date', [...march.slice(0, 3), 'yesterday', ...march.slice(4)], '--from yesterday: expected a date'],
    ['a range that ends before it starts', [...march.slice(0, 5), '2026-02-01'], 'is not before --to 2026-02-01'],
    ['an unknown option', [...march, '--jsno'], 'There is no option --jsno.'],
    ['a missing file', [...march, '--events', 'no-such-file'], 'no-such-file cannot be read'],
  ])('refuses %s with instructions and without a stack trace', async (_case, given, message) => {
    const { stderr, exitCode } = await explain(...given)
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringContaining(message) })
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  const explainPlatform = (env: Readonly<Record<string, string>>) =>
    execa(process.execPath, ['-r', 'ts-node/register', 'support/cli/main.ts', 'explain', ...march], {
      cwd: root,
      reject: false,
      env,
    })

  it('queries the platform if there is no file, and says why it cannot', async () => {
    const { stderr, exitCode } = await explainPlatform({ KUBECONFIG: join(folder, 'none') })
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringContaining('There is no kubeconfig') })
  })

  it('queries a stock DevLake too, by its own contract', async () => {
    const configuration = join(folder, 'devlake.yaml')
    writeFileSync(configuration, 'contract: devlake\n')
    const { stderr, exitCode } = await explainPlatform({
      KUBECONFIG: join(root, 'tests/fixtures/cucumber/kubeconfig.yaml'),
      ACCEPTANCE_CONFIG: configuration,
    })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: expect.stringMatching(/^The Kubernetes API server cannot be reached\./),
    })
  })

  it('names the projects in the file if it has no events of the requested project', async () => {
    const { stderr } = await explain('--project', 'chekout', ...march.slice(2), '--events', file())
    expect(stderr).toContain('holds no event of the project chekout; it has checkout.')
  })

  it.each([
    ['{"type":"deploy"}', 'line 1: type: expected "commit", "deployment", "incident" or "build"'],
    [
      '{"type":"commit","sha":"c1","authoredAt":"2026-03-02T09:00:00"}',
      'line 1: authoredAt: expected a time in RFC 3339',
    ],
    ['{"type":"commit","sha":"c1","author":"x"}', 'line 1: author: events of this type have no such field'],
    ['commit c1', 'line 1: expected one event as a JSON object, found commit c1'],
  ])('refuses the line %s and names the line number and the field', async (line, message) => {
    const broken = join(folder, 'broken.jsonl')
    writeFileSync(broken, `${line}\n`)
    const { stderr, exitCode } = await explain(...march, '--events', broken)
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringContaining(message) })
  })
})
