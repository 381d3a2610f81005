/** No secret leaves the process: the random values of a sandbox appear in no output. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { Doors } from '../../../faults/doors/doors'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { readVault } from '../../../sandbox/credentials/vault'
import type { Verdict } from '../../../support/record/verdict'
import { renderAllureHtml } from '../../../support/report/allure/html'
import { root } from '../../fixtures/features'

/** The secret values of this sandbox, plain and in base64; no two sandboxes share one. */
let canaries: readonly string[]
let directory: string
let terminal: string
/** The command lines of the run and of all processes that it started. */
let commandLines: ReadonlySet<string>

beforeAll(async () => {
  const environment = await sandboxEnvironment()
  const doors = new Doors(environment)
  directory = mkdtempSync(join(tmpdir(), 'secrets-'))
  canaries = await secretsOf(environment, doors)
  const vault = readVault()
  const token = vault['fawkes/devlake/secrets']?.['api-token']
  const password = vault['fawkes/devlake/db']?.['mysql-password']
  // A service that reveals its secrets, where a failure shows its answers.
  const heal = doors.interfere(
    {
      process: 'lake',
      path: '^/api/version$',
      how: {
        kind: 'answer',
        status: 500,
        type: 'application/json',
        body: JSON.stringify({ message: `${token} ${password}` }),
      },
    },
    {
      process: 'lake',
      path: '^/metrics',
      how: {
        kind: 'answer',
        status: 200,
        type: 'text/plain',
        body: `no metrics, but ${Buffer.from(`x:${password}`).toString('base64')}`,
      },
    },
  )
  try {
    await run(environment)
  } finally {
    await heal()
  }
  await renderAllureHtml(directory)
}, 400_000)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function secretsOf(environment: Readonly<Record<string, string>>, doors: Doors): Promise<string[]> {
  const { items } = JSON.parse(await doors.kubectl(['get', 'secrets', '--all-namespaces', '-o', 'json'])) as {
    items: { data?: Record<string, string> }[]
  }
  const inCluster = items
    .flatMap(({ data }) => Object.values(data ?? {}))
    .map((text) => Buffer.from(text, 'base64').toString('utf8'))
  const inVault = Object.values(readVault()).flatMap((entry) => Object.values(entry))
  const { users } = parse(readFileSync(environment.KUBECONFIG ?? '', 'utf8')) as {
    users: { user: { 'client-key-data': string } }[]
  }
  const keys = users.map(({ user }) => Buffer.from(user['client-key-data'], 'base64').toString('utf8'))
  const all = [...inCluster, ...inVault, ...keys].map((value) => value.trim()).filter((value) => value.length >= 12)
  return [...new Set(all.flatMap((value) => [value, Buffer.from(value).toString('base64')]))]
}

async function run(environment: Readonly<Record<string, string>>): Promise<void> {
  const given = environment.ACCEPTANCE_CONFIG ?? ''
  const configuration = parse(readFileSync(given, 'utf8'))
  // In the folder of the sandbox's own configuration, so that the files that it names are found.
  const own = join(dirname(given), 'acceptance-with-metrics.yaml')
  writeFileSync(own, stringify({ ...configuration, metrics: { textfile: join(directory, 'metrics.prom') } }))
  const seen = new Set<string>()
  try {
    const child = execa('node', ['bootstrap.mjs', 'support/cli/main.ts', 'run'], {
      cwd: root,
      env: { ...environment, ACCEPTANCE_CONFIG: own, ACCEPTANCE_REPORTS: directory, CI: 'true' },
      all: true,
      reject: false,
    })
    const looking = setInterval(() => {
      for (const line of commandLinesUnder(child.pid ?? 0)) seen.add(line)
    }, 250)
    const { all } = await child.finally(() => clearInterval(looking))
    terminal = all
    commandLines = seen
  } finally {
    rmSync(own)
  }
}

/** The command lines of a process and its descendants. */
function commandLinesUnder(root: number): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const read = (pid: string, what: string) => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8')
    } catch {
      // The process has ended meanwhile.
      return ''
    }
  }
  const parents = new Map(processes.map((pid) => [pid, /\) \S (\d+)/.exec(read(pid, 'stat'))?.[1] ?? '0']))
  const descends = (pid: string): boolean => pid === String(root) || (pid !== '0' && descends(parents.get(pid) ?? '0'))
  return processes.filter(descends).map((pid) => read(pid, 'cmdline').replaceAll('\0', ' '))
}

const leakedIn = (text: string) => canaries.filter((canary) => text.includes(canary))

describe('after a run on a service that reveals its secrets, none of them appears', () => {
  it('on the terminal', () => {
    expect(terminal).toContain('[redacted]')
    expect(leakedIn(terminal)).toEqual([])
  })

  it('in any report, in the metrics, or in the pages and data of Allure', () => {
    const verdict = JSON.parse(readFileSync(join(directory, 'verdict.json'), 'utf8')) as Verdict
    expect(verdict.items.find(({ id }) => id === '7.2')?.status).toBe('failed')
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const names = files.map(({ parentPath, name }) => join(parentPath, name))
    for (const needed of [
      'metrics.prom',
      'sign-off.html',
      'junit.xml',
      'messages.ndjson',
      'run.json',
      'allure/index.html',
    ])
      expect(names).toContain(join(directory, needed))
    expect(names.filter((name) => leakedIn(readFileSync(name, 'utf8')).length > 0)).toEqual([])
    expect(canaries.length).toBeGreaterThan(20)
  })

  it('in the arguments of the process, or of a process that it started', () => {
    expect([...commandLines].some((line) => line.includes('chrom'))).toBe(true)
    expect([...commandLines].filter((line) => leakedIn(line).length > 0)).toEqual([])
  })
})
