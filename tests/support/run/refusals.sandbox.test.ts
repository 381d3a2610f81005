/** Each obstacle to a run gives one plain sentence with what to do, the documented exit code, and no stack trace. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite, type SuiteRun } from '../../../faults/runs/suite'
import { callerWith } from '../../fixtures/caller'

let environment: Record<string, string>
let directory: string
let remove = () => {}

beforeAll(async () => {
  environment = await sandboxEnvironment()
  directory = mkdtempSync(join(tmpdir(), 'refusals-'))
}, 60_000)

afterAll(() => {
  remove()
  rmSync(directory, { recursive: true, force: true })
})

/** The sandbox's kubeconfig with a different server or other credentials. */
function kubeconfig(name: string, change: (config: { clusters: Entry[]; users: Entry[] }) => void): string {
  const config = parse(readFileSync(environment.KUBECONFIG ?? '', 'utf8'))
  change(config)
  const path = join(directory, name)
  writeFileSync(path, stringify(config))
  return path
}
interface Entry {
  cluster: { server: string }
  user: object
}

function expectPlain({ output }: SuiteRun): void {
  expect(output).not.toMatch(/\n\s+at .*[:(]\d+/)
  expect(output).not.toMatch(/node_modules/)
}

describe('a cluster that cannot be checked is blocked, exit code 2', () => {
  it('without a kubeconfig', async () => {
    const run = await runSuite({ ...environment, KUBECONFIG: join(directory, 'missing') })
    expect(run).toMatchObject({ exitCode: 2, verdict: { verdict: 'blocked' } })
    expect(run.output).toContain('There is no kubeconfig')
    expectPlain(run)
  }, 60_000)

  it('with a server that does not answer', async () => {
    const KUBECONFIG = kubeconfig('unreachable', ({ clusters }) => {
      for (const { cluster } of clusters) cluster.server = 'https://127.0.0.1:1'
    })
    const run = await runSuite({ ...environment, KUBECONFIG })
    expect(run).toMatchObject({ exitCode: 2, verdict: { verdict: 'blocked' } })
    expect(run.output).toContain('The Kubernetes API server cannot be reached.')
    expect(run.output).toContain('https://127.0.0.1:1')
    expectPlain(run)
  }, 60_000)

  it('with an expired or wrong token', async () => {
    const KUBECONFIG = kubeconfig('expired', ({ users }) => {
      for (const entry of users) entry.user = { token: 'expired-token-of-the-test' }
    })
    const run = await runSuite({ ...environment, KUBECONFIG })
    expect(run).toMatchObject({ exitCode: 2, verdict: { verdict: 'blocked' } })
    expect(run.output).toContain('does not accept the credentials of the context sandbox')
    expect(run.output).not.toContain('expired-token-of-the-test')
    expectPlain(run)
  }, 60_000)
})

describe('a namespace that does not exist', () => {
  it('is one cause, blocked, exit code 2', async () => {
    const path = join(directory, 'acceptance.yaml')
    writeFileSync(path, 'namespace: nowhere')
    const run = await runSuite({ ...environment, ACCEPTANCE_CONFIG: path })
    expect(run).toMatchObject({ exitCode: 2, verdict: { verdict: 'blocked' } })
    expect(run.output).toContain('The namespace nowhere does not exist in this cluster.')
    expect(run.verdict.causes.filter(({ summary }) => summary.includes('nowhere'))).toHaveLength(1)
    expectPlain(run)
  }, 60_000)
})

describe('the cluster that a run judges', () => {
  it('is printed first, with the file and the option that chose it', async () => {
    const run = await runSuite(environment, ['--context', 'sandbox', '--tags', '@section:1'])
    const lines = run.output.split('\n')
    expect(lines.find((line) => line.includes('context sandbox'))).toMatch(
      /^Judging https:\/\/\S+: context sandbox, from \S+, chosen by --context$/,
    )
  }, 120_000)
})

describe('an invalid configuration is an error, exit code 3', () => {
  const cases = [
    [
      'an unknown key',
      'namspace: fawkes',
      'namspace (line 1): there is no such key. Did you mean namespace? Allowed: contract, context',
    ],
    [
      'a value of the wrong kind',
      'deadlines: { request: soon }',
      'deadlines.request (line 1): expected a duration such as',
    ],
    ['no YAML', 'namespace: [', 'is not YAML'],
    ['an unknown context', 'context: nowhere', 'The kubeconfig has no context "nowhere". It has: sandbox'],
  ] as const
  for (const [what, text, sentence] of cases)
    it(`with ${what}`, async () => {
      const path = join(directory, 'acceptance.yaml')
      writeFileSync(path, text)
      const run = await runSuite({ ...environment, ACCEPTANCE_CONFIG: path })
      expect(run).toMatchObject({ exitCode: 3, verdict: { verdict: 'error' } })
      expect(run.output).toContain(sentence)
      expectPlain(run)
    }, 60_000)

  it('with a context on the command line that the kubeconfig does not have', async () => {
    const run = await runSuite(environment, ['--context', 'elsewhere'])
    expect(run).toMatchObject({ exitCode: 3, verdict: { verdict: 'error' } })
    expect(run.output).toContain('The kubeconfig has no context "elsewhere"')
    expectPlain(run)
  }, 60_000)
})

describe('a filter that matches nothing', () => {
  it('is an error, exit code 3: a run of nothing is not a pass', async () => {
    const run = await runSuite(environment, ['--tags', '@nothing'])
    expect(run).toMatchObject({ exitCode: 3, verdict: { verdict: 'error' } })
    expect(run.output).toContain('No scenario ran')
  }, 60_000)
})

describe('a caller who may not read secrets', () => {
  it('is blocked, exit code 2, with the missing verb and resource; items that need no secrets pass', async () => {
    const rules = [
      {
        apiGroups: [''],
        resources: ['nodes', 'persistentvolumeclaims', 'pods', 'pods/log', 'services'],
        verbs: ['get', 'list'],
      },
      { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['get', 'create'] },
      {
        apiGroups: ['apps', 'networking.k8s.io', 'discovery.k8s.io', 'coordination.k8s.io', 'cert-manager.io'],
        resources: ['*'],
        verbs: ['get', 'list'],
      },
      {
        apiGroups: ['monitoring.coreos.com', 'external-secrets.io', 'argoproj.io'],
        resources: ['*'],
        verbs: ['get', 'list', 'patch'],
      },
    ]
    const caller = callerWith(environment, 'acceptance-without-secrets', rules)
    remove = caller.remove
    const run = await runSuite(caller.environment, ['--tags', '@section:0 or @section:1 or @section:3'])
    expect(run).toMatchObject({ exitCode: 2, verdict: { verdict: 'blocked' } })
    expect(run.output).toContain('The caller may not get secrets in fawkes.')
    expect(run.output).not.toContain(caller.token)
    const blocked = run.verdict.items.filter(({ how, status }) => how !== 'derived' && status === 'blocked')
    expect(blocked.map(({ id }) => id)).toEqual(['0.10', '0.11', '0.12', '0.13', '1.3'])
    expect(run.verdict.causes).toHaveLength(1)
    expect(run.verdict.causes[0]?.remedy).toEqual([
      'kubectl --context sandbox auth can-i get secrets --namespace fawkes',
    ])
    expectPlain(run)
  }, 60_000)
})
