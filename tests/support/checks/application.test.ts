import { describe, expect, it } from 'vitest'
import { expectApplication, expectDeploysFromRepository } from '../../../support/checks/application'
import { expectHealthy, expectOperationSucceeded, expectSynced } from '../../../support/checks/application-state'
import { cluster, findingOf } from '../../fixtures/cluster'

const source = {
  repoURL: 'https://github.com/paruff/fawkes.git',
  path: 'platform/apps/devlake',
  targetRevision: 'main',
}
const destination = { server: 'https://kubernetes.default.svc', namespace: 'fawkes' }
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const wanted = { repository: 'https://github.com/paruff/fawkes', path: 'platform/apps/devlake', revision: 'main' }

interface Changes {
  readonly metadata?: object
  readonly spec?: object
  readonly status?: object
  readonly operation?: object
}

const application = ({ metadata, spec, status, operation }: Changes = {}) => ({
  metadata: { name: 'devlake', namespace: 'fawkes', ...metadata },
  spec: { source, destination, ...spec },
  ...(operation ? { operation } : {}),
  status: {
    reconciledAt: minutesAgo(1),
    health: { status: 'Healthy' },
    sync: { status: 'Synced', revision: 'abc', comparedTo: { source, destination } },
    ...status,
  },
})

const platformWith = (changes: Changes, configured: object = wanted) =>
  cluster(
    { applications: [application(changes)] },
    { configuration: { application: configured, deadlines: { condition: '1s' } } },
  )

describe('the Application does not exist', () => {
  it('while it is being deleted', async () => {
    const platform = await platformWith({
      metadata: { deletionTimestamp: minutesAgo(5), finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    })
    const { summary, found } = await findingOf(expectApplication(platform))
    expect(summary).toBe('Application fawkes/devlake is being deleted.')
    expect(found).toMatch(/held by the finalizers resources-finalizer.argocd.argoproj.io/)
  })
})

describe('the Application deploys from elsewhere or to elsewhere', () => {
  const part = 'does not deploy the configured part of the repository'
  it.each<[string, object, string, object?]>([
    ['another branch', { source: { ...source, targetRevision: 'experiment/jo' } }, part],
    ['no branch, which is HEAD', { source: { ...source, targetRevision: undefined } }, part],
    ['another path', { source: { ...source, path: 'platform/apps/jenkins' } }, part],
    ['a path that begins with the configured one', { source: { ...source, path: 'platform/apps/devlake-old' } }, part],
    [
      'another repository by SSH',
      { source: { ...source, repoURL: 'git@github.com:jo/fawkes.git' } },
      'platform repository',
    ],
    [
      'the repository of another host',
      { source: { ...source, repoURL: 'git@git.example.org:paruff/fawkes' } },
      'platform repository',
    ],
    ['another repository', { source: { ...source, repoURL: 'https://github.com/jo/fawkes' } }, 'platform repository'],
    ['sources, beside a source that ArgoCD ignores', { sources: [{ ...source, path: 'other' }] }, part],
    [
      'the right path in another of several repositories',
      {
        sources: [
          { ...source, path: 'other' },
          { ...source, repoURL: 'https://github.com/jo/fawkes' },
        ],
      },
      part,
    ],
    [
      'another chart',
      {
        source: { repoURL: 'https://charts.example.org', chart: 'jenkins', targetRevision: '1.0.0' },
      },
      part,
      { chart: 'devlake' },
    ],
    [
      'another branch before hydration',
      { source: undefined, sourceHydrator: { drySource: { ...source, targetRevision: 'x' } } },
      part,
    ],
    [
      'another cluster',
      { destination: { ...destination, server: 'https://other-cluster.example.org:6443' } },
      'another cluster',
    ],
    ['another cluster by name', { destination: { name: 'production', namespace: 'fawkes' } }, 'another cluster'],
    ['no cluster', { destination: { namespace: 'fawkes' } }, 'another cluster'],
    ['another namespace', { destination: { ...destination, namespace: 'elsewhere' } }, 'wrong namespace'],
    ['neither path nor chart', { source: { repoURL: source.repoURL } }, 'neither a path nor a chart', {}],
  ])('%s', async (_, spec, says, configured = wanted) => {
    const platform = await platformWith({ spec }, configured)
    expect((await findingOf(expectDeploysFromRepository(platform))).summary).toContain(says)
  })
})

describe('the Application deploys what it must', () => {
  it.each<[string, object, object?]>([
    ['as configured', {}],
    ['from any path where none is configured', { source: { ...source, path: 'x', targetRevision: 'y' } }, {}],
    [
      'from the path with a slash, and the full name of the branch',
      {
        source: { ...source, path: './platform/apps/devlake/', targetRevision: 'refs/heads/main' },
      },
    ],
    ...[
      'git@github.com:paruff/fawkes.git',
      'ssh://git@github.com/paruff/fawkes',
      'http://GitHub.com/paruff/fawkes/',
    ].map((repoURL): [string, object] => [`by the address ${repoURL}`, { source: { ...source, repoURL } }]),
    ['by the name of the cluster', { destination: { name: 'in-cluster', namespace: 'fawkes' } }],
    [
      'by another spelling of the cluster',
      {
        destination: { ...destination, server: 'https://kubernetes.default.svc.cluster.local:443/' },
      },
    ],
    [
      'to the configured cluster',
      { destination: { name: 'production', namespace: 'fawkes' } },
      { destination: 'production' },
    ],
    [
      'from several sources',
      {
        source: undefined,
        sources: [{ repoURL: 'https://charts.example.org', chart: 'mysql', targetRevision: '1.2' }, source],
      },
    ],
    [
      'hydrated',
      { source: undefined, sourceHydrator: { drySource: source, syncSource: { targetBranch: 'env/prod', path: 'x' } } },
    ],
    [
      'a chart of an OCI registry',
      {
        source: { repoURL: 'registry.example.org/charts', chart: 'devlake', targetRevision: '1.0.2' },
      },
      { chart: 'devlake', revision: '1.0.2' },
    ],
    [
      'an artifact of an OCI registry',
      {
        source: { repoURL: 'oci://registry.example.org/charts/devlake', targetRevision: '1.0.2', path: '.' },
      },
      { chart: 'devlake' },
    ],
  ])('%s', async (_, spec, configured = wanted) => {
    await expectDeploysFromRepository(await platformWith({ spec }, configured))
  })
})

describe('the resources of the Application decide where it deploys to', () => {
  const inNamespaces = (...namespaces: readonly string[]) => ({
    resources: namespaces.map((namespace) => ({ kind: 'Deployment', name: 'devlake-lake', namespace })),
  })

  it('also where its destination names another namespace', async () => {
    const spec = { destination: { ...destination, namespace: 'argocd' } }
    await expectDeploysFromRepository(await platformWith({ spec, status: inNamespaces('argocd', 'fawkes') }))
  })

  it('without those that are left to be pruned', async () => {
    const [left] = inNamespaces('fawkes').resources
    const resources = [...inNamespaces('elsewhere').resources, { ...left, requiresPruning: true }]
    const platform = await platformWith({ status: { resources } })
    expect((await findingOf(expectDeploysFromRepository(platform))).found).toBe('elsewhere')
  })

  it('also where their manifests name another namespace than its destination', async () => {
    const platform = await platformWith({ status: inNamespaces('elsewhere') })
    expect(await findingOf(expectDeploysFromRepository(platform))).toMatchObject({
      summary: 'Application fawkes/devlake deploys to the wrong namespace.',
      found: 'elsewhere',
    })
  })
})

describe('the status of the Application says nothing about now', () => {
  it.each<[string, Changes, RegExp]>([
    [
      'because reconciliation is off',
      { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } },
      /Nobody reconciles/,
    ],
    [
      'because a refresh was never taken up',
      { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } },
      /not taken up the refresh/,
    ],
    [
      'because it is old',
      { status: { reconciledAt: minutesAgo(180) } },
      /has not reconciled Application fawkes\/devlake for more than 60 minutes/,
    ],
    ['because there was no comparison', { status: { reconciledAt: undefined } }, /has not reconciled/],
    [
      'because the source has changed',
      {
        status: {
          sync: { status: 'Synced', comparedTo: { source: { ...source, targetRevision: 'old' }, destination } },
        },
      },
      /older specification: its source/,
    ],
    [
      'because the destination has changed',
      {
        status: {
          sync: { status: 'Synced', comparedTo: { source, destination: { ...destination, namespace: 'old' } } },
        },
      },
      /older specification: its destination/,
    ],
    [
      'because one of several sources has changed',
      {
        spec: { sources: [source, { ...source, path: 'b' }] },
        status: {
          sync: { status: 'Synced', comparedTo: { sources: [source, { ...source, path: 'a' }], destination } },
        },
      },
      /older specification: its source/,
    ],
  ])('%s', async (_, changes, summary) => {
    const platform = await platformWith(changes)
    expect((await findingOf(expectHealthy(platform))).summary).toMatch(summary)
    expect((await findingOf(expectSynced(platform))).summary).toMatch(summary)
  })

  // ArgoCD then writes the condition and the two statuses only: the time and the compared specification stay the old ones.
  it.each<[string, string, string]>([
    [
      'whose project forbids the destination',
      'InvalidSpecError',
      "application destination server 'https://kubernetes.default.svc' and namespace 'fawkes' do not match any of the allowed destinations in project 'default'",
    ],
    ['whose project does not exist', 'InvalidSpecError', 'Application referencing project shop which does not exist'],
    ['whose project cannot be read', 'UnknownError', 'error getting cluster by name'],
  ])('%s', async (_, type, message) => {
    const platform = await platformWith({
      status: {
        reconciledAt: minutesAgo(180),
        health: { status: 'Unknown' },
        sync: { status: 'Unknown', comparedTo: { source, destination: { ...destination, namespace: 'old' } } },
        conditions: [{ type, message }],
      },
    })
    for (const check of [expectHealthy, expectSynced]) {
      const { summary, found, remedy } = await findingOf(check(platform))
      expect(summary).toBe('ArgoCD refuses the specification of Application fawkes/devlake.')
      expect(found).toBe(`${type}: ${message}`)
      expect(remedy.join()).not.toContain('refresh')
      // ArgoCD may have another namespace than its Application.
      expect(remedy.join('\n')).toContain('kubectl get appprojects --all-namespaces -o yaml')
    }
  })

  it('is judged by the clock of the cluster', async () => {
    const recent = { applications: [application({ status: { reconciledAt: minutesAgo(181) } })] }
    const platform = await cluster(recent, { aheadMs: -180 * 60_000 })
    await expectHealthy(platform)
  })
})

describe('the operation of the Application', () => {
  it.each<[string, Changes, RegExp]>([
    ['was never taken up', { operation: { sync: {} } }, /requested operation that ArgoCD has not taken up/],
    [
      'runs without end',
      { status: { operationState: { phase: 'Running', startedAt: minutesAgo(60) } } },
      /did not succeed/,
    ],
    ['failed', { status: { operationState: { phase: 'Failed', message: 'boom' } } }, /did not succeed/],
    [
      'waits for the end of a sync window',
      { status: { operationState: { phase: 'Running', message: 'Sync operation blocked by sync window' } } },
      /^A sync window keeps ArgoCD from syncing Application fawkes\/devlake\.$/,
    ],
  ])('%s', async (_, changes, summary) => {
    expect((await findingOf(expectOperationSucceeded(await platformWith(changes)))).summary).toMatch(summary)
  })
})

describe('an Application out of sync', () => {
  const outOfSync = { status: 'OutOfSync', comparedTo: { source, destination } }
  const operation = { message: 'one or more objects failed to apply', startedAt: minutesAgo(2) }
  it.each<[string, object | undefined, RegExp]>([
    ['whose sync failed', { ...operation, phase: 'Failed' }, /last operation .* did not succeed/],
    [
      'whose sync is tried again',
      { ...operation, phase: 'Running', retryCount: 3 },
      /last operation .* did not succeed/,
    ],
    ['whose sync runs', { ...operation, phase: 'Running' }, /is OutOfSync/],
    ['whose last sync succeeded', { ...operation, phase: 'Succeeded', retryCount: 1 }, /is OutOfSync/],
    ['that nobody has synced', undefined, /is OutOfSync/],
  ])('%s', async (_, operationState, summary) => {
    const platform = await platformWith({ status: { sync: outOfSync, operationState } })
    expect((await findingOf(expectSynced(platform))).summary).toMatch(summary)
  })
})

describe('an Application out of sync that ArgoCD syncs by itself', () => {
  it.each<[string, object | undefined, boolean]>([
    ['is asked for its sync windows', { automated: { selfHeal: true } }, true],
    ['is not, where that is turned off', { automated: { enabled: false } }, false],
    ['is not, where it was never turned on', undefined, false],
  ])('%s', async (_, syncPolicy, isAsked) => {
    const sync = { status: 'OutOfSync', comparedTo: { source, destination } }
    const { remedy } = await findingOf(expectSynced(await platformWith({ spec: { syncPolicy }, status: { sync } })))
    expect(remedy.join().includes('WINDOWS:.spec.syncWindows')).toBe(isAsked)
  })
})

describe('a healthy Application', () => {
  const sources = [source, { repoURL: 'https://charts.example.org', chart: 'mysql', targetRevision: '1.2' }]
  it.each<[string, Changes]>([
    ['without an operation', {}],
    [
      'with resources that have no health, as of ArgoCD 3',
      { status: { resources: [{ kind: 'Service', name: 'x', status: 'Synced' }] } },
    ],
    [
      'with conditions that have no status',
      { status: { conditions: [{ type: 'SharedResourceWarning', message: 'shared' }] } },
    ],
    [
      'of several sources',
      {
        spec: { source: undefined, sources },
        status: { sync: { status: 'Synced', revisions: ['a', 'b'], comparedTo: { sources, destination } } },
      },
    ],
    [
      'with a hydrator',
      {
        spec: { source: undefined, sourceHydrator: { drySource: source } },
        status: {
          sync: { status: 'Synced', comparedTo: { source: { ...source, targetRevision: 'env/prod' }, destination } },
        },
      },
    ],
    ['whose cluster name ArgoCD has resolved', { spec: { destination: { name: 'in-cluster', namespace: 'fawkes' } } }],
    [
      'with reconciliation not skipped',
      { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'false' } } },
    ],
  ])('%s', async (_, changes) => {
    const platform = await platformWith({
      ...changes,
      status: { sync: application().status.sync, health: { status: 'Healthy' }, ...changes.status },
    })
    await expectHealthy(platform)
    await expectSynced(platform)
    await expectOperationSucceeded(platform)
  })
})
