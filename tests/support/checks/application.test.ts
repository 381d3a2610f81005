import { describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { expectApplication, expectDeploysFromRepository } from '../../../support/checks/application'
import { expectOperationSucceeded, startSync } from '../../../support/checks/application-operations'
import { expectHealthy, expectSynced } from '../../../support/checks/application-state'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { cluster, findingOf, type Stock } from '../../fixtures/cluster'

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
    resources: [{ kind: 'StatefulSet', name: 'devlake-lake', status: 'Synced' }],
    ...status,
  },
})

const platformWith = (changes: Changes, configured: object = wanted, stock: Stock = {}) =>
  cluster(
    { applications: [application(changes)], ...stock },
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

/** The chart of another repository, with a file of values from the platform repository. */
const withValues = (file: string) => [
  {
    ...{ repoURL: 'https://apache.github.io/incubator-devlake-helm-chart', chart: 'devlake', targetRevision: '1.0.2' },
    helm: { valueFiles: [file] },
  },
  { repoURL: source.repoURL, targetRevision: source.targetRevision, ref: 'values' },
]

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
    ['values of another folder', { sources: withValues('$values/platform/apps/jenkins/values.yaml') }, part],
    [
      'values that no chart uses',
      { sources: withValues('$other/platform/apps/devlake/values.yaml') },
      'neither a path',
    ],
  ])('%s', async (_, spec, says, configured = wanted) => {
    const platform = await platformWith({ spec }, configured)
    expect((await findingOf(expectDeploysFromRepository(platform))).summary).toContain(says)
  })
})

describe('the Application deploys nothing', () => {
  const left = { kind: 'StatefulSet', name: 'devlake-lake', status: 'OutOfSync', requiresPruning: true }
  it.each([
    ['and is Synced', []],
    ['but what is left to be pruned', [left]],
  ])('%s', async (_, resources) => {
    const found = await findingOf(expectDeploysFromRepository(await platformWith({ status: { resources } })))
    expect(found).toMatchObject({
      summary: 'Application fawkes/devlake deploys nothing: ArgoCD finds no manifest in its sources.',
      found: 'no resource, from path platform/apps/devlake, revision main',
    })
  })

  it('is not a finding while ArgoCD cannot compare it', async () => {
    const sync = { status: 'Unknown', comparedTo: { source, destination } }
    await expectDeploysFromRepository(await platformWith({ status: { resources: [], sync } }))
  })
})

describe('the Application deploys workloads', () => {
  const labels = { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'lake' }
  const lake = (metadata: object = {}) => ({
    statefulsets: [
      {
        metadata: { name: 'devlake-lake', namespace: 'fawkes', ...metadata },
        spec: { replicas: 1, template: { metadata: { labels } } },
      },
    ],
  })
  const jenkins = { kind: 'StatefulSet', name: 'jenkins', namespace: 'fawkes', status: 'Synced' }
  const resource = (kind: string, name: string) => ({ ...jenkins, kind, name })
  const judged = async (resources: readonly object[], stock: Stock) =>
    expectDeploysFromRepository(await platformWith({ status: { resources } }, wanted, stock))

  it('of which none runs the service', async () => {
    const { summary, expected, found } = await findingOf(judged([jenkins, resource('Service', 'devlake-lake')], lake()))
    expect([summary, expected, found]).toEqual([
      'Application fawkes/devlake deploys no workload of the service.',
      'StatefulSet fawkes/devlake-lake',
      'StatefulSet fawkes/jenkins',
    ])
  })

  it.each<[string, readonly object[], Stock]>([
    ['of which one runs the service', [jenkins, resource('StatefulSet', 'devlake-lake')], lake()],
    ['without their namespace', [{ ...resource('StatefulSet', 'devlake-lake'), namespace: undefined }], lake()],
    ['beside an Application that may deploy the service', [jenkins, resource('Application', 'lake')], lake()],
    ['and an operator makes those of the service', [jenkins], lake({ ownerReferences: [{ kind: 'DevLake' }] })],
    ['and the service has none', [jenkins], {}],
  ])('%s', async (_, resources, stock) => {
    await judged(resources, stock)
  })
})

describe('the Application deploys what it must', () => {
  it.each<[string, object, object?]>([
    ['as configured', {}],
    [
      'a chart with the values of the platform repository',
      { sources: withValues('$values/platform/apps/devlake/values.yaml') },
      { ...wanted, chart: 'devlake' },
    ],
    [
      'a chart with the values of any folder of the platform repository',
      { sources: withValues('$values/values.yaml') },
      { repository: wanted.repository },
    ],
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

const hydrator = { drySource: source, syncSource: { targetBranch: 'env/prod', path: 'devlake' } }

/** An Application with a hydrator, and with the last operation of it. */
const hydrated = (operation: object): Changes => ({
  spec: { source: undefined, sourceHydrator: hydrator },
  status: { sourceHydrator: { currentOperation: { sourceHydrator: hydrator, ...operation } } },
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
    [
      'because the values of its chart have changed',
      { spec: { source: { ...source, helm: { parameters: [{ name: 'replicas', value: '2' }] } } } },
      /older specification: its source/,
    ],
    [
      'because the images of its kustomization have changed',
      { spec: { source: { ...source, kustomize: { images: ['devlake:v1.0.3'] } } } },
      /older specification: its source/,
    ],
    [
      'because its hydrator has another source',
      hydrated({ phase: 'Hydrated', sourceHydrator: { ...hydrator, drySource: { ...source, targetRevision: 'old' } } }),
      /older specification: its hydrator/,
    ],
    [
      'because its hydrator fails',
      hydrated({ phase: 'Failed', message: 'failed to commit hydrated manifests: connection refused' }),
      /^The hydrator of Application fawkes\/devlake fails, so ArgoCD deploys no newer manifests\.$/,
    ],
    [
      'because its hydrator does not come to an end',
      hydrated({ phase: 'Hydrating' }),
      /^The hydrator of Application fawkes\/devlake has not ended/,
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
      /^The last operation of Application fawkes\/devlake has not ended\.$/,
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

describe('an operation that failed', () => {
  const hook = {
    ...{ kind: 'Job', namespace: 'fawkes', name: 'migrate', hookType: 'PreSync', hookPhase: 'Failed' },
    message: 'Job has reached the specified backoff limit',
  }
  const failing = async (operationState: object) =>
    findingOf(expectOperationSucceeded(await platformWith({ status: { operationState } })))

  it('is named by the same resource in whatever order ArgoCD lists those that it could not apply', async () => {
    const refused = (name: string) => ({
      kind: 'StatefulSet',
      namespace: 'fawkes',
      name,
      status: 'SyncFailed',
      message: 'no',
    })
    const all = [refused('devlake-ui'), refused('devlake-lake')]
    const summaries = [all, [...all].reverse()].map(async (resources) => {
      return (await failing({ phase: 'Failed', syncResult: { resources } })).summary
    })
    expect(new Set(await Promise.all(summaries))).toEqual(
      new Set([
        'The last operation of Application fawkes/devlake did not succeed: StatefulSet fawkes/devlake-lake failed.',
      ]),
    )
  })

  it('is named by the task that failed, and started again when that is mended', async () => {
    const applied = {
      kind: 'Service',
      namespace: 'fawkes',
      name: 'devlake-lake',
      status: 'Synced',
      hookPhase: 'Running',
    }
    const message = 'one or more synchronization tasks completed unsuccessfully'
    const found = await failing({ phase: 'Failed', message, syncResult: { resources: [applied, hook] } })
    expect([found.summary, found.found]).toEqual([
      'The last operation of Application fawkes/devlake did not succeed: Job fawkes/migrate failed.',
      `Failed: ${message}; Job migrate: ${hook.message}`,
    ])
    expect(found.remedy).toEqual([
      expect.stringContaining('.status.operationState.syncResult.resources'),
      'kubectl describe application -n fawkes devlake',
      '# when the reason is mended:',
      expect.stringContaining('kubectl patch application -n fawkes devlake --type=merge'),
    ])
  })

  it('is started again by ArgoCD itself while it tries', async () => {
    const { remedy } = await failing({ phase: 'Running', retryCount: 2, syncResult: { resources: [hook] } })
    expect(remedy.join()).not.toContain('patch')
  })
})

describe('an Application that is Synced', () => {
  const { labels } = configurationSchema(fawkes.names).parse({}).components.lake
  const own = {
    metadata: { name: 'devlake-lake', namespace: 'fawkes' },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels } } },
  }
  const ignoring = async (kind: string, fields: object) =>
    expectSynced(
      await platformWith({ spec: { ignoreDifferences: [{ group: 'apps', kind, ...fields }] } }, wanted, {
        statefulsets: [own],
      }),
    )

  it.each([
    ['StatefulSet', { jsonPointers: ['/spec'] }, '/spec'],
    ['StatefulSet', { jsonPointers: ['/spec'], name: 'devlake-lake', namespace: 'fawkes' }, '/spec'],
    ['*', { jsonPointers: ['/spec'], group: '*' }, '/spec'],
    ['Deployment', { jsonPointers: ['/metadata/labels', '/spec/template'] }, '/spec/template'],
    ['*', { jqPathExpressions: ['.spec'] }, '.spec'],
    ['Deployment', { jsonPointers: ['/spec/template/spec/containers'] }, '/spec/template/spec/containers'],
    ['StatefulSet', { jsonPointers: ['/spec/template/spec/containers/0'] }, '/spec/template/spec/containers/0'],
    ['Deployment', { jqPathExpressions: ['.spec.template.spec.containers[]'] }, '.spec.template.spec.containers[]'],
    ['{Deployment,StatefulSet}', { jsonPointers: ['/spec'] }, '/spec'],
    ['*Set', { jsonPointers: ['/spec/template'], group: 'app*' }, '/spec/template'],
    ['StatefulSet', { managedFieldsManagers: ['kyverno', 'argocd-controller'] }, 'what argocd-controller has applied'],
  ])('says nothing if ArgoCD compares nothing of %s', async (kind, fields, path) => {
    const { summary } = await findingOf(ignoring(kind, fields))
    expect(summary).toBe(
      `Application fawkes/devlake is Synced whatever runs: ArgoCD ignores all differences of ${path} in ${kind}.`,
    )
  })

  it.each([
    ['Deployment', { jsonPointers: ['/spec/replicas'] }],
    ['Deployment', { jqPathExpressions: ['.spec.template.spec.containers[].resources'] }],
    ['Deployment', { jsonPointers: ['/spec/template/spec/containers/0/image'] }],
    ['Deployment', { jqPathExpressions: ['.spec.template.spec.containers[] | select(.name == "proxy")'] }],
    ['StatefulSet', { managedFieldsManagers: ['kube-controller-manager'] }],
    ['ConfigMap', { jsonPointers: ['/spec'] }],
    ['{ConfigMap,Secret}', { managedFieldsManagers: ['argocd-controller'] }],
    ['*Job', { jsonPointers: ['/spec'], group: '*' }],
    ['*', { jsonPointers: ['/spec'], group: 'cert-manager.io' }],
    ['Deployment', { jsonPointers: ['/spec'], group: '' }],
    ['Deployment', { jsonPointers: ['/spec'], name: 'demo' }],
    ['StatefulSet', { jsonPointers: ['/spec'], namespace: 'staging' }],
  ])('holds if ArgoCD ignores single fields of %s, or other objects: %j', ignoring)

  const listing = async (resource: object) =>
    expectSynced(await platformWith({ status: { resources: [resource] } }, wanted, { statefulsets: [own] }))
  const lake = { kind: 'StatefulSet', name: 'devlake-lake', namespace: 'fawkes' }

  it.each([
    ['because it is a hook', { ...lake, hook: true }],
    ['because an annotation makes ArgoCD skip it', lake],
    ['and names no namespace', { ...lake, namespace: undefined }],
  ])('says nothing of a workload that is not compared, %s', async (_, resource) => {
    expect((await findingOf(listing(resource))).summary).toBe(
      'Application fawkes/devlake is Synced whatever runs: ArgoCD does not compare StatefulSet fawkes/devlake-lake.',
    )
  })

  // CompareAppState in controller/state.go leaves such an object out of status.resources.
  const excluding = async (message: string) =>
    expectSynced(
      await platformWith({ status: { conditions: [{ type: 'ExcludedResourceWarning', message }] } }, wanted, {
        statefulsets: [own],
      }),
    )

  it('says nothing of a workload that the settings of ArgoCD exclude', async () => {
    const message = 'Resource apps/StatefulSet devlake-lake is excluded in the settings'
    const { summary, found, remedy } = await findingOf(excluding(message))
    expect(summary).toBe(
      'Application fawkes/devlake is Synced whatever runs: ArgoCD does not compare StatefulSet fawkes/devlake-lake.',
    )
    expect(found).toBe(`ExcludedResourceWarning: ${message}`)
    expect(remedy).toEqual([
      "kubectl get configmap -n fawkes argocd-cm -o jsonpath='{.data.resource\\.exclusions}{.data.resource\\.inclusions}'",
      expect.stringMatching(/^#/),
    ])
  })

  it.each([
    'Resource /Endpoints devlake-lake is excluded in the settings',
    'Resource apps/StatefulSet devlake-lake-cache is excluded in the settings',
  ])('holds beside another excluded object: %s', excluding)

  it.each([
    ['a Job that is a hook', { kind: 'Job', name: 'migrate', namespace: 'fawkes', hook: true }],
    ['a workload of another service', { ...lake, name: 'jenkins' }],
    ['a workload of another namespace', { ...lake, namespace: 'staging' }],
  ])('holds beside %s', async (_, resource) => {
    await listing(resource)
  })
})

it('an Application of unknown health has the reason in its conditions', async () => {
  const message = 'failed to generate manifests: no such branch'
  const platform = await platformWith({
    status: { health: { status: 'Unknown' }, conditions: [{ type: 'ComparisonError', message }] },
  })
  const finding = await findingOf(expectHealthy(platform))
  expect([finding.summary, finding.found]).toEqual([
    'Application fawkes/devlake is Unknown.',
    `Unknown; ComparisonError: ${message}`,
  ])
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

describe('an Application out of sync and the sync windows of its project', () => {
  const sync = { status: 'OutOfSync', revision: 'abc', comparedTo: { source, destination } }
  const automated = { syncPolicy: { automated: { selfHeal: true, prune: true } } }
  const freeze = { kind: 'deny', schedule: '* * * * *', duration: '24h', applications: ['*'] }
  const projects = (...syncWindows: readonly object[]) => ({
    appprojects: [{ metadata: { name: 'default', namespace: 'argocd' }, spec: { syncWindows } }],
  })
  const checked = async (spec: object, stock: Stock, status: object = {}) => {
    const changes = { spec, status: { sync, controllerNamespace: 'argocd', ...status } }
    return findingOf(expectSynced(await platformWith(changes, wanted, stock)))
  }
  const held = 'A sync window keeps ArgoCD from syncing Application fawkes/devlake.'
  const isOutOfSync = 'Application fawkes/devlake is OutOfSync.'

  it('is held by the sync window of its project', async () => {
    const { summary, found, remedy } = await checked(automated, projects(freeze))
    expect(summary).toBe(held)
    expect(found).toBe('OutOfSync; the deny window "* * * * *" for 24h (UTC) is open')
    expect(remedy[0]).toBe("kubectl get appproject -n argocd default -o jsonpath='{.spec.syncWindows}'")
  })

  it.each<[string, object, object, string]>([
    ['that a window for other Applications concerns', automated, { applications: ['shop'] }, isOutOfSync],
    ['that is synced by hand only', {}, {}, isOutOfSync],
    ['whose automated syncs are turned off', { syncPolicy: { automated: { enabled: false } } }, {}, isOutOfSync],
    ['whose project is another one', { ...automated, project: 'shop' }, {}, isOutOfSync],
    ['that may be synced by hand meanwhile', automated, { manualSync: true }, held],
  ])('%s', async (_, spec, window, summary) => {
    expect((await checked(spec, projects({ ...freeze, ...window }))).summary).toBe(summary)
  })

  it('is not held by a window if ArgoCD has deployed the revision and corrects nothing', async () => {
    const operationState = { phase: 'Succeeded', syncResult: { revision: 'abc' } }
    const spec = { syncPolicy: { automated: {} } }
    expect((await checked(spec, projects(freeze), { operationState })).summary).toBe(isOutOfSync)
    const older = { operationState: { ...operationState, syncResult: { revision: 'older' } } }
    expect((await checked(spec, projects(freeze), older)).summary).toBe(held)
  })

  it('is not held by a window if ArgoCD would delete resources and may not', async () => {
    const resources = [
      { kind: 'ConfigMap', namespace: 'fawkes', name: 'old', status: 'OutOfSync', requiresPruning: true },
    ]
    const spec = { syncPolicy: { automated: { selfHeal: true } } }
    expect((await checked(spec, projects(freeze), { resources })).summary).toBe(isOutOfSync)
  })

  it('is missing resources for the same reason', async () => {
    const status = { sync, health: { status: 'Missing' }, controllerNamespace: 'argocd' }
    const platform = await platformWith({ spec: automated, status }, wanted, projects(freeze))
    expect((await findingOf(expectHealthy(platform))).summary).toBe(held)
  })

  it('whose windows the caller may not read shows how to list them', async () => {
    expect((await checked(automated, {})).remedy).toContain(
      "kubectl get appproject -n argocd default -o jsonpath='{.spec.syncWindows}'",
    )
  })

  it('cannot be synced by hand during a window, and no sync is started', async () => {
    const platform = await platformWith({ status: { controllerNamespace: 'argocd' } }, wanted, projects(freeze))
    const error = await startSync(platform).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Blocked)
    expect((error as Blocked).finding.summary).toBe(held)
  })

  it('cannot be synced by hand after an automated sync, for which ArgoCD takes the one by hand', async () => {
    const operationState = { phase: 'Succeeded', operation: { initiatedBy: { automated: true } } }
    const status = { controllerNamespace: 'argocd', operationState }
    const platform = await platformWith({ status }, wanted, projects({ ...freeze, manualSync: true }))
    expect((await findingOf(startSync(platform))).summary).toBe(held)
  })
})

describe('an Application that is being deployed', () => {
  /** One whose status changes with each answer of the cluster; the last one stays. */
  const changing = (...statuses: readonly object[]) => {
    const left = [...statuses]
    const one = application()
    return {
      metadata: one.metadata,
      spec: { ...one.spec, syncPolicy: { automated: { selfHeal: true } } },
      get status() {
        return { ...one.status, ...(left.length > 1 ? left.shift() : left[0]) }
      },
    }
  }
  const outOfSync = { sync: { status: 'OutOfSync', comparedTo: { source, destination } } }
  const running = { operationState: { phase: 'Running', message: 'waiting for healthy state of apps/Deployment/lake' } }
  const patient = { configuration: { application: wanted, deadlines: { condition: '30s' } } }

  it.each<[string, readonly object[]]>([
    ['is healthy once its rollout has ended', [{ health: { status: 'Progressing' } }, {}]],
    ['is in sync once its sync has ended', [{ ...outOfSync, ...running }, running, {}]],
    ['is in sync once ArgoCD has started the sync of a new commit', [outOfSync, { ...outOfSync, ...running }, {}]],
    ['has what it lacked once it was synced', [{ ...outOfSync, health: { status: 'Missing' } }, {}]],
  ])('%s', async (_, statuses) => {
    for (const check of [expectHealthy, expectSynced, expectOperationSucceeded])
      await check(await cluster({ applications: [changing(...statuses)] }, patient))
  })

  it('is still Progressing when its time is over', async () => {
    const health = { status: 'Progressing', message: 'Waiting for rollout to finish' }
    const { summary, expected, found } = await findingOf(expectHealthy(await platformWith({ status: { health } })))
    expect(summary).toBe('Application fawkes/devlake is still Progressing.')
    expect(expected).toBe('Healthy within 1 s')
    expect(found).toBe('Progressing; Waiting for rollout to finish')
  })

  it('shows for what its sync waits when its time is over', async () => {
    const platform = await platformWith({ status: { ...outOfSync, ...running } })
    expect((await findingOf(expectSynced(platform))).found).toContain(
      'waiting for healthy state of apps/Deployment/lake',
    )
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
    ['whose hydrator has rendered its manifests', hydrated({ phase: 'Hydrated' })],
    [
      'whose source names fields without content, which ArgoCD leaves out',
      { spec: { source: { ...source, chart: '', helm: { parameters: [], skipCrds: false } } } },
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
