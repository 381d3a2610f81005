/** A part that the configuration declares absent is left out with its reason, unless the cluster or the service shows a trace. */
import { describe, expect, it } from 'vitest'
import { type ChecklistItem, loadChecklist, type OptionalPart } from '../../../support/basis/checklist'
import { NotApplicable } from '../../../support/basis/expectation'
import { expectPodsReady } from '../../../support/checks/pods'
import { expectKeys } from '../../../support/checks/secrets'
import { expectService } from '../../../support/checks/services'
import { connectionsUnder } from '../../../support/flavours/fawkes/connections'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { preflight } from '../../../support/run/preflight'
import { type ClusterObject, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const checklist = loadChecklist()
const idsOf = (applies: (item: ChecklistItem) => boolean) => checklist.items.filter(applies).map(({ id }) => id)
const itemsOf = (...parts: readonly OptionalPart[]) =>
  idsOf(({ optionalPart }) => optionalPart !== undefined && parts.includes(optionalPart))

const lake: ClusterObject = {
  resource: 'services',
  metadata: { name: 'devlake-lake' },
  spec: { type: 'ClusterIP', selector: { app: 'lake' }, ports: [{ port: 8080 }] },
}

/** A run with an absent part, on a cluster of objects and a service with the given connections. */
async function withAbsent(
  key: string,
  objects: readonly ClusterObject[] = [],
  connections: object = {},
  more: object = {},
) {
  const dataSources = connectionsUnder('/api')
  const platform = platformOf(
    { objects: [lake, ...objects], configuration: { absent: { [key]: 'it is not here' }, ...more } },
    {
      contract: { ...fawkes, dataSources },
      missingAccess: async () => [],
      rest: {
        get: async (path: string) => {
          const source = path.split('/').at(-2) ?? ''
          const body = JSON.stringify(Reflect.get(connections, source) ?? [])
          return { url: `http://lake${path}`, status: 200, headers: {}, body }
        },
      },
    },
  )
  Object.assign(platform.kubernetes, { version: async () => 'v1.35.4', ensureNamespace: async () => {} })
  return preflight(platform, checklist, new Set(['0']))
}

const secret = (name: string, key: string): ClusterObject => ({
  resource: 'secrets',
  metadata: { name },
  data: { [key]: Buffer.from('a-value-of-a-token').toString('base64') },
})
const apiToken = secret('devlake-api-token', 'token')
const workload = (label: string, value: string): ClusterObject => ({
  resource: 'deployments',
  metadata: { name: 'controller', namespace: 'elsewhere', labels: { [label]: value } },
  spec: { replicas: 1 },
})
const connection = (source: string) => ({ [source]: [{ id: 1, name: 'main', endpoint: 'https://example.org' }] })

interface Case {
  readonly key: string
  readonly title: string
  readonly items: readonly string[]
  readonly traces: Readonly<Record<string, readonly ClusterObject[]>>
}

const cases: readonly Case[] = [
  {
    key: 'argocd',
    title: 'ArgoCD',
    items: itemsOf('delivery'),
    traces: {
      Application: [{ resource: 'applications', metadata: { name: 'devlake' }, spec: { destination: {} } }],
      'workloads labelled': [workload('app.kubernetes.io/part-of', 'argocd')],
    },
  },
  {
    key: 'argocd',
    title: 'ArgoCD',
    items: itemsOf('argocd'),
    traces: { 'Secret fawkes/devlake-argocd': [secret('devlake-argocd', 'token')] },
  },
  {
    key: 'github',
    title: 'GitHub',
    items: itemsOf('github'),
    traces: { 'Secret fawkes/devlake-secrets': [secret('devlake-secrets', 'github-token')] },
  },
  {
    key: 'certManager',
    title: 'cert-manager',
    items: itemsOf('certManager'),
    traces: {
      'workloads labelled': [workload('app.kubernetes.io/instance', 'cert-manager')],
      'a Certificate of cert-manager': [{ resource: 'certificates', metadata: { name: 'web', namespace: 'other' } }],
    },
  },
  {
    key: 'ingress',
    title: 'Ingress',
    items: itemsOf('ingress'),
    traces: { 'Ingress fawkes/devlake-grafana': [{ resource: 'ingresses', metadata: { name: 'devlake-grafana' } }] },
  },
  {
    key: 'ingress',
    title: 'Ingress',
    items: itemsOf('routes'),
    traces: { 'Ingress fawkes/devlake-grafana': [{ resource: 'ingresses', metadata: { name: 'devlake-grafana' } }] },
  },
  {
    key: 'alertmanager',
    title: 'Alertmanager',
    items: itemsOf('alertmanager'),
    traces: {
      'Service monitoring/': [
        {
          resource: 'services',
          metadata: { name: 'prometheus-kube-prometheus-alertmanager', namespace: 'monitoring' },
          spec: {},
        },
      ],
    },
  },
  {
    key: 'storage',
    title: 'Storage in the cluster',
    items: itemsOf('storage'),
    traces: {
      PersistentVolumeClaim: [{ resource: 'persistentvolumeclaims', metadata: { name: 'devlake-mysql' }, spec: {} }],
    },
  },
]

describe.each(cases)('the items of $title, declared absent, ($items)', ({ key, title, items, traces }) => {
  it('do not apply, with the declared reason', async () => {
    expect(items).not.toEqual([])
    const { notApplicable, warnings } = await withAbsent(key)
    for (const id of items) expect(notApplicable.get(id)).toBe(`${title} is declared absent: it is not here`)
    expect(warnings).toEqual([])
  })

  it.each(Object.entries(traces))('are required beside a trace: %s', async (trace, objects) => {
    const { notApplicable, warnings } = await withAbsent(key, objects)
    for (const id of items) expect(notApplicable.has(id), id).toBe(false)
    expect(warnings).toContainEqual(expect.stringContaining(`Found all the same: ${trace}`))
    expect(warnings.join('\n')).toContain(`absent.${key}`)
  })

  it('are required where nothing is declared', async () => {
    const { notApplicable } = await withAbsent('jenkins')
    for (const id of items) expect(notApplicable.has(id), id).toBe(false)
  })
})

describe('a declared absence', () => {
  it('of an Ingress that is there all the same is contradicted once', async () => {
    const { warnings } = await withAbsent('ingress', [{ resource: 'ingresses', metadata: { name: 'devlake-grafana' } }])
    expect(warnings.filter((warning) => warning.startsWith('Ingress is declared absent'))).toHaveLength(1)
  })

  it.each(['github', 'argocd'] as const)('of %s does not count beside a connection of the service', async (source) => {
    const { notApplicable } = await withAbsent(source, [apiToken], connection(source))
    for (const id of itemsOf(source)) expect(notApplicable.has(id), id).toBe(false)
  })

  it.each<[string, object, readonly OptionalPart[]]>([
    ['jenkins', { jenkins: { service: 'ci' } }, ['jenkins']],
    ['jenkins', { tokens: { jenkins: { name: 'ci' } } }, ['jenkins']],
    ['argocd', { tokens: { argocd: { key: 'other' } } }, ['argocd']],
    ['argocd', { dependencies: { argocd: { namespace: 'nowhere' } } }, ['delivery']],
    ['github', { dataSources: { github: { endpoint: 'https://github.example.org/api/v3' } } }, ['github']],
    ['certManager', { dependencies: { certManager: { selector: 'app=none' } } }, ['certManager']],
    ['ingress', { ingresses: { grafana: { name: 'dashboards' } } }, ['ingress', 'routes']],
    ['alertmanager', { monitoring: { alertmanager: { service: 'alerts' } } }, ['alertmanager']],
    ['storage', { storage: { claim: 'data' } }, ['storage']],
  ])('of %s does not count where the configuration names it itself: %j', async (key, named, parts) => {
    const { notApplicable, warnings } = await withAbsent(key, [], {}, named)
    for (const id of itemsOf(...parts)) expect(notApplicable.has(id), id).toBe(false)
    expect(warnings).toContainEqual(
      expect.stringMatching(/Found all the same: the configuration key \S+, which names it/),
    )
  })

  it('counts where the configuration names the object of another kind that takes the place of an Ingress', async () => {
    const { notApplicable } = await withAbsent(
      'ingress',
      [],
      {},
      {
        ingresses: Object.fromEntries(
          ['service', 'grafana'].map((role) => [
            role,
            { kind: 'Service', name: 'devlake-lake', host: 'dora.example.org' },
          ]),
        ),
      },
    )
    for (const id of itemsOf('ingress')) expect(notApplicable.has(id), id).toBe(true)
  })

  it('of External Secrets has the effect of secrets that were created by hand', async () => {
    const { notApplicable } = await withAbsent('externalSecrets')
    for (const id of idsOf(({ secretsMode }) => secretsMode === 'external'))
      expect(notApplicable.get(id)).toBe('External Secrets is declared absent: it is not here')
    for (const id of idsOf(({ secretsMode }) => secretsMode === 'manual')) expect(notApplicable.has(id)).toBe(false)
  })

  it('of GitHub asks for no GitHub token among the keys of the Secret', async () => {
    const objects = [secret('devlake-secrets', 'api-token')]
    const keys = { secretNames: { service: { keys: ['api-token', 'github-token'] } } }
    const platform = platformOf({ objects, configuration: { ...keys, absent: { github: 'we use another forge' } } })
    await expectKeys(platform, 'service')
    expect((await findingOf(expectKeys(platformOf({ objects, configuration: keys }), 'service'))).found).toContain(
      'github-token is missing',
    )
  })
})

describe('a database that is declared absent', () => {
  const absent = { mysql: 'it is a managed database' }
  const outside = { absent, database: { host: 'db.example.org' } }
  const checks = {
    pods: (platform: ReturnType<typeof platformOf>) => expectPodsReady(platform, 'mysql'),
    service: (platform: ReturnType<typeof platformOf>) => expectService(platform, 'mysql'),
  }
  const pod: ClusterObject = {
    resource: 'pods',
    metadata: {
      name: 'devlake-mysql-0',
      labels: { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'mysql' },
    },
    spec: { containers: [] },
    status: { phase: 'Pending' },
  }

  it.each(Object.entries(checks))('has no %s to check', async (_, check) => {
    const error = await check(platformOf({ objects: [], configuration: outside })).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(NotApplicable)
    expect((error as Error).message).toBe('MySQL is declared absent from the cluster: it is a managed database')
  })

  it.each(Object.entries(checks))('is checked by its %s while a pod of it is in the cluster', async (_, check) => {
    await findingOf(check(platformOf({ objects: [pod], configuration: outside })))
  })

  it.each(Object.entries(checks))('is checked by its %s while no host is configured', async (_, check) => {
    await findingOf(check(platformOf({ objects: [], configuration: { absent } })))
  })

  it('needs no storage in the cluster', async () => {
    const { notApplicable } = await withAbsent('mysql')
    for (const id of itemsOf('storage'))
      expect(notApplicable.get(id)).toBe('Storage in the cluster is declared absent: it is not here')
  })
})
