/** Explains pods that are not running and ready (troubleshooting T.1 and T.2 of the checklist). */
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
  const describe = `kubectl describe pod -n ${metadata.namespace} ${metadata.name}`
  const problem = (what: string, found: string, remedy: readonly string[]) => ({
    summary: `${object} ${what}.`,
    object,
    expected: 'running and ready',
    found,
    remedy: [describe, ...remedy],
  })
  const node = `Node ${spec.nodeName}`
  if (status.phase === 'Failed' && status.reason !== '')
    return [
      {
        object,
        problem: problem(
          `failed (${status.reason}): ${status.message || 'no reason given'}`,
          `phase Failed, ${status.reason}`,
          [`kubectl describe node ${spec.nodeName}`, `kubectl delete pod -n ${metadata.namespace} ${metadata.name}`],
        ),
        possibleCauses: [node],
      },
    ]
  const scheduled = status.conditions.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return [
      {
        object,
        problem: problem(
          `is Pending: ${placing(scheduled.message) || scheduled.reason}`,
          `phase Pending, ${scheduled.reason}`,
          ['kubectl describe nodes'],
        ),
        possibleCauses: claimsOf(pod),
      },
    ]
  const onNode = facts.nodes.find(({ metadata: { name } }) => name === spec.nodeName)
  const isGone = onNode?.status.conditions.some(({ type, status }) => type === 'Ready' && status !== 'True')
  if (isGone) return [{ object, possibleCauses: [node] }]
  for (const container of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const insight = problemOfWaiting(pod, container) ?? crashOf(pod, container, facts)
    if (insight) return [insight]
  }
  const mount = eventsOf(facts, 'Pod', metadata).find(({ reason }) => /^Failed(Mount|AttachVolume)$/.test(reason))
  if (mount && status.phase === 'Pending')
    return [
      {
        object,
        problem: problem(`cannot mount its volumes: ${mount.message}`, `event ${mount.reason}`, []),
        possibleCauses: [...secretsIn(mount.message, metadata.namespace), ...claimsOf(pod)],
      },
    ]
  const unhealthy = eventsOf(facts, 'Pod', metadata).find(({ reason }) => reason === 'Unhealthy')
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const why = unhealthy?.message ?? ([ready?.message, ready?.reason].filter(Boolean).join(', ') || undefined)
  if (status.phase !== 'Running' || why === undefined) return []
  return [
    {
      object,
      problem: problem(
        `is running but not ready: ${why}`,
        unhealthy ? `event Unhealthy: ${why}` : `condition Ready False: ${why}`,
        [`kubectl logs -n ${metadata.namespace} ${metadata.name} --tail=50`],
      ),
    },
  ]
}

const claimsOf = ({ metadata, spec }: PodFacts) =>
  spec.volumes.flatMap(({ persistentVolumeClaim: claim }) =>
    claim ? [`PersistentVolumeClaim ${metadata.namespace}/${claim.claimName}`] : [],
  )

/** The scheduler's message about nodes, without its remarks on new claims and preemption. */
const placing = (message: string) => message.split(/\.? (?:no new claims|preemption:)/)[0]?.replace(/\.+$/, '') ?? ''
