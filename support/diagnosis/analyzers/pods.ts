/** Explains pods that are not running and ready (troubleshooting T.1 and T.2 of the checklist). */
import { type CommandLine, command } from '../../basis/command'
import type { FreshFinding } from '../../basis/finding'
import type { Facts, PodFacts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf } from '../facts/insight'
import { crashOf, problemOfWaiting, secretsIn } from './containers'

export const pods: Analyzer = (facts) =>
  facts.pods.filter((pod) => !isWell(pod)).flatMap((pod) => insightInto(pod, facts))

/** True if a pod is running and ready, or has completed. */
export function isWell({ status }: PodFacts): boolean {
  if (status.phase === 'Succeeded') return true
  return (
    status.phase === 'Running' && status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  )
}

function insightInto(pod: PodFacts, facts: Facts): Insight[] {
  const { metadata, spec, status } = pod
  const object = objectOf('Pod', metadata)
  const node = `Node ${spec.nodeName}`
  if (status.phase === 'Failed' && status.reason !== '')
    return [{ object, problem: failure(pod), possibleCauses: [node] }]
  const scheduled = status.conditions.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False') {
    const what = `is Pending: ${placing(scheduled.message) || scheduled.reason}`
    const problem = problemOf(pod, what, `phase Pending, ${scheduled.reason}`, [command`kubectl describe nodes`])
    return [{ object, problem, possibleCauses: claimsOf(pod) }]
  }
  const onNode = facts.nodes.find(({ metadata: { name } }) => name === spec.nodeName)
  const isGone = onNode?.status.conditions.some(({ type, status }) => type === 'Ready' && status !== 'True')
  if (isGone) return [{ object, possibleCauses: [node] }]
  for (const container of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const insight = problemOfWaiting(pod, container) ?? crashOf(pod, container, facts)
    if (insight) return [insight]
  }
  const mount = eventsOf(facts, 'Pod', metadata).find(({ reason }) => /^Failed(Mount|AttachVolume)$/.test(reason))
  if (mount && status.phase === 'Pending') {
    const problem = problemOf(pod, `cannot mount its volumes: ${mount.message}`, `event ${mount.reason}`, [])
    return [{ object, problem, possibleCauses: [...secretsIn(mount.message, metadata.namespace), ...claimsOf(pod)] }]
  }
  const problem = unreadiness(pod, facts)
  return problem ? [{ object, problem }] : []
}

/** A finding about a pod, with `kubectl describe` as the first command. */
function problemOf({ metadata }: PodFacts, what: string, found: string, remedy: readonly CommandLine[]): FreshFinding {
  const object = objectOf('Pod', metadata)
  return {
    summary: `${object} ${what}.`,
    object,
    expected: 'running and ready',
    found,
    remedy: [command`kubectl describe pod -n ${metadata.namespace} ${metadata.name}`, ...remedy],
  }
}

/** A pod that Kubernetes ended, such as by eviction. */
function failure(pod: PodFacts): FreshFinding {
  const { metadata, spec, status } = pod
  return problemOf(
    pod,
    `failed (${status.reason}): ${status.message || 'no reason given'}`,
    `phase Failed, ${status.reason}`,
    [
      command`kubectl describe node ${spec.nodeName}`,
      // Without a wait for the end, which kubectl misses if a successor of the same name comes at once.
      command`kubectl delete pod -n ${metadata.namespace} ${metadata.name} --wait=false`,
    ],
  )
}

/** A running pod that is not ready. Returns undefined if the pod is not running or Kubernetes gives no reason. */
function unreadiness(pod: PodFacts, facts: Facts): FreshFinding | undefined {
  const { metadata, status } = pod
  const unhealthy = eventsOf(facts, 'Pod', metadata).find(({ reason }) => reason === 'Unhealthy')
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const why = unhealthy?.message ?? ([ready?.message, ready?.reason].filter(Boolean).join(', ') || undefined)
  if (status.phase !== 'Running' || why === undefined) return undefined
  return problemOf(
    pod,
    `is running but not ready: ${why}`,
    unhealthy ? `event Unhealthy: ${why}` : `condition Ready False: ${why}`,
    [command`kubectl logs -n ${metadata.namespace} ${metadata.name} --tail=50`],
  )
}

const claimsOf = ({ metadata, spec }: PodFacts) =>
  spec.volumes.flatMap(({ persistentVolumeClaim: claim }) =>
    claim ? [`PersistentVolumeClaim ${metadata.namespace}/${claim.claimName}`] : [],
  )

/** The scheduler's message about nodes, without its remarks on new claims and preemption. */
const placing = (message: string) => message.split(/\.? (?:no new claims|preemption:)/)[0]?.replace(/\.+$/, '') ?? ''
