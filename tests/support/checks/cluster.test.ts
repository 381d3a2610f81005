import { describe, expect, it } from 'vitest'
import { Unmet } from '../../../support/basis/expectation'
import { expectCertificates } from '../../../support/checks/certificates'
import { expectWorkers } from '../../../support/checks/cluster'
import { expectDeployed, expectPrometheusAvailable } from '../../../support/checks/dependencies'
import { expectStorage } from '../../../support/checks/storage'
import { cluster, findingOf, type Stock } from '../../fixtures/cluster'

const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
const day = 1440

interface Changes {
  readonly metadata?: object
  readonly spec?: object
  readonly status?: object
}

const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: at(-1) }
const node = (name: string, { metadata, spec, status }: Changes = {}) => ({
  metadata: { name, labels: {}, ...metadata },
  spec: { ...spec },
  status: { conditions: [ready], nodeInfo: { kubeletVersion: 'v1.35.4' }, ...status },
})

const labels = { 'app.kubernetes.io/name': 'devlake', 'app.kubernetes.io/component': 'mysql' }
const pod = (spec: object = {}, metadata: object = {}) => ({
  metadata: { name: 'devlake-mysql-0', namespace: 'fawkes', labels, ...metadata },
  spec: { containers: [{ name: 'mysql', volumeMounts: [{ name: 'data' }] }], ...spec },
})

const windows = { status: { nodeInfo: { kubeletVersion: 'v1.35.4', operatingSystem: 'windows' } } }
const gpu = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }

const completed = Object.assign(pod({ tolerations: [{ operator: 'Exists' }] }), { status: { phase: 'Succeeded' } })

describe('a worker does not count', () => {
  it.each<[string, Changes, RegExp, object?]>([
    ['with a taint', { spec: { taints: [gpu] } }, /the taint dedicated=gpu:NoSchedule, which no pod/],
    [
      'without room for a pod',
      { status: { allocatable: { cpu: '4', memory: '16Gi', pods: '0' } } },
      /has no room for any pod \(allocatable pods: 0\)/,
    ],
    [
      'with less memory than any pod requests',
      { status: { allocatable: { cpu: '4', memory: '500Mi', pods: '110' } } },
      /has less memory than any pod of the service that may run there requests \(allocatable: 500Mi\)/,
      { containers: [{ name: 'mysql', resources: { requests: { cpu: '500m', memory: '1Gi' } } }] },
    ],
    [
      'with less memory than an init container requests',
      { status: { allocatable: { cpu: '4', memory: '500Mi', pods: '110' } } },
      /has less memory than any pod of the service that may run there requests \(allocatable: 500Mi\)/,
      {
        containers: [{ name: 'mysql', resources: { requests: { memory: '100Mi' } } }],
        initContainers: [{ name: 'migrate', resources: { requests: { memory: '1Gi' } } }],
      },
    ],
    [
      'with less memory than the containers and a sidecar request together',
      { status: { allocatable: { cpu: '4', memory: '500Mi', pods: '110' } } },
      /has less memory than any pod/,
      {
        containers: [{ name: 'mysql', resources: { requests: { memory: '300Mi' } } }],
        initContainers: [{ name: 'proxy', restartPolicy: 'Always', resources: { requests: { memory: '300Mi' } } }],
      },
    ],
    [
      'with less memory than the pod as a whole requests',
      { status: { allocatable: { cpu: '4', memory: '500Mi', pods: '110' } } },
      /has less memory than any pod/,
      { containers: [{ name: 'mysql' }], resources: { requests: { memory: '1Gi' } } },
    ],
    [
      'with less memory than a pod and its runtime need',
      { status: { allocatable: { cpu: '4', memory: '500Mi', pods: '110' } } },
      /has less memory than any pod/,
      {
        containers: [{ name: 'mysql', resources: { requests: { memory: '400Mi' } } }],
        overhead: { memory: '160Mi' },
      },
    ],
    [
      'without a device that every pod requests',
      { status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' } } },
      /has less example\.com\/disk than any pod of the service that may run there requests \(allocatable: none\)/,
      { containers: [{ name: 'mysql', resources: { requests: { cpu: '1', 'example.com/disk': '1' } } }] },
    ],
    [
      'with a file system that is read-only',
      { status: { conditions: [ready, { type: 'ReadonlyFilesystem', status: 'True', message: 'remounted' }] } },
      /has ReadonlyFilesystem \(remounted\)/,
    ],
    ['with another operating system', windows, /runs windows, and the images of the service are for linux/],
    ['with a taint that evicts', { spec: { taints: [{ key: 'x', effect: 'NoExecute' }] } }, /the taint x:NoExecute/],
    [
      'with a taint of another value than tolerated',
      { spec: { taints: [gpu] } },
      /the taint/,
      { tolerations: [{ key: 'dedicated', value: 'cpu', effect: 'NoSchedule' }] },
    ],
    [
      'with a taint that evicts, and that is tolerated for a while only',
      { spec: { taints: [{ key: 'maintenance', effect: 'NoExecute' }] } },
      /the taint maintenance:NoExecute/,
      { tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }] },
    ],
    ['outside the node selector', {}, /node selector/, { nodeSelector: { disk: 'ssd' } }],
    [
      'outside the affinity',
      {},
      /affinity/,
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
            },
          },
        },
      },
    ],
    [
      'with too little memory',
      { status: { conditions: [ready, { type: 'MemoryPressure', status: 'True' }] } },
      /MemoryPressure/,
    ],
    [
      'with too little disk',
      { status: { conditions: [ready, { type: 'DiskPressure', status: 'True' }] } },
      /DiskPressure/,
    ],
    [
      'with an old kubelet',
      { status: { nodeInfo: { kubeletVersion: 'v1.31.9' } } },
      /too old for the API server v1.35.4/,
    ],
    [
      'with a kubelet newer than the server',
      { status: { nodeInfo: { kubeletVersion: 'v1.36.0' } } },
      /newer than the API server/,
    ],
    [
      'without a heartbeat',
      { status: { conditions: [{ ...ready, lastHeartbeatTime: at(-40) }] } },
      /no heartbeat since/,
    ],
    ['while it is being deleted', { metadata: { deletionTimestamp: at(-1) } }, /being deleted/],
    ['that is cordoned', { spec: { unschedulable: true } }, /is cordoned/],
    [
      'that is not Ready',
      { status: { conditions: [{ ...ready, status: 'Unknown', reason: 'NodeStatusUnknown' }] } },
      /NodeStatusUnknown/,
    ],
  ])('%s', async (_, changes, found, spec) => {
    const nodes = [node('a', changes), node('b', changes), node('c', changes)]
    const finding = await findingOf(expectWorkers(await cluster({ nodes, pods: [pod(spec)] })))
    expect(finding.summary).toBe('Only 0 of the 3 required workers can accept pods.')
    expect(finding.found).toMatch(found)
  })

  it.each<[string, RegExp, readonly ReturnType<typeof pod>[]]>([
    [
      'with two taints, each of which another pod tolerates',
      /taints that no pod of the service tolerates together/,
      [
        pod({ tolerations: [{ key: 'dedicated', operator: 'Exists' }] }),
        pod({ tolerations: [{ key: 'zone', operator: 'Exists' }] }),
      ],
    ],
    [
      'with a taint that only the pod of a completed Job tolerates',
      /the taint dedicated=gpu:NoSchedule, which no pod/,
      [pod(), completed],
    ],
  ])('%s', async (_, found, pods) => {
    const zone = { key: 'zone', effect: 'NoSchedule' }
    const nodes = ['a', 'b', 'c'].map((name) => node(name, { spec: { taints: [gpu, zone] } }))
    expect((await findingOf(expectWorkers(await cluster({ nodes, pods })))).found).toMatch(found)
  })

  it('if it is of the control plane only', async () => {
    const role = 'node-role.kubernetes.io/control-plane'
    const control = node('c', {
      metadata: { labels: { [role]: '' } },
      spec: { taints: [{ key: role, effect: 'NoSchedule' }] },
    })
    expect((await findingOf(expectWorkers(await cluster({ nodes: [node('a'), node('b'), control] })))).found).toBe(
      '2 workers in total',
    )
  })
})

describe('a worker for several pods', () => {
  const allocatable = { cpu: '1', memory: '1Gi', pods: '110' }
  const requesting = (name: string, requests: object, spec: object = {}) =>
    pod({ containers: [{ name: 'mysql', resources: { requests } }], ...spec }, { name })
  const many = { cpu: '2', memory: '1Mi' }
  const much = { cpu: '1m', memory: '2Gi' }
  const workersFor = async (pods: ReturnType<typeof pod>[], changes: Changes) =>
    expectWorkers(await cluster({ nodes: ['a', 'b', 'c'].map((name) => node(name, changes)), pods }))

  it('does not count if each of them requests too much of another resource', async () => {
    const pods = [requesting('one', many), requesting('other', much)]
    expect((await findingOf(workersFor(pods, { status: { allocatable } }))).found).toContain(
      'a has less cpu than one pod of the service requests, and too little for the others (allocatable: 1)',
    )
  })

  it('does not count if the pods that its taint and its labels let in are too large', async () => {
    const pods = [requesting('large', much, { tolerations: [{ operator: 'Exists' }] }), requesting('small', {})]
    expect((await findingOf(workersFor(pods, { spec: { taints: [gpu] }, status: { allocatable } }))).found).toContain(
      'a has less memory than any pod of the service that may run there requests (allocatable: 1Gi)',
    )
  })

  it('counts if one of them fits', () =>
    workersFor([requesting('large', much), requesting('small', {})], { status: { allocatable } }))
})

describe('a worker counts', () => {
  it.each<[string, Changes, object?]>([
    ['that is Ready', {}],
    ['and belongs to the control plane', { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } }],
    ['with a taint that only prefers', { spec: { taints: [{ ...gpu, effect: 'PreferNoSchedule' }] } }],
    [
      'with a taint that a pod tolerates',
      { spec: { taints: [gpu] } },
      { tolerations: [{ key: 'dedicated', operator: 'Exists' }] },
    ],
    [
      'with a taint whose toleration has a time that counts for evictions only',
      { spec: { taints: [gpu] } },
      { tolerations: [{ key: 'dedicated', operator: 'Exists', tolerationSeconds: 300 }] },
    ],
    ['with taints, all tolerated', { spec: { taints: [gpu] } }, { tolerations: [{ operator: 'Exists' }] }],
    [
      'with room for a pod that requests nothing',
      { status: { allocatable: { cpu: '100m', memory: '500Mi', pods: '1' } } },
      { containers: [{ name: 'mysql', resources: { limits: { cpu: '2', memory: '4Gi' } } }] },
    ],
    [
      'with room for the largest init container, which ends before the others start',
      { status: { allocatable: { cpu: '1', memory: '1Gi', pods: '110' } } },
      {
        containers: [{ name: 'mysql', resources: { requests: { memory: '1Gi' } } }],
        initContainers: [
          { name: 'restore', resources: { requests: { memory: '900Mi' } } },
          { name: 'migrate', resources: { requests: { memory: '1Gi' } } },
        ],
      },
    ],
    [
      'whose kubelet has not reported its resources',
      { status: { allocatable: {} } },
      {
        containers: [{ name: 'mysql', resources: { requests: { memory: '1Gi' } } }],
      },
    ],
    ['with a kubelet three minor versions older', { status: { nodeInfo: { kubeletVersion: 'v1.32.1' } } }],
    ['of a vendor', { status: { nodeInfo: { kubeletVersion: 'v1.35.4-eks-113cf36' } } }],
    [
      'within the affinity',
      { metadata: { labels: { zone: 'a' } } },
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['b'] }] }],
            },
          },
        },
      },
    ],
  ])('%s', async (_, changes, spec) => {
    const nodes = ['a', 'b', 'c'].map((name) => node(name, changes))
    await expectWorkers(await cluster({ nodes, pods: [pod(spec)] }))
  })

  it('with an old heartbeat in the status, and a lease that the kubelet renews', async () => {
    const names = ['a', 'b', 'c']
    const old = { status: { conditions: [{ ...ready, lastHeartbeatTime: at(-40) }] } }
    const leases = (minutes: number) =>
      names.map((name) => ({
        metadata: { name, namespace: 'kube-node-lease' },
        spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: at(minutes) },
      }))
    const nodes = names.map((name) => node(name, old))
    await expectWorkers(await cluster({ nodes, leases: leases(-0.1) }))
    await expect(cluster({ nodes, leases: leases(-30) }).then(expectWorkers)).rejects.toThrow('Only 0 of the 3')
  })

  it.each([
    ['v1.27.16', 'v1.24.17', false],
    ['v1.27.16', 'v1.25.16', true],
    ['v1.26.15', 'v1.24.17', true],
    ['v1.28.15', 'v1.25.16', true],
    ['v1.28.15', 'v1.24.17', false],
  ])('in a cluster of %s with the kubelet %s: %s', async (version, kubeletVersion, counts) => {
    const nodes = ['a', 'b', 'c'].map((name) => node(name, { status: { nodeInfo: { kubeletVersion } } }))
    const judged = expectWorkers(await cluster({ nodes }, { version }))
    if (counts) await judged
    else expect((await findingOf(judged)).found).toContain(`too old for the API server ${version}`)
  })

  it('by the clock of the cluster', async () => {
    const nodes = ['a', 'b', 'c'].map((name) =>
      node(name, { status: { conditions: [{ ...ready, lastHeartbeatTime: at(-61) }] } }),
    )
    await expectWorkers(await cluster({ nodes }, { aheadMs: -3_600_000 }))
  })
})

describe('the claim of the database', () => {
  const claim = ({ metadata, spec, status }: Changes = {}) => ({
    metadata: { name: 'devlake-mysql', namespace: 'fawkes', ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } }, ...spec },
    status: { phase: 'Bound', capacity: { storage: '20Gi' }, ...status },
  })
  const claimOf = (claimName: string) => ({ persistentVolumeClaim: { claimName } })
  const mounted = { volumes: [{ name: 'data', ...claimOf('devlake-mysql') }] }

  it.each<[string, Changes, RegExp, object?]>([
    [
      'is being deleted',
      { metadata: { deletionTimestamp: at(-1), finalizers: ['kubernetes.io/pvc-protection'] } },
      /is being deleted/,
    ],
    ['is lost', { status: { phase: 'Lost' } }, /is Lost/],
    [
      'is not mounted: the data lie in an emptyDir',
      {},
      /mounted by no pod/,
      { volumes: [{ name: 'data', emptyDir: {} }] },
    ],
    [
      'is a volume that no container mounts',
      {},
      /mounted by no container/,
      {
        volumes: [{ name: 'spare', persistentVolumeClaim: { claimName: 'devlake-mysql' } }],
      },
    ],
    [
      'is another one',
      {},
      /mounted by no pod/,
      { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'x' } }] },
    ],
    ...Object.entries({
      'an emptyDir': { emptyDir: {} },
      'a directory of the node': { hostPath: { path: '/srv/mysql' } },
      'an ephemeral volume': { ephemeral: { volumeClaimTemplate: {} } },
      'the claim old-mysql': { persistentVolumeClaim: { claimName: 'old-mysql' } },
    }).map(([kind, volume]): [string, Changes, RegExp, object] => [
      `is mounted beside the data, which lie on ${kind}`,
      {},
      new RegExp(`does not hold the data of the database, which are on ${kind}\\.$`),
      {
        volumes: [...mounted.volumes, { name: 'other', ...volume }],
        containers: [
          {
            name: 'mysql',
            volumeMounts: [
              { name: 'data', mountPath: '/backup' },
              { name: 'other', mountPath: '/var/lib/mysql/' },
            ],
          },
        ],
      },
    ]),
    ...['/backup', '/var/lib/mysql-files', '/var/lib/mysql/undo'].map(
      (mountPath): [string, Changes, RegExp, object] => [
        `is mounted at ${mountPath} only, and nothing where the data are`,
        {},
        /does not hold the data of the database: it is mounted at /,
        { ...mounted, containers: [{ name: 'mysql', volumeMounts: [{ name: 'data', mountPath }] }] },
      ],
    ),
    [
      'is mounted by a backup only',
      {},
      /mounted by no container of the database/,
      {
        ...mounted,
        containers: [
          { name: 'mysql', ports: [{ containerPort: 3306 }] },
          { name: 'backup', volumeMounts: [{ name: 'data' }] },
        ],
      },
    ],
    [
      'is mounted to be read only',
      {},
      /mounted by no container of the database that could write/,
      { ...mounted, containers: [{ name: 'mysql', volumeMounts: [{ name: 'data', readOnly: true }] }] },
    ],
    [
      'is a volume that can only be read',
      {},
      /mounted by no container of the database that could write/,
      { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'devlake-mysql', readOnly: true } }] },
    ],
    ['waits for its resize', { spec: { resources: { requests: { storage: '40Gi' } } } }, /resize of .* is pending/],
    ['can only be read', { spec: { accessModes: ['ReadOnlyMany'] } }, /cannot be written/],
  ])('%s', async (_, changes, summary, spec = mounted) => {
    const platform = await cluster({ persistentvolumeclaims: [claim(changes)], pods: [pod(spec)] })
    expect((await findingOf(expectStorage(platform))).summary).toMatch(summary)
  })

  it('passes where a pod of the database mounts it', async () => {
    await expectStorage(await cluster({ persistentvolumeclaims: [claim()], pods: [pod(mounted)] }))
  })

  it.each<[string, string, object?]>([
    ['at the data directory of MySQL', '/var/lib/mysql'],
    ['above it', '/var/lib/'],
    ['at that of the image of Bitnami', '/bitnami/mysql'],
    ['above it', '/bitnami'],
    ['at that of the image of Red Hat', '/var/lib/mysql/data'],
    ['where an argument says', '/srv/data', { args: ['--datadir=/srv/data'] }],
    ['where a command says', '/srv/data', { command: ['sh', '-c', 'exec mysqld --datadir /srv/data'] }],
    ['where a variable says', '/srv/data', { env: [{ name: 'MYSQL_DATA_DIR', value: '/srv/data' }] }],
    [
      'where a file of options may say',
      '/srv/data',
      {
        volumeMounts: [
          { name: 'data', mountPath: '/srv/data' },
          { name: 'options', mountPath: '/etc/mysql/conf.d' },
        ],
      },
    ],
  ])('passes where it is mounted %s', async (_, mountPath, more) => {
    const container = { name: 'mysql', volumeMounts: [{ name: 'data', mountPath }], ...more }
    const spec = {
      volumes: [...mounted.volumes, { name: 'options', configMap: { name: 'options' } }],
      containers: [container],
    }
    await expectStorage(await cluster({ persistentvolumeclaims: [claim()], pods: [pod(spec)] }))
  })

  it('fails where beside the database only a completed Job mounts it', async () => {
    const backup = Object.assign(pod(mounted, { name: 'backup' }), { status: { phase: 'Succeeded' } })
    const platform = await cluster({ persistentvolumeclaims: [claim()], pods: [pod(), backup] })
    expect((await findingOf(expectStorage(platform))).summary).toMatch(/mounted by no pod/)
  })

  it.each<[string, object, RegExp | undefined]>([
    ['passes where a replica of the database has another claim', claimOf('devlake-mysql-1'), undefined],
    ['fails where another pod of the database keeps its data nowhere', { emptyDir: {} }, /which are on an emptyDir\.$/],
  ])('%s', async (_, volume, summary) => {
    const pods = [claimOf('devlake-mysql'), volume].map((one, index) =>
      pod(
        {
          volumes: [{ name: 'data', ...one }],
          containers: [{ name: 'mysql', volumeMounts: [{ name: 'data', mountPath: '/var/lib/mysql' }] }],
        },
        { name: `devlake-mysql-${index}` },
      ),
    )
    const judged = expectStorage(await cluster({ persistentvolumeclaims: [claim()], pods }))
    if (summary) expect((await findingOf(judged)).summary).toMatch(summary)
    else await judged
  })

  it('fails while its volume is being deleted', async () => {
    const volume = (more: object) => ({
      metadata: { name: 'pv-1', finalizers: ['kubernetes.io/pv-protection'], ...more },
    })
    const judged = async (more: object) =>
      expectStorage(
        await cluster({
          persistentvolumeclaims: [claim({ spec: { volumeName: 'pv-1' } })],
          persistentvolumes: [volume(more)],
          pods: [pod(mounted)],
        }),
      )
    await judged({})
    expect(await findingOf(judged({ deletionTimestamp: at(-5) }))).toMatchObject({
      summary: 'PersistentVolume pv-1 is being deleted.',
      found: expect.stringContaining('held by the finalizers kubernetes.io/pv-protection'),
    })
  })
})

describe('a certificate', () => {
  const unmetOf = async (check: Promise<unknown>) => {
    const error = await check.catch((thrown: unknown) => thrown)
    if (error instanceof Unmet) return error
    throw new Error(`expected a finding, got ${error}`)
  }
  const issuers = (status: string, reason = '') => [
    { metadata: { name: 'ca' }, status: { conditions: [{ type: 'Ready', status, reason }] } },
  ]
  const issuerRef = { kind: 'ClusterIssuer', name: 'ca' }
  const certificate = ({ metadata, spec, status }: Changes = {}) => ({
    clusterissuers: issuers('True'),
    certificates: [
      {
        metadata: { name: 'tls', namespace: 'fawkes', generation: 2, ...metadata },
        spec: { issuerRef, ...spec },
        status: {
          notAfter: at(60 * day),
          renewalTime: at(30 * day),
          conditions: [{ type: 'Ready', status: 'True', observedGeneration: 2 }],
          ...status,
        },
      },
    ],
  })

  it.each<[string, Changes, RegExp]>([
    ['is being deleted', { metadata: { deletionTimestamp: at(-1) } }, /is being deleted/],
    ['is not valid yet', { status: { notBefore: at(day) } }, /is not valid yet/],
    ['has expired', { status: { notAfter: at(-1), renewalTime: at(-600) } }, /has expired/],
    ['is Ready for an older generation', { metadata: { generation: 3 } }, /older generation/],
    [
      'was due three days ago',
      { status: { notAfter: at(27 * day), renewalTime: at(-3 * day) } },
      /was not renewed in time/,
    ],
    [
      'of a day was due eight hours ago',
      { status: { notAfter: at(60), renewalTime: at(-480) } },
      /was not renewed in time/,
    ],
    ['is renewed after its end', { status: { notAfter: at(5 * day), renewalTime: at(9 * day) } }, /is about to expire/],
    ['has no expiry date', { status: { notAfter: undefined } }, /has no expiry date/],
  ])('fails if it %s', async (_, changes, summary) => {
    expect((await findingOf(expectCertificates(await cluster(certificate(changes))))).summary).toMatch(summary)
  })

  it.each<[string, Changes]>([
    ['is valid for months', {}],
    ['lives for a day and is renewed in time', { status: { notAfter: at(day), renewalTime: at(day / 2) } }],
    ['is due now', { status: { notAfter: at(8 * 60), renewalTime: at(-1) } }],
    ['has no renewal and is valid for months', { status: { renewalTime: undefined } }],
    ['records no generation', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }],
  ])('passes if it %s', async (_, changes) => {
    await expectCertificates(await cluster(certificate(changes)))
  })

  it.each<[string, object, RegExp]>([
    [
      'is not ready',
      { clusterissuers: issuers('False', 'ErrGetKeyPair') },
      /^ClusterIssuer ca is not ready, so Certificate fawkes\/tls cannot be renewed\.$/,
    ],
    ['does not exist', { clusterissuers: [] }, /^ClusterIssuer ca does not exist/],
    [
      'is in another namespace',
      {
        ...certificate({ spec: { issuerRef: { name: 'ca' } } }),
        issuers: [{ ...issuers('True')[0], metadata: { name: 'ca', namespace: 'elsewhere' } }],
      },
      /^Issuer fawkes\/ca does not exist/,
    ],
    [
      'is being deleted',
      { clusterissuers: [{ ...issuers('True')[0], metadata: { name: 'ca', deletionTimestamp: at(-1) } }] },
      /^ClusterIssuer ca is being deleted/,
    ],
  ])('fails if its issuer %s', async (_, stock, summary) => {
    const { summary: found, object } = await findingOf(
      expectCertificates(await cluster({ ...certificate(), ...stock })),
    )
    expect(found).toMatch(summary)
    expect(object).toMatch(/Issuer/)
  })

  it.each<[string, string, number]>([
    ['is not Ready', 'False', day],
    ['was not renewed in time', 'True', -day],
  ])('that %s has the reason in the condition Issuing', async (summary, status, renewal) => {
    const issuing = { type: 'Issuing', status: 'False', reason: 'Failed', message: 'acme: rate limited' }
    const conditions = [{ type: 'Ready', status, reason: 'DoesNotExist' }, issuing]
    const platform = await cluster(
      certificate({ status: { renewalTime: at(renewal), notAfter: at(30 * day), conditions } }),
    )
    const finding = await findingOf(expectCertificates(platform))
    expect(finding.summary).toContain(summary)
    expect(finding.found).toMatch(/; Issuing False \(Failed: acme: rate limited\)$/)
  })

  const beingIssued = (since: number) => ({
    conditions: [
      { type: 'Ready', status: 'False', reason: 'DoesNotExist' },
      { type: 'Issuing', status: 'True', reason: 'DoesNotExist', lastTransitionTime: at(since) },
    ],
  })

  it('that is being issued is judged when it is there', async () => {
    const stock = certificate()
    const [one] = stock.certificates
    const left = [beingIssued(-1), beingIssued(-1), {}]
    const changing = {
      ...one,
      get status() {
        return { ...one?.status, ...(left.length > 1 ? left.shift() : left[0]) }
      },
    }
    await expectCertificates(await cluster({ ...stock, certificates: [changing] } as Stock))
  })

  it.each([
    ['for a minute, and does not come', -1],
    ['for an hour', -60],
  ])('fails if it is being issued %s', async (_, since) => {
    const platform = await cluster(certificate({ status: beingIssued(since) }), {
      configuration: { deadlines: { condition: '1s' } },
    })
    expect((await findingOf(expectCertificates(platform))).summary).toBe('Certificate fawkes/tls is not Ready.')
  })

  it('that is not issued has its issuer as the reason, once for all certificates of that issuer', async () => {
    const conditions = [{ type: 'Ready', status: 'False', reason: 'DoesNotExist' }]
    const named = (name: string, status: object) =>
      certificate({ metadata: { name }, spec: { issuerRef: { kind: 'ClusterIssuer', name: 'gone' } }, status })
        .certificates
    const certificates = [...named('one', {}), ...named('two', { conditions }), ...named('three', { conditions })]
    const { finding, further } = await unmetOf(expectCertificates(await cluster({ ...certificate(), certificates })))
    expect(finding.summary).toBe('ClusterIssuer gone does not exist, so Certificate fawkes/two cannot be issued.')
    expect(further).toEqual([])
  })

  it('has a trouble of its own beside another one', async () => {
    const [one] = certificate({ metadata: { name: 'one' }, status: { notAfter: at(-1) } }).certificates
    const [two] = certificate({ metadata: { name: 'two', generation: 3 } }).certificates
    const certificates = [one, two].flatMap((each) => each ?? [])
    const { finding, further } = await unmetOf(expectCertificates(await cluster({ ...certificate(), certificates })))
    expect([finding, ...further].map(({ object }) => object)).toEqual([
      'Certificate fawkes/one',
      'Certificate fawkes/two',
    ])
  })

  it('passes if it names its kind of issuer by an empty text', async () => {
    const stock = certificate({ spec: { issuerRef: { name: 'ca', kind: '', group: '' } } })
    await expectCertificates(
      await cluster({ ...stock, issuers: [{ ...issuers('True')[0], metadata: { name: 'ca', namespace: 'fawkes' } }] }),
    )
  })

  it('passes if another controller issues it', async () => {
    const issuerRef = { name: 'x', kind: 'AWSPCAClusterIssuer', group: 'awspca.cert-manager.io' }
    await expectCertificates(await cluster({ ...certificate({ spec: { issuerRef } }), clusterissuers: [] }))
  })

  it('fails only if it is of a namespace of the platform', async () => {
    const certManager = {
      metadata: { name: 'cert-manager', namespace: 'tls-tools', labels: { app: 'cert-manager' } },
    }
    const configuration = { dependencies: { certManager: { selector: 'app=cert-manager' } } }
    const judged = async (namespace: string, changes: Changes) => {
      const { certificates, ...stock } = certificate()
      const broken = certificate({ ...changes, metadata: { name: 'broken', namespace } }).certificates
      const all = { ...stock, certificates: [...certificates, ...broken], deployments: [certManager] }
      await expectCertificates(await cluster(all, { configuration }))
    }
    const expired = { status: { notAfter: at(-1), renewalTime: at(-600) } }
    const orphaned = { spec: { issuerRef: { kind: 'Issuer', name: 'gone' } } }
    for (const changes of [expired, orphaned]) await judged('team-a', changes)
    for (const namespace of ['fawkes', 'monitoring', 'tls-tools'])
      for (const changes of [expired, orphaned])
        expect((await findingOf(judged(namespace, changes))).summary).toContain(`Certificate ${namespace}/broken`)
  })

  it('is judged by the clock of the cluster', async () => {
    const stock = certificate({ status: { notAfter: at(-30), renewalTime: at(-45) } })
    await expectCertificates(await cluster(stock, { aheadMs: -50 * 60_000 }))
  })
})

describe('a Prometheus object', () => {
  const object = (name: string, spec: object, conditions: readonly object[]) => ({
    metadata: { name, namespace: 'monitoring', generation: 2 },
    spec: { replicas: 1, ...spec },
    status: { conditions },
  })
  const judged = async (spec: object, conditions: readonly object[]) =>
    expectPrometheusAvailable(await cluster({ prometheuses: [object('main', spec, conditions)] }))
  const condition = (type: string, status: string, more: object = {}) => ({
    type,
    status,
    observedGeneration: 2,
    ...more,
  })
  const available = condition('Available', 'True')

  it('holds while its operator reconciles it, and after a restart of the operator', async () => {
    await judged({}, [available, condition('Reconciled', 'True')])
    await judged({}, [available, condition('Reconciled', 'Unknown', { reason: 'NotFound' })])
    await judged({ replicas: undefined }, [available])
  })

  it('holds beside one of another team that the suite does not ask', async () => {
    const serviceOf = (name: string) => ({
      metadata: { name: 'prometheus-kube-prometheus-prometheus', namespace: 'monitoring' },
      spec: { selector: { 'operator.prometheus.io/name': name } },
    })
    const behind = async (name: string) =>
      expectPrometheusAvailable(
        await cluster({
          prometheuses: [object('theirs', { paused: true }, []), object('main', {}, [available])],
          services: [serviceOf(name)],
        }),
      )
    await behind('main')
    for (const name of ['theirs', 'thanos'])
      expect((await findingOf(behind(name))).summary).toContain('Prometheus monitoring/theirs is paused')
  })

  it.each<[string, object, readonly object[], string]>([
    [
      'its operator fails to reconcile',
      {},
      [available, condition('Reconciled', 'False', { reason: 'ReconciliationFailed', message: 'no such secret' })],
      'is not reconciled by its operator',
    ],
    ['is not available', {}, [condition('Available', 'Degraded')], 'is not available'],
  ])('fails if it %s', async (_, spec, conditions, problem) => {
    expect((await findingOf(judged(spec, conditions))).summary).toBe(`Prometheus monitoring/main ${problem}.`)
  })

  const annotation = 'operator.prometheus.io/controller-id'
  const assigned = async (id: string | undefined, ...args: readonly string[][]) => {
    const labels = { app: 'operator' }
    const operators = args.map((one, index) => ({
      metadata: { name: `operator-${index}`, namespace: 'monitoring', labels },
      spec: { template: { spec: { containers: [{ args: ['--log-level=info', ...one] }] } } },
    }))
    const annotations = id === undefined ? {} : { [annotation]: id }
    const main = {
      metadata: { name: 'main', namespace: 'monitoring', generation: 2, annotations },
      status: { conditions: [available] },
    }
    const configuration = { dependencies: { prometheusOperator: { selector: 'app=operator' } } }
    await expectPrometheusAvailable(await cluster({ prometheuses: [main], deployments: operators }, { configuration }))
  }

  it('fails if its pods restart often', async () => {
    const status = { phase: 'Running', containerStatuses: [{ name: 'prometheus', restartCount: 9 }] }
    const labels = { 'operator.prometheus.io/name': 'main' }
    const restarting = {
      metadata: { name: 'prometheus-main-0', namespace: 'monitoring', labels },
      spec: { containers: [] },
      status,
    }
    const platform = await cluster({ prometheuses: [object('main', {}, [available])], pods: [restarting] })
    expect((await findingOf(expectPrometheusAvailable(platform))).summary).toContain(
      'Pod monitoring/prometheus-main-0: container prometheus restarted 9 times',
    )
  })

  it('that is not available has the reason in the condition Reconciled', async () => {
    const reconciled = condition('Reconciled', 'False', { reason: 'ReconciliationFailed', message: 'no such secret' })
    const { found } = await findingOf(judged({}, [condition('Available', 'False'), reconciled]))
    expect(found).toBe('False; Reconciled False (ReconciliationFailed: no such secret)')
  })

  it.each<[string, string | undefined, readonly string[][], string]>([
    ['no id, and the operator has one', undefined, [['--controller-id=a']], `--overwrite ${annotation}=a`],
    ['an id, and the operator has none', 'b', [[]], `main ${annotation}-`],
    ['the id of an operator that is gone', 'b', [['-controller-id', 'a'], ['--controller-id=c']], `${annotation}=a`],
  ])('fails if its annotation has %s', async (_, id, args, remedy) => {
    const { summary, remedy: commands } = await findingOf(assigned(id, ...args))
    expect(summary).toContain('is assigned to another Prometheus Operator')
    expect(commands.join()).toContain(remedy)
  })

  it('fails if its operator watches other namespaces for Prometheus objects', async () => {
    const watching = (...args: string[]) => assigned(undefined, ['--namespaces=monitoring,shop', ...args])
    await watching()
    await watching('--prometheus-instance-namespaces=monitoring')
    expect((await findingOf(watching('--prometheus-instance-namespaces=shop'))).summary).toBe(
      'The Prometheus Operator does not watch the namespace monitoring, so it never sees Prometheus monitoring/main.',
    )
  })

  it.each<[string, string | undefined, readonly string[][]]>([
    ['no id, nor has the operator', undefined, [[]]],
    ['an id, and no operator is known', 'a', []],
    ['the id of one of two operators', 'b', [['--controller-id=a'], ['--controller-id', 'b']]],
    ['an id, and the operator reads its own from its environment', 'a', [['--controller-id=$(ID)']]],
  ])('holds if its annotation has %s', async (_, id, args) => {
    await assigned(id, ...args)
  })
})

describe('the workloads of a dependency', () => {
  const part = (component: string, { metadata, spec, status }: Changes = {}) => ({
    metadata: {
      name: `argocd-${component}`,
      namespace: 'argocd',
      generation: 1,
      labels: { 'app.kubernetes.io/part-of': 'argocd', 'app.kubernetes.io/component': component },
      ...metadata,
    },
    spec: { replicas: 1, selector: { matchLabels: { name: `argocd-${component}` } }, ...spec },
    status: { availableReplicas: 1, observedGeneration: 1, ...status },
  })
  const required = ['application-controller', 'repo-server', 'server']
  const others = (changes?: Changes) => [
    ...required.slice(1).map((one) => part(one)),
    part('application-controller', changes),
  ]

  it.each<[string, Changes, RegExp]>([
    ['is being deleted', { metadata: { deletionTimestamp: at(-1) } }, /is being deleted/],
    ['has a status of an older generation', { status: { observedGeneration: 0 } }, /older generation/],
    ['is paused', { spec: { paused: true } }, /is paused/],
    [
      'has a rollout that does not end',
      { status: { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] } },
      /^Deployment argocd\/argocd-application-controller of ArgoCD is stuck in a rollout\.$/,
    ],
    [
      'cannot create its pods',
      { status: { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' }] } },
      /is stuck in a rollout/,
    ],
    ['is a required one and scaled to zero', { spec: { replicas: 0 } }, /is not available/],
  ])('fail if one %s', async (_, changes, summary) => {
    const platform = await cluster({ deployments: others(changes) })
    expect((await findingOf(expectDeployed(platform, 'argocd'))).summary).toMatch(summary)
  })

  it('are stuck for the reason of each condition', async () => {
    const conditions = [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
      { type: 'ReplicaFailure', status: 'True', message: 'exceeded quota' },
    ]
    const platform = await cluster({ deployments: others({ status: { conditions } }) })
    expect((await findingOf(expectDeployed(platform, 'argocd'))).found).toBe(
      'Progressing False (ProgressDeadlineExceeded); ReplicaFailure True (exceeded quota)',
    )
  })

  it('fail if one that may run elsewhere is deployed here and scaled to zero', async () => {
    const redis = part('redis', { spec: { replicas: 0 }, status: { availableReplicas: undefined } })
    const platform = await cluster({ deployments: [...others(), redis] })
    expect((await findingOf(expectDeployed(platform, 'argocd'))).summary).toBe(
      'Deployment argocd/argocd-redis of ArgoCD is not available.',
    )
  })

  const rolledOut = (minutes: number) => ({
    status: { conditions: [{ type: 'Progressing', status: 'True', lastUpdateTime: at(minutes) }] },
  })
  const lease = (holderIdentity: string | null, minutes: number) => ({
    leases: [
      {
        metadata: { name: 'leader', namespace: 'kube-system' },
        spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: at(minutes) },
      },
    ],
  })
  const holder = 'argocd-application-controller-7d4_1f'

  it('fail if the leader among their pods no longer renews its lease', async () => {
    const { summary, object } = await findingOf(
      expectDeployed(await cluster({ deployments: others(rolledOut(-60)), ...lease(holder, -20) }), 'argocd'),
    )
    expect(summary).toBe(
      'Lease kube-system/leader is no longer renewed, so Deployment argocd/argocd-application-controller does nothing.',
    )
    expect(object).toBe('Lease kube-system/leader')
  })

  it('fail by the lease of the installation that holds it, where another one has workloads of the same names', async () => {
    const all = others(rolledOut(-60))
    const apart = all.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: 'tenant' } }))
    const leases = [{ ...lease(holder, -20).leases[0], metadata: { name: 'leader', namespace: 'tenant' } }]
    const platform = await cluster({ deployments: [...all, ...apart], leases })
    expect((await findingOf(expectDeployed(platform, 'argocd'))).summary).toBe(
      'Lease tenant/leader is no longer renewed, so Deployment tenant/argocd-application-controller does nothing.',
    )
  })

  it('pass if a lease of another namespace is left over from an installation of the same names', async () => {
    const own = { ...lease(holder, -0.1).leases[0], metadata: { name: 'own-leader', namespace: 'argocd' } }
    const leases = [...lease(holder, -20).leases, own]
    await expectDeployed(await cluster({ deployments: others(rolledOut(-60)), leases }), 'argocd')
  })

  it.each<[string, object]>([
    ['was renewed a moment ago', lease(holder, -0.1)],
    ['is left over from before the last rollout', lease(holder, -600)],
    ['belongs to others', lease('argocd-image-updater-0', -20)],
    ['was given up', lease(null, -20)],
    ['was given up with an empty holder', lease('', -20)],
  ])('pass if a lease %s', async (_, leases) => {
    await expectDeployed(await cluster({ deployments: others(rolledOut(-60)), ...leases }), 'argocd')
  })

  /** A DaemonSet with a pod on each of the first nodes, and nodes by the status of their condition Ready. */
  const onNodes = (ready: number, scheduled: number, ...states: readonly string[]) => {
    const labels = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' }
    const { metadata, ...rest } = part('controller', {
      spec: { selector: { matchLabels: labels } },
      status: { desiredNumberScheduled: scheduled, updatedNumberScheduled: scheduled, numberAvailable: ready },
    })
    const controller = { ...rest, metadata: { ...metadata, labels } }
    const nodes = states.map((status, index) =>
      node(`worker-${index}`, { status: { conditions: [{ type: 'Ready', status }] } }),
    )
    const pods = nodes.slice(0, scheduled).map((one, index) => ({
      metadata: { name: `controller-${index}`, namespace: 'argocd', labels },
      spec: { nodeName: one.metadata.name, containers: [] },
    }))
    return cluster({ daemonsets: [controller], nodes, pods })
  }

  it.each<[string, number, number, readonly string[], boolean]>([
    ['pass if only a node that is down has none', 3, 4, ['True', 'True', 'True', 'Unknown'], true],
    ['fail if a node that is Ready has none', 2, 4, ['True', 'True', 'True', 'Unknown'], false],
    ['fail if no node has one', 0, 2, ['Unknown', 'False'], false],
    ['fail if the node that is down should have none', 2, 3, ['True', 'True', 'True', 'Unknown'], false],
  ])('on each node: they %s', async (_, ready, scheduled, states, isRight) => {
    const judged = expectDeployed(await onNodes(ready, scheduled, ...states), 'ingressController')
    if (isRight) await judged
    else expect((await findingOf(judged)).summary).toContain('of the ingress controller is not available')
  })

  it('on no node: they fail for want of a node, and not of replicas', async () => {
    const { found } = await findingOf(expectDeployed(await onNodes(0, 0, 'True'), 'ingressController'))
    expect(found).toBe('no node for its pods')
  })

  const selected = { name: 'argocd-application-controller' }
  const withPods = (...pods: readonly object[]) =>
    cluster({
      deployments: others(),
      pods: pods.map((changes, index) => ({
        metadata: {
          name: `controller-${index}`,
          namespace: 'argocd',
          labels: selected,
          creationTimestamp: at(-30 * day),
        },
        spec: { containers: [{ name: 'controller' }] },
        ...changes,
      })),
    })
  const restarted = (restartCount: number, ago: number) => ({
    status: {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [
        {
          ...{ name: 'controller', ready: true, restartCount, state: { running: {} } },
          lastState: { terminated: { exitCode: 20, reason: 'Error', finishedAt: at(-ago), startedAt: at(-ago - 10) } },
        },
      ],
    },
  })
  const evicted = (hours: number) => ({
    metadata: { name: `evicted-${hours}`, namespace: 'argocd', labels: selected, creationTimestamp: at(-60 * hours) },
    status: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
      conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: at(-60 * hours) }],
    },
  })

  it.each<[string, readonly object[], RegExp]>([
    [
      'restart often',
      [restarted(40, 300)],
      /^Pod argocd\/controller-0: container controller restarted 40 times in 30 days, last at .+ \(Error, exit code 20\)\.$/,
    ],
    ['restart again and again within an hour', [restarted(3, 20)], /restarted 3 times in 30 days/],
    [
      'are evicted often',
      [restarted(0, 300), evicted(3), evicted(7), evicted(20)],
      /^Pod argocd\/evicted-3 was evicted at .+, as the last of 3 pods of Deployment argocd\/argocd-application-controller in 20 hours\.$/,
    ],
  ])('fail if their pods %s', async (_, pods, summary) => {
    expect((await findingOf(expectDeployed(await withPods(...pods), 'argocd'))).summary).toMatch(summary)
  })

  it.each<[string, readonly object[]]>([
    ['restarted with the updates of their nodes', [restarted(5, 3 * day)]],
    ['restarted once a moment ago', [restarted(1, 2)]],
    [
      'restart often and are being deleted',
      [{ ...restarted(40, 300), metadata: { ...evicted(1).metadata, deletionTimestamp: at(0) } }],
    ],
    ['were evicted twice', [restarted(0, 300), evicted(3), evicted(7)]],
  ])('pass if their pods %s', async (_, pods) => {
    await expectDeployed(await withPods(...pods), 'argocd')
  })

  it('pass if an optional one is scaled to zero', async () => {
    const off = part('notifications-controller', { spec: { replicas: 0 }, status: { availableReplicas: undefined } })
    await expectDeployed(await cluster({ deployments: [...others(), off] }), 'argocd')
  })
})
