/** Pods: their restarts, their number and their revision. Times are by the clock of the API server. */
import { describe, expect, it } from 'vitest'
import { expectNoErrorState, expectPodsReady } from '../../../support/checks/pods'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const now = new Date('2026-11-28T09:00:00Z')
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString()
const day = 24 * 60
const { labels } = configuration.components.lake

const container = (name: string, more: object = {}) => ({
  name,
  ready: true,
  restartCount: 0,
  state: { running: {} },
  ...more,
})

const owner = { kind: 'StatefulSet', name: 'devlake-lake', uid: 's' }
const pod = (name: string, status: object = {}, metadata: object = {}): ClusterObject => ({
  resource: 'pods',
  metadata: { name, labels, creationTimestamp: ago(30 * day), ownerReferences: [owner], ...metadata },
  spec: { containers: [{ name: 'lake' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [container('lake')],
    ...status,
  },
})

const ended = (minutes: number, exitCode: number, reason = 'Error') => ({
  terminated: { exitCode, reason, finishedAt: ago(minutes) },
})

const restarted = (restartCount: number, minutes: number, exitCode: number, ageMinutes = 30 * day) =>
  pod(
    'lake-0',
    { containerStatuses: [container('lake', { restartCount, lastState: ended(minutes, exitCode) })] },
    { creationTimestamp: ago(ageMinutes) },
  )

describe('a pod that restarts', () => {
  const state = (...objects: ClusterObject[]) => expectNoErrorState(platformOf({ objects, now }), 'lake', now)

  it('is named with its count, its age and its last end', async () => {
    const { summary, expected } = await findingOf(state(restarted(143, 12, 137, 12 * day)))
    expect(summary).toBe(
      'Pod fawkes/lake-0: container lake restarted 143 times in 12 days, last at 2026-11-28T08:48:00.000Z (Error, exit code 137).',
    )
    expect(expected).toBe('at most 3 restarts at this age: 2, and 1 for each week')
  })

  it.each([
    ['with exit code 0', restarted(40, 120, 0)],
    ['shortly after it was created', restarted(5, 20, 1, 60)],
    ['daily', restarted(30, 20 * 60, 137)],
    ['and has not ended lately', restarted(50, 10 * day, 137)],
    ['and crashed two minutes ago', restarted(1, 2, 1)],
    [
      'and ran out of memory two minutes ago, whatever its exit code',
      pod('lake-0', {
        containerStatuses: [container('lake', { restartCount: 1, lastState: ended(2, 0, 'OOMKilled') })],
      }),
    ],
    [
      'in a sidecar',
      pod('lake-0', { initContainerStatuses: [container('proxy', { restartCount: 20, lastState: ended(30, 0) })] }),
    ],
    [
      'in an init container',
      pod('lake-0', { initContainerStatuses: [{ ...container('wait', { restartCount: 20 }), state: ended(30, 0) }] }),
    ],
  ])('fails %s', async (_, given) => {
    expect((await findingOf(state(given))).summary).toMatch(/restarted \d+ times|crashed at/)
  })

  const repeated = (restartCount: number, ranMinutes: number, minutes: number) => {
    const { terminated } = ended(minutes, 137, 'OOMKilled')
    const lastState = { terminated: { ...terminated, startedAt: ago(minutes + ranMinutes) } }
    return pod(
      'lake-0',
      { containerStatuses: [container('lake', { restartCount, lastState })] },
      { creationTimestamp: ago(300 * day) },
    )
  }

  it('fails by its rate where its age tolerates the count', async () => {
    const { summary, expected } = await findingOf(state(repeated(20, 25, 20)))
    expect(summary).toContain('restarted 20 times in 300 days, last at')
    expect(expected).toBe('at least an hour between two restarts')
  })

  it.each([
    ['twice in a row while a dependency came up', repeated(2, 5, 20)],
    ['after it ran for a day', repeated(20, day, 20)],
    ['twice in a row some hours ago', repeated(20, 25, 300)],
  ])('passes %s', async (_, given) => {
    await state(given)
  })

  it.each([
    ['once in 30 days', restarted(1, 15 * day, 255)],
    ['with the updates of its node', restarted(5, 3 * day, 143)],
    ['while the database came up', restarted(2, 25, 1, 30)],
    [
      'in an init container that waited for the database',
      pod('lake-0', {
        initContainerStatuses: [
          { ...container('wait', { restartCount: 1 }), state: ended(5, 0), lastState: ended(6, 1) },
        ],
      }),
    ],
  ])('passes %s', async (_, given) => {
    await state(given)
  })

  it.each(['SignatureValidationFailed', 'RegistryUnavailable', 'ImageInspectError', 'AReasonOfALaterKubernetes'])(
    'fails while a container waits with the reason %s',
    async (reason) => {
      const waiting = pod('lake-0', { containerStatuses: [container('lake', { state: { waiting: { reason } } })] })
      expect((await findingOf(state(waiting))).summary).toContain(`container lake is in ${reason}`)
    },
  )

  it.each<[string, object, RegExp]>([
    [
      'none of a container that has not started',
      { state: { waiting: { reason: 'ImagePullBackOff' } } },
      /^kubectl describe pod -n fawkes lake-0$/,
    ],
    ['that of one that has ended', { state: ended(1, 1) }, /-c lake$/],
    [
      'the previous one of one that waits',
      { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(1, 1) },
      /-c lake --previous$/,
    ],
  ])('shows the log that exists: %s', async (_, given, last) => {
    const { remedy } = await findingOf(state(pod('lake-0', { containerStatuses: [container('lake', given)] })))
    expect(remedy.at(-1)).toMatch(last)
  })

  it.each(['ContainerCreating', 'PodInitializing'])('passes while a container is in %s', async (reason) => {
    await state(pod('lake-0', { containerStatuses: [container('lake', { state: { waiting: { reason } } })] }))
  })
})

const ofJob = (name: string, uid: string) => ({ ownerReferences: [{ kind: 'Job', name, uid }] })

describe('the remains of an evicted pod', () => {
  const replicaSet = { ownerReferences: [{ kind: 'ReplicaSet', name: 'lake-abc', uid: 'r' }] }
  const evicted = (minutes: number, metadata: object = replicaSet) =>
    pod(
      'lake-old',
      {
        phase: 'Failed',
        reason: 'Evicted',
        conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: ago(minutes) }],
        containerStatuses: [],
      },
      metadata,
    )
  const judged = async (...objects: ClusterObject[]) => {
    await expectNoErrorState(platformOf({ objects, now }), 'lake', now)
    await expectPodsReady(platformOf({ objects, now }), 'lake')
  }

  it('do not count once another pod has replaced it', async () => {
    await judged(pod('lake-0'), evicted(3 * day))
  })

  it.each<[string, readonly ClusterObject[], RegExp]>([
    ['it was evicted two minutes ago', [pod('lake-0'), evicted(2)], /^Pod fawkes\/lake-old failed \(Evicted\)\.$/],
    ['nothing has replaced it', [evicted(3 * day)], /^There is no pod of the lake/],
    ['nothing would replace it', [pod('lake-0'), evicted(3 * day, { ownerReferences: [] })], /failed \(Evicted\)/],
  ])('count if %s', async (_, objects, summary) => {
    expect((await findingOf(judged(...objects))).summary).toMatch(summary)
  })

  it('do not count where the kubelet could not find their containers, so that it knows no times', async () => {
    const terminated = { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: null, finishedAt: null }
    const { status, ...rest } = evicted(3 * day)
    const remains = {
      ...rest,
      status: { ...(status as object), containerStatuses: [container('lake', { state: { terminated } })] },
    }
    const restarted = container('lake', { restartCount: 1, lastState: { terminated } })
    await judged(pod('lake-0', { containerStatuses: [restarted] }), remains)
  })

  const hours = (...all: readonly number[]) => all.map((one) => evicted(one * 60))

  it.each<[string, readonly ClusterObject[], string]>([
    ['in a day', hours(2, 9, 20), 'at most 2 evictions in that time: 2, and 1 for each week'],
    ['in a month', hours(48, 200, 400, 500, 600, 700, 720), 'at most 6 evictions in that time: 2, and 1 for each week'],
    ['in the last hour', [evicted(20), evicted(50), evicted(30 * day)], 'at least an hour between two evictions'],
  ])('count if pods were evicted often %s', async (_, objects, expected) => {
    const finding = await findingOf(judged(pod('lake-0'), ...objects))
    expect(finding.summary).toMatch(
      /^Pod fawkes\/lake-old was evicted at \S+Z, as the last of \d pods of the lake in \d+ (hours|days)\.$/,
    )
    expect(finding.expected).toBe(expected)
  })

  it.each<[string, readonly ClusterObject[]]>([
    ['two pods were evicted in an hour', [pod('lake-0'), evicted(20), evicted(50)]],
    ['pods were evicted once a week', [pod('lake-0'), ...hours(100, 270, 440, 610)]],
    ['a node evicted each of three pods at once', [pod('lake-0'), pod('lake-1'), pod('lake-2'), ...hours(3, 3, 3)]],
    [
      'the pods of a Job were evicted until one completed',
      [
        pod('lake-0'),
        pod('import', { phase: 'Succeeded' }, ofJob('import', 'j')),
        ...[2, 3, 4].map((one) => evicted(one * 60, ofJob('import', 'j'))),
      ],
    ],
  ])('do not count if %s', async (_, objects) => {
    await judged(...objects)
  })
})

describe('evictions of which nothing is left', () => {
  const event = (minutes: number, name = 'devlake-lake-0', kind = 'Pod'): ClusterObject => ({
    resource: 'events',
    metadata: { name: `evicted-${minutes}` },
    ...{ reason: 'Evicted', message: 'The node was low on resource: memory. ', lastTimestamp: ago(minutes) },
    involvedObject: { kind, name, uid: `before ${minutes}` },
  })
  const successor = (minutes = 5, kind = 'StatefulSet', name = 'devlake-lake-0') =>
    pod(
      name,
      {},
      { creationTimestamp: ago(minutes), uid: 'now', ownerReferences: [{ kind, name: 'devlake-lake', uid: 's' }] },
    )
  const judged = (...objects: ClusterObject[]) => expectNoErrorState(platformOf({ objects, now }), 'lake', now)
  const often = [event(5), event(20), event(40)]

  it.each<[string, ClusterObject, readonly ClusterObject[]]>([
    ['a StatefulSet', successor(), often],
    [
      'a DaemonSet',
      successor(5, 'DaemonSet', 'devlake-lake-x2v4q'),
      [event(5, 'devlake-lake-aaaaa'), event(20, 'devlake-lake-bbbbb'), event(40, 'devlake-lake-ccccc')],
    ],
  ])('count by the events about the pods of %s', async (_, running, events) => {
    const { summary, found, remedy } = await findingOf(judged(running, ...events))
    expect(summary).toMatch(
      /^Pod fawkes\/devlake-lake-\w+ was evicted at 2026-11-28T08:55:00\.000Z, as the last of 3 pods of the lake in 40 minutes\.$/,
    )
    expect(found).toContain('low on resource: memory')
    expect(remedy[0]).toBe('kubectl get events -n fawkes --field-selector reason=Evicted')
  })

  it.each<[string, ClusterObject, readonly ClusterObject[]]>([
    ['twice', successor(), often.slice(1)],
    ['with their node, which had pods of others', successor(), [5, 20, 40].map((one) => event(one, 'devlake-ui-0'))],
    ['before the pod ran for hours', successor(200), often],
    ['as nodes say of themselves', successor(), [5, 20, 40].map((one) => event(one, 'devlake-lake-0', 'Node'))],
    ['of a Deployment, which leaves them', successor(5, 'ReplicaSet'), often],
  ])('pass if pods were evicted %s', async (_, running, events) => {
    await judged(running, ...events)
  })
})

describe('a pod that is being deleted', () => {
  const leaving = (minutes: number, finalizers: readonly string[] = [], nodeName = 'worker-1') => ({
    ...pod('lake-old', {}, { deletionTimestamp: ago(minutes), finalizers }),
    spec: { nodeName, containers: [{ name: 'lake' }] },
  })
  const node = (status: string): ClusterObject => ({
    resource: 'nodes',
    metadata: { name: 'worker-1' },
    status: { conditions: [{ type: 'Ready', status }] },
  })
  const judged = (...objects: ClusterObject[]) =>
    expectNoErrorState(platformOf({ objects: [pod('lake-0'), ...objects], now }), 'lake', now)

  it.each<[string, readonly string[], string]>([
    ['a finalizer', ['example.org/backup'], 'held by the finalizers example.org/backup'],
    ['its node', [], 'held by no finalizer'],
  ])('fails if %s keeps it long after its end', async (_, finalizers, found) => {
    const finding = await findingOf(judged(leaving(60, finalizers), node('True')))
    expect(finding.summary).toBe('Pod fawkes/lake-old is being deleted and does not end.')
    expect(finding.found).toBe(found)
  })

  it.each<[string, readonly ClusterObject[]]>([
    ['still has time', [leaving(-1), node('True')]],
    ['should have ended a moment ago', [leaving(2), node('True')]],
    ['was on a node that is down', [leaving(60), node('Unknown')]],
  ])('passes if it %s', async (_, objects) => {
    await judged(...objects)
  })
})

const workload = (resource: string, spec: object, status: object, metadata: object = {}): ClusterObject => ({
  resource,
  metadata: { name: 'devlake-lake', namespace: 'fawkes', generation: 3, ...metadata },
  spec: { replicas: 1, template: { metadata: { labels } }, ...spec },
  status: { observedGeneration: 3, replicas: 1, readyReplicas: 1, updatedReplicas: 1, ...status },
})

describe('the pods of a component', () => {
  // Nothing changes here, so that a wait would be in vain: rollouts.test.ts.
  const quick = { deadlines: { condition: '1s' } }
  const ready = (...objects: ClusterObject[]) =>
    expectPodsReady(platformOf({ objects, now, configuration: quick }), 'lake')
  const orphan = (name: string) => pod(name, {}, { ownerReferences: [] })

  it('fail if nothing owns any of them', async () => {
    expect(await findingOf(ready(orphan('lake-0'), orphan('lake-1')))).toMatchObject({
      summary: 'Pod fawkes/lake-0 belongs to no workload, so nothing replaces it when it ends.',
      found: 'no metadata.ownerReferences on lake-0, lake-1',
    })
    await ready(orphan('lake-debug'), pod('lake-0'))
  })

  it.each<[string, ClusterObject, RegExp]>([
    [
      'one of two replicas',
      workload('statefulsets', { replicas: 2 }, { replicas: 2, updatedReplicas: 2 }),
      /^StatefulSet fawkes\/devlake-lake has 1 of 2 ready pods\.$/,
    ],
    [
      'a replica that does not exist yet',
      workload('statefulsets', { replicas: 2 }, { replicas: 1, updatedReplicas: 1 }),
      /^StatefulSet fawkes\/devlake-lake has 1 of 2 pods\.$/,
    ],
    [
      'a quota that leaves room for one',
      workload(
        'deployments',
        { replicas: 2 },
        {
          conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: pods' }],
        },
      ),
      /cannot create its pods\.$/,
    ],
    [
      'a stuck rollout',
      workload(
        'deployments',
        {},
        {
          replicas: 2,
          conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
        },
      ),
      /is stuck in a rollout\.$/,
    ],
    [
      'pods of an older ReplicaSet',
      workload('deployments', {}, { replicas: 2 }),
      /still has pods of an older revision/,
    ],
    [
      'a new image that the pods do not have',
      workload('statefulsets', { updateStrategy: { type: 'OnDelete' } }, { updatedReplicas: undefined }),
      /still has pods of an older revision/,
    ],
    ['a paused Deployment', workload('deployments', { paused: true }, {}), /is paused/],
    ['a status of an older generation', workload('deployments', {}, { observedGeneration: 2 }), /older generation/],
    [
      'a workload that is being deleted',
      workload('statefulsets', {}, {}, { deletionTimestamp: ago(1) }),
      /is being deleted/,
    ],
    [
      'a DaemonSet without a pod on one node',
      workload(
        'daemonsets',
        {},
        { desiredNumberScheduled: 3, currentNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 2 },
      ),
      /has 2 of 3 ready pods/,
    ],
  ])('fail with %s', async (_, given, summary) => {
    expect((await findingOf(ready(pod('lake-0'), given))).summary).toMatch(summary)
  })

  it.each<[string, object, RegExp]>([
    ['goes on by itself', {}, /^kubectl rollout status statefulset/],
    ['waits for the deletion of its pods', { type: 'OnDelete' }, /^# its update strategy is OnDelete/],
    [
      'has a partition',
      { rollingUpdate: { partition: 1 } },
      /^# its update strategy keeps the pods below the number 1/,
    ],
  ])('tell how a rollout ends that %s', async (_, updateStrategy, first) => {
    const given = workload('statefulsets', { updateStrategy }, { updatedReplicas: 0 })
    const { remedy } = await findingOf(ready(pod('lake-0'), given))
    expect(remedy[0]).toMatch(first)
    expect(remedy.join('\n').includes('rollout status')).toBe(remedy[0]?.includes('rollout status'))
  })

  it.each<[string, readonly ClusterObject[]]>([
    ['all replicas', [workload('deployments', {}, {})]],
    [
      'another Deployment that is scaled to 0',
      [workload('deployments', {}, {}), workload('deployments', { replicas: 0 }, { replicas: 0 })],
    ],
    ['a stuck Deployment of another component', [workload('deployments', { template: {} }, { readyReplicas: 0 })]],
    [
      'a completed Job and its first try',
      [
        pod('migrate-a', { phase: 'Failed' }, { ownerReferences: [{ kind: 'Job', uid: 'j' }] }),
        pod('migrate-b', { phase: 'Succeeded', conditions: [] }, { ownerReferences: [{ kind: 'Job', uid: 'j' }] }),
      ],
    ],
    [
      'a CronJob whose last Job succeeded after one that failed',
      [
        pod('backup-a', { phase: 'Failed' }, { ...ofJob('backup-29876540', 'a'), creationTimestamp: ago(2 * day) }),
        pod('backup-b', { phase: 'Succeeded' }, { ...ofJob('backup-29877980', 'b'), creationTimestamp: ago(day) }),
      ],
    ],
  ])('pass with %s', async (_, given) => {
    await ready(pod('lake-0'), ...given)
  })

  it('pass with pods of other owners that have completed', async () => {
    const workflow = { ownerReferences: [{ kind: 'Workflow', name: 'import', uid: 'w' }] }
    const completed = [pod('test', { phase: 'Succeeded' }), pod('import', { phase: 'Succeeded' }, workflow)]
    await ready(pod('lake-0'), ...completed, pod('lake-old', { phase: 'Succeeded' }, ofJob('', '')))
    expect((await findingOf(ready(...completed))).summary).toBe('There is no pod of the lake in fawkes.')
  })

  it.each<[string, object, RegExp]>([
    [
      'an init container that does not end',
      {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'True' },
          { type: 'Initialized', status: 'False', message: 'containers with incomplete status: [wait]' },
        ],
      },
      /is Pending \(containers with incomplete status: \[wait\]\)/,
    ],
    [
      'a readiness gate that does not hold',
      {
        conditions: [
          {
            ...{ type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady' },
            message: 'the status of pod readiness gate "target-health" is not "True"',
          },
        ],
      },
      /is not ready \(ReadinessGatesNotReady: the status of pod readiness gate "target-health" is not "True"\)/,
    ],
  ])('fail with %s', async (_, status, summary) => {
    expect((await findingOf(ready(pod('lake-0', status)))).summary).toMatch(summary)
  })

  it('are none if the only one is being deleted', async () => {
    const { summary, found } = await findingOf(ready(pod('lake-0', {}, { deletionTimestamp: ago(5) })))
    expect(summary).toBe('There is no pod of the lake in fawkes.')
    expect(found).toBe('only pods that are being deleted: lake-0')
  })

  it('fail with a CronJob whose last Job failed', async () => {
    const [first, last] = [
      pod('backup-a', { phase: 'Succeeded' }, { ...ofJob('backup-29876540', 'a'), creationTimestamp: ago(2 * day) }),
      pod('backup-b', { phase: 'Failed' }, { ...ofJob('backup-29877980', 'b'), creationTimestamp: ago(day) }),
    ]
    expect((await findingOf(ready(pod('lake-0'), first, last))).summary).toMatch(/^Pod fawkes\/backup-b failed/)
  })

  it('are none if only a completed Job has the labels', async () => {
    const job = pod('migrate', { phase: 'Succeeded' }, { ownerReferences: [{ kind: 'Job', uid: 'j' }] })
    expect((await findingOf(ready(job))).summary).toBe('There is no pod of the lake in fawkes.')
  })
})
