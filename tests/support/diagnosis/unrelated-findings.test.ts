/** Findings from which nothing follows are no cause of another finding about the same object. */
import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../support/basis/finding'
import { expectWorkers } from '../../../support/checks/cluster'
import { expectDeployed } from '../../../support/checks/dependencies'
import { expectOpenOutside } from '../../../support/checks/exposed-services'
import { expectRouting } from '../../../support/checks/ingresses'
import { expectReadyStores } from '../../../support/checks/secret-stores'
import { expectToken } from '../../../support/checks/secrets'
import { expectService } from '../../../support/checks/services'
import { expectStorage } from '../../../support/checks/storage'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import type { Facts } from '../../../support/diagnosis/facts/facts'
import * as saved from '../../fixtures/facts'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const judged = (check: (platform: ReturnType<typeof platformOf>) => Promise<unknown>, ...objects: ClusterObject[]) =>
  findingOf(check(platformOf({ objects })))

const lake = (spec: object): ClusterObject => ({
  resource: 'services',
  metadata: { name: 'devlake-lake' },
  spec: { selector: configuration.components.lake.labels, ports: [{ port: 8080 }], ...spec },
})
const ofLake = (spec: object) => judged((platform) => expectService(platform, 'lake'), lake(spec))

const mysql = (volume: object): ClusterObject => ({
  resource: 'pods',
  metadata: { name: 'devlake-mysql-0', labels: configuration.components.mysql.labels },
  spec: {
    containers: [{ name: 'mysql', volumeMounts: [{ name: 'data', mountPath: '/var/lib/mysql' }] }],
    volumes: [{ name: 'data', ...volume }],
  },
  status: { phase: 'Running' },
})
const ofClaim = (spec: object, storage = '20Gi', volume: object = {}) =>
  judged(
    expectStorage,
    {
      resource: 'persistentvolumeclaims',
      metadata: { name: 'devlake-mysql' },
      spec,
      status: { phase: 'Bound', capacity: { storage } },
    },
    mysql(volume),
  )

const argocd = (spec: object, status: object = {}) =>
  judged(
    (platform) => expectDeployed(platform, 'argocd'),
    ...['argocd-application-controller', 'argocd-repo-server', 'argocd-server'].map((name) => ({
      resource: 'deployments',
      metadata: {
        name,
        namespace: 'fawkes',
        generation: 1,
        labels: { 'app.kubernetes.io/part-of': 'argocd', 'app.kubernetes.io/component': name.replace('argocd-', '') },
      },
      spec: { replicas: 1, selector: {}, ...(name === 'argocd-server' ? spec : {}) },
      status: { replicas: 1, availableReplicas: 1, readyReplicas: 1, ...(name === 'argocd-server' ? status : {}) },
    })),
  )

const worker = (spec: object, status = 'True'): ClusterObject => ({
  resource: 'nodes',
  metadata: { name: 'worker-1', labels: {} },
  spec,
  status: {
    conditions: [{ type: 'Ready', status }],
    nodeInfo: { kubeletVersion: 'v1.35.4', operatingSystem: 'linux' },
  },
})
const ofWorkers = (...given: Parameters<typeof worker>) => {
  const platform = platformOf({ objects: [worker(...given)] })
  Object.assign(platform.kubernetes, { version: async () => 'v1.35.4' })
  return findingOf(expectWorkers(platform))
}

const fakeStore = () =>
  judged(
    expectReadyStores,
    {
      resource: 'externalsecrets',
      metadata: { name: 'devlake-db' },
      spec: { secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' }, target: { name: 'devlake-db' } },
    },
    {
      resource: 'clustersecretstores',
      metadata: { name: 'vault' },
      spec: { provider: { fake: {} } },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
  )

const ofIngress = () =>
  judged((platform) => expectRouting(platform, 'service'), {
    resource: 'ingresses',
    metadata: { name: configuration.ingresses.service.name },
    spec: { rules: [{ host: 'other.example.org', http: { paths: [] } }] },
  })

const about = (object: string): Finding => ({
  summary: `${object} does not answer.`,
  object,
  expected: 'an answer',
  found: 'connect ETIMEDOUT',
  remedy: [],
  reliesOn: [object],
})

const pendingMySql = { pods: saved.podsWith(saved.pending('mysql', '0/3 nodes are available: 3 Insufficient memory.')) }
const evictedUi = { pods: saved.podsWith(saved.pod('ui', { phase: 'Failed', reason: 'Evicted' })) }
const unhealthy = (kind: string, name: string): Partial<Facts> => ({
  applications: saved.facts().applications.map((one) => ({
    ...one,
    status: { resources: [{ kind, name, namespace: 'fawkes', health: { status: '' } }] },
  })),
})
const service = 'Service fawkes/devlake-lake'
const database = 'Pod fawkes/devlake-mysql-0'
const ui = 'Pod fawkes/devlake-ui-0'
const server = 'Deployment fawkes/argocd-server'
const application = 'Application fawkes/devlake'

const ready = [
  {
    metadata: {
      ...{ name: 'devlake-lake-x', namespace: 'fawkes', uid: '' },
      labels: { 'kubernetes.io/service-name': 'devlake-lake' },
    },
    ports: [],
    endpoints: [{ conditions: { ready: true } }],
  },
]

interface Case {
  readonly title: string
  readonly other: () => Promise<Finding>
  /** The summary of the other finding. */
  readonly says: RegExp
  /** The object that does not work, which is the cause itself. */
  readonly object: string
  readonly given?: Partial<Facts>
}

const cases: readonly Case[] = [
  {
    title: 'a Service open on nodes',
    other: () => ofLake({ type: 'NodePort' }),
    says: /not a ClusterIP/,
    object: service,
  },
  {
    title: 'a Service with an external address',
    other: () => ofLake({ externalIPs: ['203.0.113.7'] }),
    says: /external addresses/,
    object: service,
  },
  {
    title: 'a Service that is closed to the outside',
    other: () => {
      const exposed = { ingresses: { service: { kind: 'Service', name: 'devlake-lake' } } }
      return findingOf(
        expectOpenOutside(platformOf({ objects: [lake({ type: 'ClusterIP' })], configuration: exposed }), 'service'),
      )
    },
    says: /its type is ClusterIP/,
    object: service,
  },
  {
    title: 'a small claim, of a pod that fits nowhere',
    other: () => ofClaim({}, '1Gi'),
    says: /is smaller than/,
    object: database,
    given: pendingMySql,
  },
  {
    title: 'a claim that waits for its resize',
    other: () => ofClaim({ resources: { requests: { storage: '40Gi' } } }),
    says: /resize of .* is pending/,
    object: database,
    given: pendingMySql,
  },
  {
    title: 'a claim that no pod mounts',
    other: () => ofClaim({}),
    says: /is mounted by no pod/,
    object: database,
    given: pendingMySql,
  },
  { title: 'a paused Deployment', other: () => argocd({ paused: true }), says: /is paused/, object: server },
  {
    title: 'a rollout that hangs beside running pods',
    other: () => argocd({}, { conditions: [{ type: 'Progressing', status: 'False' }] }),
    says: /stuck in a rollout/,
    object: server,
  },
  {
    title: 'a cordoned node',
    other: () => ofWorkers({ unschedulable: true }),
    says: /Only 0 of/,
    object: ui,
    given: evictedUi,
  },
  {
    title: 'a node with a taint',
    other: () => ofWorkers({ taints: [{ key: 'gpu', effect: 'NoSchedule' }] }),
    says: /Only 0 of/,
    object: ui,
    given: evictedUi,
  },
  {
    title: 'a placeholder for a token beside the password of the database',
    other: () =>
      findingOf(
        expectToken(
          platformOf({
            objects: [
              {
                resource: 'secrets',
                metadata: { name: 'devlake-db' },
                data: { jenkins: Buffer.from('changeme').toString('base64') },
              },
            ],
            configuration: { tokens: { jenkins: { name: 'devlake-db', key: 'jenkins' } } },
          }),
          'jenkins',
        ),
      ),
    says: /holds no usable token/,
    object: 'Pod fawkes/devlake-lake-0',
    given: {
      pods: saved.podsWith(saved.stopped('lake', { waiting: { reason: 'CrashLoopBackOff' } })),
      logs: [saved.log('lake', false, "Error 1045: Access denied for user 'merico'@'10.0.0.8'")],
    },
  },
  {
    title: 'a store with fixed values',
    other: fakeStore,
    says: /is not backed by a secrets manager/,
    object: 'ExternalSecret fawkes/devlake-db',
    given: { externalSecrets: [saved.externalSecret('False', 'no such key')] },
  },
  {
    title: 'an Ingress of another host, for the health of an Application',
    other: ofIngress,
    says: /has no rule for the host/,
    object: application,
    given: unhealthy('Ingress', configuration.ingresses.service.name),
  },
  {
    title: 'a ServiceMonitor, for the health of an Application',
    other: async () => ({ ...about('ServiceMonitor fawkes/devlake-metrics'), reliesOn: [] }),
    says: /ServiceMonitor/,
    object: application,
    given: unhealthy('ServiceMonitor', 'devlake-metrics'),
  },
]

describe('the cause of an outage is not', () => {
  it.each(cases)('$title', async ({ other, says, object, given = {} }) => {
    const [found, outage] = [await other(), about(object)]
    expect(found.summary).toMatch(says)
    const diagnosis = new Diagnosis(saved.facts({ endpointSlices: ready, ...given }), [found, outage])
    expect(diagnosis.causeOf(outage)).toMatchObject({ object })
    expect(diagnosis.causeOf(outage).summary).not.toBe(found.summary)
  })
})

describe('the cause of an outage is', () => {
  it('a Service that lacks the port, also if it is open outside the cluster', async () => {
    for (const type of ['ClusterIP', 'NodePort']) {
      const found = await ofLake({ type, ports: [{ port: 80 }] })
      expect(new Diagnosis(saved.facts({ endpointSlices: ready }), [found]).causeOf(about(service))).toBe(found)
    }
  })

  it('a node that is not Ready', async () => {
    const found = await ofWorkers({ unschedulable: true }, 'Unknown')
    expect(new Diagnosis(saved.facts(evictedUi), [found]).causeOf(about('Pod fawkes/devlake-ui-0'))).toBe(found)
  })

  it('a paused Deployment that has no pods', async () => {
    const found = await argocd({ paused: true }, { availableReplicas: 0, readyReplicas: 0 })
    expect(new Diagnosis(saved.facts(), [found]).causeOf(about('Deployment fawkes/argocd-server'))).toBe(found)
  })
})
