/** A rollout in progress gets the time to end. Whatever does not go on by itself is judged at once. */
import { describe, expect, it } from 'vitest'
import { expectDeployed, expectPrometheusAvailable } from '../../../support/checks/dependencies'
import { expectNoErrorState, expectPodsReady } from '../../../support/checks/pods'
import { soonMs } from '../../fixtures/deadlines'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const now = new Date('2026-11-28T09:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString()
const { labels } = configuration.components.lake
const hour = 3600

const owner = { kind: 'StatefulSet', name: 'devlake-lake', uid: 's' }
const pod = (status: object = {}, metadata: object = {}): ClusterObject => ({
  resource: 'pods',
  metadata: { name: 'lake-0', labels, creationTimestamp: ago(5), ownerReferences: [owner], ...metadata },
  spec: { containers: [{ name: 'lake' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'lake', ready: true, state: { running: {} } }],
    ...status,
  },
})
const unready = { containerStatuses: [{ name: 'lake', ready: false, state: { running: {} } }] }
const starting = pod({
  phase: 'Pending',
  containerStatuses: [{ name: 'lake', state: { waiting: { reason: 'ContainerCreating' } } }],
})

const lake = (status: object = {}, spec: object = {}): ClusterObject => ({
  resource: 'statefulsets',
  metadata: { name: 'devlake-lake', namespace: 'fawkes', generation: 3 },
  spec: { replicas: 1, template: { metadata: { labels } }, ...spec },
  status: { observedGeneration: 3, replicas: 1, readyReplicas: 1, updatedReplicas: 1, ...status },
})

/** A platform whose objects change after the first judgement. */
function changing(before: readonly ClusterObject[], after: readonly ClusterObject[], condition = `${soonMs}ms`) {
  const objects = [...before]
  setImmediate(() => objects.splice(0, objects.length, ...after))
  return platformOf({ objects, now, configuration: { deadlines: { condition } } })
}

describe('the pods of a component hold once', () => {
  it.each<[string, readonly ClusterObject[]]>([
    ['a new pod has started', [starting, lake({ readyReplicas: 0 })]],
    ['a new pod is ready', [pod(unready), lake({ readyReplicas: 0 })]],
    ['the last pod of the older revision is replaced', [pod(), lake({ updatedReplicas: 0 })]],
    ['a replica more exists', [pod(), lake({}, { replicas: 2 })]],
    ['the controller has handled a change', [pod(), lake({ observedGeneration: 2 })]],
    ['a new pod exists after the old one was deleted', [lake({ replicas: 0, readyReplicas: 0, updatedReplicas: 0 })]],
    [
      'a new pod exists while the old one ends',
      [pod({}, { deletionTimestamp: ago(1) }), lake({ readyReplicas: 0, updatedReplicas: 0 })],
    ],
  ])('%s', async (_, before) => {
    await expectPodsReady(changing(before, [pod(), lake()]), 'lake')
  })

  it('a new pod exists, for their errors too', async () => {
    const before = [lake({ replicas: 0, readyReplicas: 0, updatedReplicas: 0 })]
    await expectNoErrorState(changing(before, [pod(), lake()]), 'lake', now)
  })
})

describe('the pods of a component fail at once with', () => {
  const old = { creationTimestamp: ago(hour) }
  const crashing = {
    containerStatuses: [{ name: 'lake', state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 1 }],
  }

  it.each<[string, readonly ClusterObject[], RegExp]>([
    ['an error', [pod(crashing), lake({ readyReplicas: 0 })], /CrashLoopBackOff/],
    ['a pod that is no longer ready', [pod(unready, old), lake({ readyReplicas: 0 })], /container lake is not ready/],
    [
      'an error beside a new pod',
      [starting, pod(crashing, { name: 'lake-1' }), lake({ readyReplicas: 0 })],
      /lake-0 is Pending/,
    ],
    [
      'a rollout that waits for hands',
      [pod(), lake({ updatedReplicas: 0 }, { updateStrategy: { type: 'OnDelete' } })],
      /older revision/,
    ],
    ['nothing that would create a pod', [], /There is no pod of the lake/],
    ['a workload that is scaled to 0', [lake({ replicas: 0 }, { replicas: 0 })], /There is no pod of the lake/],
  ])('%s', async (_, before, summary) => {
    // The platform would be right a moment later, so that only a judgement without a wait fails.
    expect((await findingOf(expectPodsReady(changing(before, [pod(), lake()]), 'lake'))).summary).toMatch(summary)
  })
})

it('waits once for the pods of a component that do not become ready', async () => {
  const platform = changing([starting, lake()], [starting, lake()], '1ms')
  expect((await findingOf(expectPodsReady(platform, 'lake'))).summary).toMatch(/lake-0 is Pending/)
  const patient = Object.create(platform, {
    configuration: { value: { ...platform.configuration, deadlines: { condition: 2 * soonMs } } },
  })
  expect((await findingOf(expectPodsReady(patient, 'lake'))).summary).toMatch(/lake-0 is Pending/)
})

describe('a dependency', () => {
  const part = (component: string, kind: string, status: object = {}): ClusterObject => ({
    resource: kind,
    metadata: {
      name: `argocd-${component}`,
      namespace: 'argocd',
      generation: 2,
      labels: { 'app.kubernetes.io/part-of': 'argocd', 'app.kubernetes.io/component': component },
    },
    spec: { replicas: 1 },
    status: { observedGeneration: 2, replicas: 1, readyReplicas: 1, availableReplicas: 1, ...status },
  })
  const others = [part('repo-server', 'deployments'), part('server', 'deployments')]
  const controller = (status?: object) => [...others, part('application-controller', 'statefulsets', status)]
  const server = (status: object) => [
    part('server', 'deployments', status),
    ...controller().slice(0, 1),
    ...controller().slice(2),
  ]
  const rolling = { currentRevision: 'a', updateRevision: 'b', readyReplicas: undefined }
  const progressing = (reason: string) => ({
    availableReplicas: undefined,
    conditions: [{ type: 'Progressing', status: 'True', reason }],
  })

  it.each<[string, readonly ClusterObject[]]>([
    ['its StatefulSet has a new revision', controller(rolling)],
    ['its Deployment has a new ReplicaSet', server(progressing('ReplicaSetUpdated'))],
    ['its controller has handled a change', server({ observedGeneration: 1 })],
  ])('gets the time to end its rollout where %s', async (_, before) => {
    await expectDeployed(changing(before, controller()), 'argocd')
  })

  it.each<[string, readonly ClusterObject[]]>([
    ['its StatefulSet has lost its pod', controller({ ...rolling, currentRevision: 'b' })],
    ['its Deployment has lost its pod', server(progressing('NewReplicaSetAvailable'))],
  ])('fails at once where %s', async (_, before) => {
    expect((await findingOf(expectDeployed(changing(before, controller()), 'argocd'))).summary).toMatch(
      /is not available/,
    )
  })
})

describe('a dependency whose pods are ready', () => {
  const quick = { deadlines: { condition: '1s' } }
  const judged = (object: ClusterObject) => {
    const labels = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' }
    const controller = { ...object, metadata: { ...object.metadata, namespace: 'ingress-nginx', labels } }
    return expectDeployed(platformOf({ objects: [controller], now, configuration: quick }), 'ingressController')
  }
  const statefulSet = (status: object): ClusterObject => ({
    resource: 'statefulsets',
    metadata: { name: 'controller' },
    spec: { replicas: 2 },
    status: { readyReplicas: 2, currentRevision: 'a', updateRevision: 'b', ...status },
  })
  const daemonSet = (updatedNumberScheduled: number): ClusterObject => ({
    resource: 'daemonsets',
    metadata: { name: 'controller' },
    spec: {},
    status: { desiredNumberScheduled: 3, numberAvailable: 3, updatedNumberScheduled },
  })

  it.each<[string, ClusterObject, string]>([
    ['its StatefulSet', statefulSet({}), 'StatefulSet'],
    ['one pod of its StatefulSet', statefulSet({ updatedReplicas: 1 }), 'StatefulSet'],
    ['its DaemonSet', daemonSet(1), 'DaemonSet'],
  ])('fails if %s keeps an older revision', async (_, object, kind) => {
    expect((await findingOf(judged(object))).summary).toBe(
      `${kind} ingress-nginx/controller of the ingress controller still has pods of an older revision.`,
    )
  })

  it.each<[string, ClusterObject]>([
    ['its StatefulSet has one revision', statefulSet({ currentRevision: 'b' })],
    ['each pod was replaced by hand, as the strategy OnDelete wants', statefulSet({ updatedReplicas: 2 })],
    ['its DaemonSet has one revision', daemonSet(3)],
  ])('holds if %s', async (_, object) => {
    await judged(object)
  })
})

describe('a Prometheus', () => {
  const prometheus = (status: string, since: number): ClusterObject => ({
    resource: 'prometheuses',
    metadata: { name: 'main', namespace: 'monitoring' },
    spec: {},
    status: { conditions: [{ type: 'Available', status, lastTransitionTime: ago(since) }] },
  })
  const judged = (since: number) =>
    expectPrometheusAvailable(changing([prometheus('False', since)], [prometheus('True', 0)]))

  it('gets the time to start after a restart, and fails at once if it has not been available for longer', async () => {
    await judged(20)
    expect((await findingOf(judged(hour))).summary).toBe('Prometheus monitoring/main is not available.')
  })
})
