/** Decides as Kubernetes' scheduler does whether a node can take the pods of the service. */
import semver from 'semver'
import { quantityOf } from '../formats/quantity'
import type { Lease, Node } from '../platform/node-resources'
import { requestsOf } from '../platform/pod-requests'
import type { NodeTerm, PodUse, Toleration } from '../platform/pod-use'

/** Conditions of a node that are a problem if they are true. The last two are of the node problem detector. */
const pressures = [
  ...['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'],
  ...['KernelDeadlock', 'ReadonlyFilesystem'],
]

/**
 * The kubelet may be this many minor versions older than the API server, and never newer. Source:
 * https://kubernetes.io/releases/version-skew-policy/#kubelet
 */
const supportedSkew = (kubeletMinor: number) => (kubeletMinor < 25 ? 2 : 3)

/** A kubelet renews its lease every 10 s, and the heartbeat of its status every 5 minutes: the newer of the two counts. */
const heartbeatMs = 15 * 60_000

/** The namespace in which each node has a lease of its own name. */
const leaseNamespace = 'kube-node-lease'

interface Surroundings {
  readonly serverVersion: string
  /** Milliseconds since 1970 by the clock of the API server. */
  readonly now: number
  /** All leases of the cluster, those of nodes among them. */
  readonly leases: readonly Lease[]
  /** Running pods of the service, whose tolerations and node selection the next pods will have. */
  readonly pods: readonly PodUse[]
}

/** Returns why the pods on a node may not run either, in words after its name; undefined if it works. */
export function failureOf({ status, metadata }: Node, surroundings: Surroundings): string | undefined {
  if (metadata.deletionTimestamp) return `is being deleted since ${metadata.deletionTimestamp}`
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  if (ready?.status !== 'True') return `is not Ready (${ready?.reason ?? ready?.message ?? 'no Ready condition'})`
  const silentSince = newest([ready.lastHeartbeatTime, leaseOf(metadata.name, surroundings.leases)?.spec.renewTime])
  if (silentSince && surroundings.now - Date.parse(silentSince) > heartbeatMs)
    return `has sent no heartbeat since ${silentSince}`
  const pressure = status.conditions.find(
    (condition) => pressures.includes(condition.type) && condition.status === 'True',
  )
  return pressure && `has ${pressure.type}${pressure.message ? ` (${pressure.message})` : ''}`
}

/** Returns why a node cannot take pods of the service, in words after its name; undefined if it can. */
export function unfitnessOf(node: Node, surroundings: Surroundings): string | undefined {
  const failure = failureOf(node, surroundings)
  if (failure) return failure
  const { spec, status } = node
  if (spec.unschedulable) return isCordoned
  const { operatingSystem, kubeletVersion } = status.nodeInfo
  if (operatingSystem !== 'linux') return `runs ${operatingSystem}, and the images of the service are for linux`
  const skew = skewOf(kubeletVersion, surroundings.serverVersion)
  if (skew) return skew
  if (quantityOf(status.allocatable.pods ?? '') === 0) return 'has no room for any pod (allocatable pods: 0)'
  return refusalOf(node, surroundings.pods)
}

export const isCordoned = 'is cordoned'

const leaseOf = (node: string, leases: readonly Lease[]): Lease | undefined =>
  leases.find(({ metadata }) => metadata.namespace === leaseNamespace && metadata.name === node)

const newest = (times: readonly (string | null | undefined)[]): string | undefined =>
  times
    .flatMap((time) => time ?? [])
    .sort((one, other) => Date.parse(one) - Date.parse(other))
    .at(-1)

/** A kubelet version outside the supported skew, in words. */
function skewOf(kubelet: string, server: string): string | undefined {
  const [actual, expected] = [semver.coerce(kubelet), semver.coerce(server)]
  if (!actual || !expected) return undefined
  if (actual.major === expected.major && actual.minor > expected.minor)
    return `has the kubelet ${kubelet}, newer than the API server ${server}`
  if (actual.major < expected.major || expected.minor - actual.minor > supportedSkew(actual.minor))
    return `has the kubelet ${kubelet}, too old for the API server ${server}`
  return undefined
}

/** Taints or a selection that keep every pod of the service from the node; without pods, every taint counts. */
function refusalOf(node: Node, pods: readonly PodUse[]): string | undefined {
  const taints = repelling(node)
  const untolerated = taints.find((taint) => !pods.some(isToleratedBy(taint)))
  if (untolerated) {
    const { key, value, effect } = untolerated
    const isForAWhile = pods.some(({ spec }) => spec.tolerations.some(matchesTaint(untolerated)))
    const who = isForAWhile ? 'the pods of the service tolerate for a while only' : 'no pod of the service tolerates'
    return `has the taint ${key}${value ? `=${value}` : ''}:${effect}, which ${who}`
  }
  if (pods.length === 0) return undefined
  const tolerant = pods.filter((pod) => taints.every((taint) => isToleratedBy(taint)(pod)))
  if (tolerant.length === 0) return 'has taints that no pod of the service tolerates together'
  const selecting = tolerant.filter((pod) => selects(pod, node))
  return selecting.length === 0
    ? 'is excluded by the node selector or the affinity of the service'
    : smallnessOf(node, selecting)
}

const repelling = ({ spec }: Node) =>
  spec.taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')

const isToleratedBy = (taint: Node['spec']['taints'][number]) => (pod: PodUse) =>
  pod.spec.tolerations.some(tolerates(taint))

/** Returns the resource of which a node has too little for each of the pods that it may take otherwise, in words. */
function smallnessOf({ status: { allocatable } }: Node, pods: readonly PodUse[]): string | undefined {
  if (Object.keys(allocatable).length === 0) return undefined
  const lackingFor = (pod: PodUse) =>
    [...requestsOf(pod)].find(([name, amount]) => amount > (quantityOf(allocatable[name] ?? '') ?? 0))
  const lacking = pods.map(lackingFor)
  const [first] = lacking
  if (!first || lacking.includes(undefined)) return undefined
  const [resource] = first
  const isCommon = lacking.every((one) => one?.[0] === resource)
  const than = isCommon
    ? 'any pod of the service that may run there requests'
    : 'one pod of the service requests, and too little for the others'
  return `has less ${resource} than ${than} (allocatable: ${allocatable[resource] ?? 'none'})`
}

/** A toleration with a time keeps a pod on a node that evicts only so long; its successor may come and go in the same way. */
const tolerates = (taint: Node['spec']['taints'][number]) => (toleration: Toleration) =>
  matchesTaint(taint)(toleration) && (taint.effect !== 'NoExecute' || (toleration.tolerationSeconds ?? null) === null)

/** The rule of Kubernetes: an empty key with Exists tolerates everything, an empty effect every effect. */
const matchesTaint =
  (taint: Node['spec']['taints'][number]) =>
  ({ key = '', operator = 'Equal', value = '', effect = '' }: Toleration): boolean =>
    (effect === '' || effect === taint.effect) &&
    (operator === 'Exists' ? key === '' || key === taint.key : key === taint.key && value === taint.value)

function selects({ spec }: PodUse, node: Node): boolean {
  const { labels, name } = node.metadata
  if (Object.entries(spec.nodeSelector).some(([key, value]) => labels[key] !== value)) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (!required) return true
  return required.nodeSelectorTerms.some(
    ({ matchExpressions, matchFields }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((expression) => holds(expression, labels[expression.key])) &&
      matchFields.every((expression) => holds(expression, name)),
  )
}

function holds({ operator, values }: NodeTerm['matchExpressions'][number], found: string | undefined): boolean {
  const bound = Number(values[0])
  switch (operator) {
    case 'In':
      return found !== undefined && values.includes(found)
    case 'NotIn':
      return found === undefined || !values.includes(found)
    case 'Exists':
      return found !== undefined
    case 'DoesNotExist':
      return found === undefined
    case 'Gt':
      return Number(found ?? Number.NaN) > bound
    case 'Lt':
      return Number(found ?? Number.NaN) < bound
    default:
      return false
  }
}
