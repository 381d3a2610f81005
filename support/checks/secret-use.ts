/** Section 1: checks that the running pods use the Secrets, and their current values. */
import { createHash } from 'node:crypto'
import { command, comment } from '../basis/command'
import { Blocked, type Circumstances, expectNone } from '../basis/expectation'
import { components } from '../contracts/contract'
import { environmentDigests } from '../platform/exec'
import { operations } from '../platform/operations'
import type { Platform } from '../platform/platform'
import { type ContainerUse, isLive, type PodUse } from '../platform/pod-use'
import { runningContainersOf } from '../platform/running-containers'
import { ensureMayOpen } from '../platform/streams'
import type { SecretRole } from './external-secrets'
import { effective, hiddenKeys } from './hidden-variables'
import { placed } from './placed'

type SecretMetadata = NonNullable<Awaited<ReturnType<Platform['kubernetes']['secretMetadata']>>>

/**
 * 1.3 and 1.4: checks that no container uses older values than the Secret has now. A container reads environment variables and
 * files mounted by subPath only at its start; other mounted files follow the Secret unless it is immutable.
 */
export async function expectInUse(given: Platform, role: SecretRole): Promise<void> {
  const platform = placed(given, role)
  const { kubernetes, configuration } = platform
  const { name } = configuration.secretNames[role]
  const secret = await kubernetes.secretMetadata(name)
  if (!secret) return
  const uses = await Promise.all(
    components.map((component) => kubernetes.podUses(configuration.components[component].labels)),
  )
  const pods = uses.flat().filter(isLive)
  expectNone(unused(platform, role, pods))
  const written = pods.flatMap((pod) =>
    runningContainersOf(pod).flatMap((read) => writtenSince(pod, read, name, secret)),
  )
  const judged = await Promise.all(written.map((one) => judge(platform, name, one)))
  expectNone(judged.flatMap(({ stale }) => stale ?? []))
  const [unknown] = judged.flatMap(({ unknown }) => unknown ?? [])
  if (unknown) throw new Blocked(unknown)
}

/** A variable of a running container. */
interface Placed {
  readonly variable: ContainerUse['env'][number]
  readonly container: string
  readonly pod: PodUse['metadata']
}

/**
 * Returns the problems of variables that have the documented keys from elsewhere, where no pod refers to the right Secret, or where
 * they hide it: that Secret is complete, but its values reach nobody.
 */
function unused(platform: Platform, role: SecretRole, pods: readonly PodUse[]): Circumstances[] {
  const { name } = platform.configuration.secretNames[role]
  if (pods.some((pod) => mountsFiles(pod, name))) return []
  if (pods.some((pod) => refersTo(pod, name))) return hiddenKeys(platform, role, pods)
  const all = pods.flatMap((pod) =>
    runningContainersOf(pod).flatMap(({ name: container, env }) =>
      env.map((variable): Placed => ({ variable, container, pod: pod.metadata })),
    ),
  )
  return [readElsewhere, writtenOut].flatMap((problemIn) => all.flatMap((one) => problemIn(platform, role, one) ?? []))
}

/** The problem of a variable that reads one of the documented keys from another Secret. */
function readElsewhere(
  { configuration, kubernetes: { namespace } }: Platform,
  role: SecretRole,
  { variable, container, pod }: Placed,
): Circumstances | undefined {
  const { name, keys } = configuration.secretNames[role]
  const { name: other, key } = variable.valueFrom?.secretKeyRef ?? {}
  if (key === undefined || !keys.includes(key)) return undefined
  const object = `Pod ${namespace}/${pod.name}`
  return {
    summary: `The container ${container} of ${object} reads ${key} from the Secret ${other}, and no pod reads ${name}.`,
    object,
    explainsNothing: true,
    expected: `${key} of the Secret ${name}`,
    found: `${key} of the Secret ${other}`,
    remedy: [
      command`kubectl get pod -n ${namespace} ${pod.name} -o jsonpath='{.spec.containers[*].env[*].valueFrom.secretKeyRef}'`,
      comment`if the service uses that Secret: configuration key secretNames.${role}.name`,
    ],
  }
}

/** True for a variable that is to hold a key: MYSQL_PASSWORD or GF_SECURITY_ADMIN_PASSWORD, by a key such as admin-password. */
const holdsKey = (variable: string, key: string): boolean =>
  `_${variable.toUpperCase()}`.endsWith(`_${key.toUpperCase().replace(/[^A-Z\d]/g, '_')}`)

/** The problem of a variable whose value, that of one of the documented keys, stands in the manifest. */
function writtenOut(
  { configuration, kubernetes: { namespace } }: Platform,
  role: SecretRole,
  { variable, container, pod }: Placed,
): Circumstances | undefined {
  const { name, keys } = configuration.secretNames[role]
  const key = variable.value ? keys.find((one) => holdsKey(variable.name, one)) : undefined
  if (key === undefined) return undefined
  const object = `Pod ${namespace}/${pod.name}`
  return {
    summary: `The manifest of ${object} holds the value of ${variable.name}, and no pod reads the Secret ${name}.`,
    object,
    explainsNothing: true,
    expected: `${key} of the Secret ${name}, by valueFrom.secretKeyRef`,
    found: `a value of ${variable.name} in the container ${container}`,
    remedy: [
      command`kubectl get pod -n ${namespace} ${pod.name} -o jsonpath='{.metadata.ownerReferences[*].kind} {.metadata.ownerReferences[*].name}'`,
      comment`refer to the Secret in that manifest, and replace the value: everyone who may read manifests has seen it`,
    ],
  }
}

/** True if a pod has files of a Secret. */
const mountsFiles = ({ spec }: PodUse, name: string): boolean =>
  spec.volumes.some(
    ({ secret, projected }) =>
      secret?.secretName === name || projected?.sources.some((one) => one.secret?.name === name),
  )

/** True if a container of a pod takes variables from a Secret. */
const refersTo = (pod: PodUse, name: string): boolean =>
  [...pod.spec.containers, ...pod.spec.initContainers].some(
    ({ env, envFrom }) =>
      env.some(({ valueFrom }) => valueFrom?.secretKeyRef?.name === name) ||
      envFrom.some(({ secretRef }) => secretRef?.name === name),
  )

/** A container that was started before the last write of the values that it reads. */
interface Suspicion {
  readonly pod: string
  readonly namespace: string
  readonly container: string
  readonly startedAt: string
  readonly reads: Reads
  readonly change: Change
}

/** Compares the values in the container with those of the Secret; without them, the record of writes decides where it can. */
async function judge(
  { kubernetes, configuration }: Platform,
  name: string,
  { namespace, pod, container, startedAt, reads, change }: Suspicion,
): Promise<{ readonly stale?: Circumstances; readonly unknown?: Circumstances }> {
  const owner = `Secret ${namespace}/${name}`
  const object = `Pod ${namespace}/${pod}`
  const changed = `${change.isOfValues ? 'changed' : 'written'} at ${new Date(change.at).toISOString()}`
  const circumstances = {
    object,
    expected: `a container that was started after the last change of ${reads.keys?.join(', ') ?? 'the Secret'}`,
    found: `${changed}, started at ${startedAt}, read as ${reads.how}`,
    // kubectl would wait for ever if the successor of the same name came at once, as in a StatefulSet.
    remedy: [command`kubectl delete pod -n ${namespace} ${pod} --wait=false`],
  }
  const stale = {
    ...circumstances,
    summary: `${owner} has changed since the container ${container} of ${object} read it.`,
  }
  const data = await kubernetes.secret(name)
  const variables = reads.variables([...(data?.keys() ?? [])])
  const unknown = (why: string) => ({
    ...circumstances,
    summary: `It is not known whether the container ${container} of ${object} uses the current values of ${owner}.`,
    found: `${circumstances.found}; the record of the write does not separate values from labels and annotations; ${why}`,
  })
  const undecided = (why: string) => (change.isOfValues ? { stale } : { unknown: unknown(why) })
  if (!variables) return undecided('the values in the container cannot be compared')
  try {
    await ensureMayOpen(kubernetes, operations.execInPod)
    const names = variables.map(({ variable }) => variable)
    const where = { namespace, pod, container }
    const used = await environmentDigests(kubernetes.api, where, names, configuration.deadlines.request)
    return variables.every(({ key }, index) => used[index] === digestOf(data?.get(key) ?? '')) ? {} : { stale }
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
    return undecided(`${error.finding.summary} ${error.finding.found}`)
  }
}

/** The digest of a value with a line feed, as the container prints it. */
const digestOf = (value: string): string => createHash('sha256').update(`${value}\n`).digest('hex')

function writtenSince(pod: PodUse, { name: container, ...use }: ContainerUse, name: string, secret: SecretMetadata) {
  const { startedAt } =
    [...pod.status.containerStatuses, ...pod.status.initContainerStatuses].find((one) => one.name === container)?.state
      .running ?? {}
  const once = readsAtStart(pod, { name: container, ...use }, name)
  const reads = once ?? (secret.immutable ? readsForEver(pod, { name: container, ...use }, name) : undefined)
  if (!startedAt || !reads) return []
  const change = once ? lastChange(secret, once.keys) : creationOf(secret)
  // Kubernetes' times have whole seconds.
  if (change === undefined || !(change.at > Date.parse(startedAt) + 1000)) return []
  const { namespace = '', name: podName } = pod.metadata
  return [{ namespace, pod: podName, container, startedAt, reads, change }]
}

interface Variable {
  readonly variable: string
  readonly key: string
}

/** The values of a Secret that a container reads once, at its start. */
interface Reads {
  /** The keys; all of them if undefined. */
  readonly keys: readonly string[] | undefined
  readonly how: string
  /** The environment variables that hold the values, given the keys of the Secret; undefined if others hold them too. */
  variables(all: readonly string[]): readonly Variable[] | undefined
}

/** The names that Kubernetes gives to variables: https://kubernetes.io/docs/tasks/inject-data-application. */
const isName = /^[-._A-Za-z][-._A-Za-z0-9]*$/

/** The places at which a container has files of a Secret. */
function mountsOf({ spec }: PodUse, { volumeMounts }: ContainerUse, name: string): ContainerUse['volumeMounts'] {
  const volumes = spec.volumes
    .filter(
      ({ secret, projected }) =>
        secret?.secretName === name || projected?.sources.some((source) => source.secret?.name === name),
    )
    .map((volume) => volume.name)
  return volumeMounts.filter((mount) => volumes.includes(mount.name))
}

const files = (how: string): Reads => ({ keys: undefined, how, variables: () => undefined })

/** The kubelet does not ask for an immutable Secret again, so a pod keeps the files of the one that it was started with. */
const readsForEver = (pod: PodUse, use: ContainerUse, name: string): Reads | undefined =>
  mountsOf(pod, use, name).length > 0 ? files('a file of an immutable Secret') : undefined

function readsAtStart(pod: PodUse, use: ContainerUse, name: string): Reads | undefined {
  const { env, envFrom } = use
  if (mountsOf(pod, use, name).some((mount) => mount.subPath || mount.subPathExpr))
    return files('a file mounted by subPath')
  const named = effective(env).flatMap(({ name: variable, valueFrom }) => {
    const reference = valueFrom?.secretKeyRef
    return reference?.name === name ? [{ variable, key: reference.key }] : []
  })
  const how = 'environment variables'
  const sources = envFrom.filter(({ secretRef }) => secretRef?.name === name)
  if (sources.length > 0) {
    const isHidden = ({ variable }: Variable) => env.some((one) => one.name === variable)
    const all = (keys: readonly string[]) =>
      sources.flatMap(({ prefix }) => keys.map((key) => ({ variable: `${prefix}${key}`, key })))
    return {
      keys: undefined,
      how,
      // A later source of variables may replace a value of this one.
      variables: (keys) =>
        envFrom.at(-1)?.secretRef?.name === name && sources.length === 1
          ? [...named, ...all(keys).filter((one) => isName.test(one.variable) && !isHidden(one))]
          : undefined,
    }
  }
  return named.length > 0 ? { keys: named.map(({ key }) => key), how, variables: () => named } : undefined
}

interface Change {
  /** Milliseconds since 1970. */
  readonly at: number
  /** False if the time may be that of labels, annotations or other keys, which one client wrote together with the values. */
  readonly isOfValues: boolean
}

/** The creation of an immutable Secret, which gets other values only by being created again. */
const creationOf = ({ creationTimestamp }: SecretMetadata): Change => ({
  at: Date.parse(creationTimestamp ?? ''),
  isOfValues: true,
})

/** The last write of a client that wrote one of the keys, by the record that the API server keeps. */
function lastChange({ managedFields }: SecretMetadata, keys: readonly string[] | undefined): Change | undefined {
  const changes = managedFields.flatMap(({ time, fieldsV1 }): Change[] => {
    const data = fieldsV1['f:data'] ?? fieldsV1['f:stringData']
    if (!time || typeof data !== 'object' || data === null) return []
    const written = Object.keys(data).filter((key) => key.startsWith('f:'))
    const isRead = (key: string) => keys === undefined || keys.includes(key.slice(2))
    if (!written.some(isRead)) return []
    const others = Object.keys(fieldsV1).filter((field) => field !== 'f:data' && field !== 'f:stringData')
    return [{ at: Date.parse(time), isOfValues: others.length === 0 && written.every(isRead) }]
  })
  const at = Math.max(...changes.map((change) => change.at))
  return changes.length > 0 ? { at, isOfValues: changes.some((one) => one.at === at && one.isOfValues) } : undefined
}
