/** Section 0: checks of the volume claim of the database: bound, alive, large enough, and mounted by the database. */
import { command, comment } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { quantityOf } from '../formats/quantity'
import type { PersistentVolumeClaim } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { type ContainerUse, isLive, type PodUse } from '../platform/pod-use'
import { volumeNamed } from '../platform/volume'
import { claimCandidates } from './candidates'
import { lifecycleProblems } from './lifecycle'

/** 0.3: checks that the claim is bound to a volume of at least the configured size, and that the database uses it. */
export async function expectStorage(platform: Platform): Promise<void> {
  const { kubernetes, configuration } = platform
  const { claim: name, size } = configuration.storage
  const { object } = namesOf(platform)
  const claim = await kubernetes.claim(name)
  if (!claim)
    throw new Unmet({
      summary: `${object} does not exist.`,
      object,
      expected: `a bound claim of ${size}`,
      found: 'no claim',
      remedy: [...(await claimCandidates(platform)), command`kubectl get pvc -n ${kubernetes.namespace}`],
    })
  const volume = claim.spec.volumeName ? await volumeNamed(kubernetes.api, claim.spec.volumeName) : undefined
  const unmet = [
    ...lifecycleProblems('PersistentVolumeClaim', claim),
    ...bindingProblems(platform, claim),
    ...(volume ? lifecycleProblems('PersistentVolume', volume) : []),
  ]
  const pods = await kubernetes.podUses(configuration.components.mysql.labels)
  expectNone([...unmet, ...(unmet.length === 0 ? mountProblems(platform, pods) : [])])
}

/** Access modes with which a database can write. */
const writable = ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany']

function bindingProblems(platform: Platform, { spec, status }: PersistentVolumeClaim): Circumstances[] {
  const { size } = platform.configuration.storage
  const { object, remedy } = namesOf(platform)
  if (status.phase !== 'Bound')
    return [
      {
        summary: `${object} is ${status.phase}.`,
        object,
        reliesOn: [object],
        expected: 'Bound',
        found: status.phase,
        remedy,
      },
    ]
  const unmet: Circumstances[] = []
  const capacity = status.capacity.storage
  const bytes = quantityOf(capacity ?? '') ?? 0
  if (bytes < (quantityOf(size) ?? Number.POSITIVE_INFINITY))
    unmet.push({
      summary: `${object} is smaller than ${size}.`,
      object,
      explainsNothing: true,
      expected: `${size} or more`,
      found: capacity ?? 'no capacity',
      remedy,
    })
  const requested = spec.resources.requests.storage
  if (requested !== undefined && bytes < (quantityOf(requested) ?? 0))
    unmet.push({
      summary: `A resize of ${object} is pending.`,
      object,
      explainsNothing: true,
      expected: `the requested ${requested}`,
      found: [
        capacity ?? 'no capacity',
        ...status.conditions
          .filter((one) => one.status === 'True')
          .map(({ type, message }) => `${type}: ${message ?? ''}`),
      ].join('; '),
      remedy,
    })
  if (spec.accessModes.length > 0 && !spec.accessModes.some((mode) => writable.includes(mode)))
    unmet.push({
      summary: `${object} cannot be written: its access mode is ${spec.accessModes.join(', ')}.`,
      object,
      explainsNothing: true,
      expected: writable.join(' or '),
      found: spec.accessModes.join(', '),
      remedy,
    })
  return unmet
}

/** A claim that no pod of the database mounts, or that only another container of it mounts, holds none of its data. */
function mountProblems(platform: Platform, all: readonly PodUse[]): Circumstances[] {
  const { kubernetes, configuration } = platform
  const { claim } = configuration.storage
  const { port } = configuration.components.mysql
  const { object, remedy } = namesOf(platform)
  // Without a pod, the database itself is missing, which is a finding of its pods.
  const pods = all.filter(isLive)
  if (pods.length === 0) return []
  if (pods.some((pod) => mounts(pod, claim, port))) return pods.flatMap((pod) => lossProblems(platform, pod))
  const named = pods.some(({ spec }) =>
    spec.volumes.some((volume) => volume.persistentVolumeClaim?.claimName === claim),
  )
  const shown = pods.flatMap(({ metadata, spec }) =>
    spec.volumes.map((volume) => `${metadata.name}: volume ${volume.name}, ${kindOf(volume)}`),
  )
  return [
    {
      summary: `${object} is mounted by no ${named ? 'container of the database that could write to it' : 'pod of the database'}.`,
      object,
      explainsNothing: true,
      expected: `a container of the database that mounts the claim ${claim} and may write to it`,
      found: shown.join('; ') || 'pods without volumes',
      remedy: [
        ...remedy,
        command`kubectl get pods -n ${kubernetes.namespace} -o jsonpath='{range .items[*]}{.metadata.name} {.spec.volumes[*].persistentVolumeClaim.claimName}{"\\n"}{end}'`,
      ],
    },
  ]
}

/**
 * Decides whether the database can write to the claim: a container that declares its port mounts it, or any container where none
 * declares the port. A backup beside the database may mount the claim too.
 */
function mounts({ spec }: PodUse, claim: string, port: number): boolean {
  const volumes = spec.volumes
    .filter(({ persistentVolumeClaim: used }) => used?.claimName === claim && !used.readOnly)
    .map(({ name }) => name)
  return databasesIn(spec, port).some(({ volumeMounts }) =>
    volumeMounts.some(({ name, readOnly }) => volumes.includes(name) && !readOnly),
  )
}

function databasesIn({ containers }: PodUse['spec'], port: number): PodUse['spec']['containers'] {
  const databases = containers.filter(({ ports }) => ports.some(({ containerPort }) => containerPort === port))
  return databases.length > 0 ? databases : containers
}

/** The directories in which the images of MySQL and MariaDB keep their data. */
const dataDirectories = /^\/(?:var\/lib\/mysql|bitnami\/(?:mysql|mariadb))(?:\/data)?\/?$/

/** The directories at or below which the images keep their data. */
const homes = ['/var/lib/mysql', '/var/lib/mysql/data', '/bitnami/mysql/data', '/bitnami/mariadb/data']

/** True for a mount that holds the data of an image, and for one whose place is not known. */
function holdsData(mountPath: string): boolean {
  const place = `${mountPath.replace(/\/+$/, '')}/`
  return mountPath === '' || homes.some((home) => `${home}/`.startsWith(place))
}

/** True if a database may keep its data elsewhere than its image does: by an option, a variable, or a mounted file of options. */
const mayBeElsewhere = ({ spec }: PodUse, { command: ofCommand, args, env, volumeMounts }: ContainerUse): boolean =>
  ofCommand ||
  args ||
  env.some(({ name }) => /data_?dir/i.test(name)) ||
  volumeMounts.some((mount) =>
    spec.volumes.some(
      ({ name, configMap, secret, projected }) => name === mount.name && (configMap ?? secret ?? projected),
    ),
  )

/** Returns a problem where the database mounts the claim apart from its data, which then lie in the container itself. */
function astrayProblems(platform: Platform, pod: PodUse): Circumstances[] {
  const { object, remedy } = namesOf(platform)
  const { claim } = platform.configuration.storage
  const { metadata, spec } = pod
  const volumes = spec.volumes
    .filter(({ persistentVolumeClaim: used }) => used?.claimName === claim)
    .map(({ name }) => name)
  return databasesIn(spec, platform.configuration.components.mysql.port).flatMap((container) => {
    const places = container.volumeMounts.filter(({ name }) => volumes.includes(name)).map((mount) => mount.mountPath)
    const [first] = places
    if (first === undefined || places.some(holdsData) || mayBeElsewhere(pod, container)) return []
    return [
      {
        summary: `${object} does not hold the data of the database: it is mounted at ${first}, and the data lie elsewhere.`,
        object,
        explainsNothing: true,
        expected: 'the claim at the data directory of the database, such as /var/lib/mysql',
        found: `${metadata.name}: container ${container.name}, the claim at ${places.join(' and ')}`,
        remedy: [
          ...remedy,
          command`kubectl get pod -n ${platform.kubernetes.namespace} ${metadata.name} -o jsonpath='{.spec.containers[*].volumeMounts}'`,
          comment`the database names its data directory: SELECT @@datadir`,
        ],
      },
    ]
  })
}

/**
 * Returns a problem where the database keeps its data on another volume than the claim, which it mounts elsewhere. A replica of the
 * database has a claim of its own.
 */
function lossProblems(platform: Platform, pod: PodUse): Circumstances[] {
  const { object, remedy } = namesOf(platform)
  const { claim } = platform.configuration.storage
  const { port } = platform.configuration.components.mysql
  const { metadata, spec } = pod
  const isReplica = !mounts(pod, claim, port)
  const mounted = databasesIn(spec, port)
    .flatMap(({ volumeMounts }) => volumeMounts)
    .filter(({ mountPath }) => dataDirectories.test(mountPath))
  const other = mounted.flatMap(({ name, mountPath }) =>
    spec.volumes.flatMap((volume) => {
      const used = volume.persistentVolumeClaim
      const isRight = used && (isReplica || used.claimName === claim)
      return volume.name === name && !isRight ? [{ name, mountPath, kind: kindOf(volume) }] : []
    }),
  )[0]
  if (other === undefined) return mounted.length > 0 ? [] : astrayProblems(platform, pod)
  return [
    {
      summary: `${object} does not hold the data of the database, which are on ${other.kind}.`,
      object,
      explainsNothing: true,
      expected: `the claim at ${other.mountPath}`,
      found: `${metadata.name}: volume ${other.name}, ${other.kind}, at ${other.mountPath}`,
      remedy,
    },
  ]
}

/** The kind of a volume, in words. An ephemeral volume has a claim of its own, which goes with the pod. */
function kindOf(volume: PodUse['spec']['volumes'][number]): string {
  const { persistentVolumeClaim, emptyDir, hostPath, ephemeral } = volume
  if (persistentVolumeClaim) return `the claim ${persistentVolumeClaim.claimName}`
  if (emptyDir) return 'an emptyDir'
  if (hostPath) return 'a directory of the node'
  return ephemeral ? 'an ephemeral volume' : 'a volume of another kind'
}

function namesOf({ kubernetes, configuration }: Platform) {
  const { claim } = configuration.storage
  return {
    object: `PersistentVolumeClaim ${kubernetes.namespace}/${claim}`,
    remedy: [command`kubectl describe pvc -n ${kubernetes.namespace} ${claim}`, command`kubectl get storageclass`],
  }
}
