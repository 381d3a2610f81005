/** A service leads to the ready pods of its component, and to nothing else. */
import { describe, expect, it } from 'vitest'
import { expectReadyEndpoints } from '../../../support/checks/endpoints'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const { labels } = configuration.components.lake
const service = (more: object = {}, port: object = {}, spec: object = {}): ClusterObject => ({
  resource: 'services',
  metadata: { name: 'devlake-lake', namespace: 'fawkes', labels: {}, ...more },
  spec: { selector: labels, ports: [{ name: 'http', port: 8080, targetPort: 'http', ...port }], ...spec },
})

const pod = (name: string, ip: string, own: Record<string, string> = labels, spec: object = {}): ClusterObject => ({
  resource: 'pods',
  metadata: { name, labels: own },
  spec: { containers: [{ name: 'lake', ports: [{ name: 'http', containerPort: 8080 }] }], ...spec },
  status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
})

const endpoint = (address: string, name?: string, conditions: object = { ready: true }) => ({
  addresses: [address],
  conditions,
  ...(name === undefined ? {} : { targetRef: { kind: 'Pod', name } }),
})

const slice = (name: string, endpoints: readonly object[], port = 8080, metadata: object = {}): ClusterObject => ({
  resource: 'endpointslices',
  metadata: { name, labels: { 'kubernetes.io/service-name': 'devlake-lake' }, ...metadata },
  ports: [{ name: 'http', port }],
  endpoints,
})

const own = slice('devlake-lake-abc', [endpoint('10.0.0.1', 'lake-0')])
const judged = (...objects: ClusterObject[]) =>
  expectReadyEndpoints(platformOf({ objects: [pod('lake-0', '10.0.0.1'), ...objects] }), 'lake')

describe('the endpoints of a service', () => {
  it.each<[string, readonly ClusterObject[], RegExp]>([
    [
      'a hand-made address',
      [service(), own, slice('by-hand', [endpoint('10.99.9.9')])],
      /sends connections to addresses that belong to no pod of the lake\.$/,
    ],
    [
      'a pod of another component',
      [service(), pod('ui-0', '10.0.0.2', { a: 'b' }), slice('s', [endpoint('10.0.0.2', 'ui-0')])],
      /sends connections to pods that do not belong to the lake\.$/,
    ],
    [
      'a foreign address in the name of a pod',
      [service(), own, slice('by-hand', [endpoint('10.99.9.9', 'lake-0')])],
      /do not belong to the lake/,
    ],
    [
      'only a terminating endpoint',
      [service(), slice('s', [endpoint('10.0.0.1', 'lake-0', { ready: true, serving: true, terminating: true })])],
      /has no ready endpoints/,
    ],
    [
      'only an endpoint that is published although its pod is not ready',
      [service(), slice('s', [endpoint('10.0.0.1', 'lake-0', { ready: true, serving: false })])],
      /has no ready endpoints/,
    ],
    [
      'only a slice that is being deleted',
      [service(), slice('s', [endpoint('10.0.0.1', 'lake-0')], 8080, { deletionTimestamp: '2026-11-28T09:00:00Z' })],
      /has no ready endpoints/,
    ],
    [
      'a port that no container has',
      [service(), own, slice('s', [endpoint('10.0.0.1', 'lake-0')], 9999)],
      /targets port 9999/,
    ],
    [
      'a service that has lost its selector',
      [service({}, {}, { selector: undefined }), own],
      /^Service fawkes\/devlake-lake has no selector, so nobody updates its endpoints when its pods change\.$/,
    ],
    [
      'a service that is being deleted',
      [service({ deletionTimestamp: '2026-11-28T09:00:00Z' }), own],
      /^Service fawkes\/devlake-lake is being deleted\.$/,
    ],
  ])('fail with %s', async (_, objects, summary) => {
    expect((await findingOf(judged(...objects))).summary).toMatch(summary)
  })

  it('name the foreign address', async () => {
    const { found } = await findingOf(judged(service(), own, slice('by-hand', [endpoint('10.99.9.9')])))
    expect(found).toBe('(10.99.9.9)')
  })

  it.each<[string, readonly ClusterObject[]]>([
    ['the pod', [service(), own]],
    ['the pod, without a word about its state', [service(), slice('s', [endpoint('10.0.0.1', 'lake-0', {})])]],
    ['the address of the pod without a reference', [service(), slice('s', [endpoint('10.0.0.1')])]],
    [
      'the pod, by a controller that needs no selector',
      [
        service({}, {}, { selector: undefined }),
        slice('s', [endpoint('10.0.0.1', 'lake-0')], 8080, {
          labels: {
            'kubernetes.io/service-name': 'devlake-lake',
            'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          },
        }),
      ],
    ],
    [
      'a pod that is not ready beside one that is',
      [service(), own, pod('lake-1', '10.0.0.3'), slice('s', [endpoint('10.0.0.3', 'lake-1', { ready: false })])],
    ],
  ])('pass with %s', async (_, objects) => {
    await judged(...objects)
  })

  it.each<[string, object]>([
    [
      'a sidecar among the init containers',
      { initContainers: [{ name: 'proxy', restartPolicy: 'Always', ports: [{ containerPort: 4180 }] }] },
    ],
    [
      'a container that declares none, beside one that does',
      { containers: [{ name: 'lake' }, { name: 'mesh', ports: [{ containerPort: 15090 }] }] },
    ],
  ])('pass with the port of %s', async (_, spec) => {
    const objects = [
      service(),
      pod('lake-0', '10.0.0.1', labels, spec),
      slice('s', [endpoint('10.0.0.1', 'lake-0')], 4180),
    ]
    await expectReadyEndpoints(platformOf({ objects }), 'lake')
  })

  it('fail with a pod that serves something else beside the one that serves the port', async () => {
    const worker = pod('lake-worker', '10.0.0.2', labels, {
      containers: [{ name: 'w', ports: [{ containerPort: 9000 }] }],
    })
    const both = slice('s', [endpoint('10.0.0.1', 'lake-0'), endpoint('10.0.0.2', 'lake-worker')])
    const { summary, expected } = await findingOf(judged(service(), worker, both))
    expect(summary).toBe(
      'Service fawkes/devlake-lake targets port 8080, on which no container of Pod fawkes/lake-worker listens.',
    )
    expect(expected).toBe('one of the ports that the containers declare: 9000')
    await judged(service(), { ...worker, status: { phase: 'Succeeded' } }, own)
  })

  describe('with the internal traffic policy Local', () => {
    const { labels: client } = configuration.components.ui
    const on = (nodeName: string, { spec, ...rest }: ClusterObject): ClusterObject => ({
      ...rest,
      spec: { ...(spec as object), nodeName },
    })
    const local = service({}, {}, { internalTrafficPolicy: 'Local' })
    const judgedOn = (ui: string) => {
      const pods = [on('worker-1', pod('lake-0', '10.0.0.1')), on(ui, pod('ui-0', '10.0.0.2', client))]
      return expectReadyEndpoints(platformOf({ objects: [local, own, ...pods] }), 'lake')
    }

    it('fail if a client runs on another node', async () => {
      const { summary, remedy } = await findingOf(judgedOn('worker-2'))
      expect(summary).toBe(
        'Service fawkes/devlake-lake leads only to pods on the same node as its client, and the ui runs on worker-2, which has none.',
      )
      expect(remedy.at(-1)).toContain('"internalTrafficPolicy":"Cluster"')
    })

    it('pass if each client has a pod on its node', () => judgedOn('worker-1'))
  })

  it('pass with clients on other nodes', async () => {
    const ui = pod('ui-0', '10.0.0.2', configuration.components.ui.labels, { nodeName: 'worker-2' })
    await judged(service({}, {}, { internalTrafficPolicy: 'Cluster' }), ui, own)
  })

  it('fail with the port of an init container that has ended', async () => {
    const spec = { initContainers: [{ name: 'wait', ports: [{ containerPort: 4180 }] }] }
    const objects = [
      service(),
      pod('lake-0', '10.0.0.1', labels, { containers: [{ name: 'lake', ports: [{ containerPort: 8080 }] }], ...spec }),
    ]
    const judged = expectReadyEndpoints(
      platformOf({ objects: [...objects, slice('s', [endpoint('10.0.0.1', 'lake-0')], 4180)] }),
      'lake',
    )
    expect((await findingOf(judged)).summary).toMatch(/targets port 4180, on which no container listens/)
  })

  it.each<[string, object, number]>([
    ['a headless service of another port than its pods', { clusterIP: 'None' }, 9090],
    ['a headless service of the port of its pods', { clusterIP: 'None' }, 8080],
    ['a service that translates its port', {}, 9090],
  ])('are reached by %s', async (_, more, containerPort) => {
    const { metadata, spec } = service({}, { targetPort: containerPort })
    const platform = platformOf({
      objects: [
        { resource: 'services', metadata, spec: { ...(spec as object), ...more } },
        pod('lake-0', '10.0.0.1', labels, { containers: [{ name: 'lake', ports: [{ containerPort }] }] }),
        slice('s', [endpoint('10.0.0.1', 'lake-0')], containerPort),
      ],
    })
    const checked = expectReadyEndpoints(platform, 'lake')
    if (containerPort === 8080 || !('clusterIP' in more)) return checked
    expect((await findingOf(checked)).summary).toBe(
      'Service fawkes/devlake-lake is headless and leads to port 8080, on which no container listens.',
    )
  })
})
