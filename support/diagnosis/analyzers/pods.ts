/** Pods that are not running and ready: what keeps them from it. Troubleshooting T.1 and T.2 of the checklist. */
import type { Facts, PodFacts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf } from '../facts/insight'
import { crashOf, secretsIn, troubleOfWaiting } from './containers'

export const pods: Analyzer = (facts) =>
  facts.pods.filter((pod) => !isWell(pod)).flatMap((pod) => insightInto(pod, facts))

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
  const trouble = (what: string, found: string, remedy: readonly string[]) => ({
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
        trouble: trouble(
          `was ended (${status.reason}): ${status.message || 'no reason given'}`,
          `phase Failed, ${status.reason}`,
          [`kubectl describe node ${spec.nodeName}`, `kubectl delete pod -n ${metadata.namespace} ${metadata.name}`],
        ),
        suffersFrom: [node],
      },
    ]
  const scheduled = status.conditions.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return [
      {
        object,
        trouble: trouble(
          `is Pending: ${placing(scheduled.message) || scheduled.reason}`,
          `phase Pending, ${scheduled.reason}`,
          ['kubectl describe nodes'],
        ),
        suffersFrom: claimsOf(pod),
      },
    ]
  const onNode = facts.nodes.find(({ metadata: { name } }) => name === spec.nodeName)
  const isGone = onNode?.status.conditions.some(({ type, status }) => type === 'Ready' && status !== 'True')
  if (isGone) return [{ object, suffersFrom: [node] }]
  for (const container of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const insight = troubleOfWaiting(pod, container) ?? crashOf(pod, container, facts)
    if (insight) return [insight]
  }
  const mount = eventsOf(facts, 'Pod', metadata).find(({ reason }) => /^Failed(Mount|AttachVolume)$/.test(reason))
  if (mount && status.phase === 'Pending')
    return [
      {
        object,
        trouble: trouble(`cannot mount its volumes: ${mount.message}`, `event ${mount.reason}`, []),
        suffersFrom: [...secretsIn(mount.message, metadata.namespace), ...claimsOf(pod)],
      },
    ]
  const unhealthy = eventsOf(facts, 'Pod', metadata).find(({ reason }) => reason === 'Unhealthy')
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const why = unhealthy?.message ?? ([ready?.message, ready?.reason].filter(Boolean).join(', ') || undefined)
  if (status.phase !== 'Running' || why === undefined) return []
  return [
    {
      object,
      trouble: trouble(
        `runs, but is not ready: ${why}`,
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

/** What the scheduler says of nodes, without what it says of preemption, which nobody asked about. */
const placing = (message: string) => message.split(/\.? (?:no new claims|preemption:)/)[0]?.replace(/\.+$/, '') ?? ''
