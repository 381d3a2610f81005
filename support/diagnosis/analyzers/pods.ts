/** Explains pods that are not running and ready (troubleshooting T.1 and T.2 of the checklist). */
import { type CommandLine, command, comment } from '../../basis/command'
import type { FreshFinding } from '../../basis/finding'
import type { Facts, PodFacts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf, selects } from '../facts/insight'
import { blamedInLogs, crashOf, endlessInit, problemOfWaiting } from './containers'
import { containersOf, imagesTogether } from './images'
import { lackingTogether, mountReasons, objectsIn } from './needed-objects'

export const pods: Analyzer = (facts) => {
  const notWell = facts.pods.filter((pod) => !isWell(pod))
  return [
    ...waitingTogether(notWell),
    ...imagesTogether(notWell, facts),
    ...lackingTogether(notWell, facts),
    ...replicasTogether(
      notWell.flatMap((pod) =>
        insightInto(pod, facts).map((insight) => ({ pod, insight: withReplacement(insight, pod, facts) })),
      ),
    ),
  ]
}

/** Addresses and times, which differ between pods that have the same trouble. */
const ofOnePod = /\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\]|\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d[\d.,]*/gi

/** Lets the first pod explain the others of its owner that have the same trouble. The pods of a Job are tries, not replicas. */
function replicasTogether(all: readonly { readonly pod: PodFacts; readonly insight: Insight }[]): Insight[] {
  const firstOf = new Map<string, string>()
  return all.map(({ pod: { metadata }, insight }) => {
    const [owner] = metadata.ownerReferences
    if (!insight.problem || !owner?.uid || owner.kind === 'Job') return insight
    const trouble = insight.problem.summary.replaceAll(metadata.name, '').replace(ofOnePod, '')
    const key = `${owner.uid} ${trouble}`
    const first = firstOf.get(key)
    firstOf.set(key, first ?? insight.object)
    return first === undefined ? insight : { ...insight, possibleCauses: [...(insight.possibleCauses ?? []), first] }
  })
}

/** True if a pod is running and ready and not being deleted, or has completed. */
export function isWell({ metadata, status }: PodFacts): boolean {
  if (status.phase === 'Succeeded') return true
  if (metadata.deletionTimestamp) return false
  return (
    status.phase === 'Running' && status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  )
}

/** The pods that a selector matches, without those of Jobs and those that have completed or were replaced. */
export const podsBehind = (selector: Readonly<Record<string, string>>, namespace: string, facts: Facts): PodFacts[] =>
  facts.pods.filter(
    (pod) => pod.metadata.namespace === namespace && selects(selector, pod.metadata.labels) && counts(pod, facts),
  )

/** Returns the pods that are not well, as objects. */
export const unwell = (pods: readonly PodFacts[]): string[] =>
  pods.filter((pod) => !isWell(pod)).map(({ metadata }) => objectOf('Pod', metadata))

function counts(pod: PodFacts, facts: Facts): boolean {
  const { metadata, status } = pod
  if (status.phase === 'Succeeded' || metadata.ownerReferences.some(({ kind }) => kind === 'Job')) return false
  return !isEnding(pod) || !facts.pods.some((other) => !isEnding(other) && haveOneOwner(pod, other))
}

const isEnding = ({ metadata, status }: PodFacts) =>
  Boolean(metadata.deletionTimestamp) || status.phase === 'Failed' || status.phase === 'Succeeded'

const haveOneOwner = ({ metadata: one }: PodFacts, { metadata: other }: PodFacts) =>
  one.ownerReferences.some(
    ({ controller, uid }) => controller && uid !== '' && other.ownerReferences.some((owner) => owner.uid === uid),
  )

function insightInto(pod: PodFacts, facts: Facts): Insight[] {
  const { metadata, spec, status } = pod
  const object = objectOf('Pod', metadata)
  const node = `Node ${spec.nodeName}`
  if (status.phase === 'Failed' && status.reason !== '')
    return [{ object, problem: failure(pod), possibleCauses: [node] }]
  if (scheduledIn(pod)?.reason === gated) return [{ object, problem: withGates(pod) }]
  const unscheduled = unscheduledIn(pod)
  if (unscheduled) {
    const what = `is Pending: ${unscheduled.why}`
    const problem = problemOf(pod, what, `phase Pending, ${unscheduled.reason}`, [command`kubectl describe nodes`])
    return [{ object, problem, possibleCauses: [...claimsOf(pod), placeFor(pod)] }]
  }
  const onNode = facts.nodes.find(({ metadata: { name } }) => name === spec.nodeName)
  const isGone = onNode?.status.conditions.some(({ type, status }) => type === 'Ready' && status !== 'True')
  if (isGone) return [{ object, possibleCauses: [node] }]
  if (metadata.deletionTimestamp) return overdue(pod, metadata.deletionTimestamp, facts)
  for (const container of containersOf(pod)) {
    const insight = problemOfWaiting(pod, container, facts) ?? crashOf(pod, container, facts)
    if (insight) return [insight]
  }
  const endless = endlessInit(pod, facts)
  if (endless) return [endless]
  const failed = eventsOf(facts, 'Pod', metadata).find(({ reason }) => obstacleIn(reason))
  if (failed && status.phase === 'Pending') {
    const problem = problemOf(pod, `${obstacleIn(failed.reason)}: ${failed.message}`, `event ${failed.reason}`, [])
    return [{ object, problem, possibleCauses: [...objectsIn(failed.message, metadata.namespace), ...claimsOf(pod)] }]
  }
  const problem = unreadiness(pod, facts)
  return problem ? [{ object, problem, possibleCauses: isGated(pod) ? [] : blamedInLogs(pod, facts) }] : []
}

/**
 * Adds how a pod is replaced whose StatefulSet has another template by now. A StatefulSet that creates its pods in order does
 * nothing until each of them is ready: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback.
 */
function withReplacement(insight: Insight, { metadata }: PodFacts, { workloads }: Facts): Insight {
  const { namespace, name, labels, ownerReferences } = metadata
  const owner = workloads.find(
    (one) =>
      one.kind === 'StatefulSet' &&
      one.metadata.namespace === namespace &&
      ownerReferences.some((reference) => reference.kind === one.kind && reference.name === one.metadata.name),
  )
  const own = labels['controller-revision-hash']
  const wanted = owner?.status.updateRevision
  const isOlder = own !== undefined && wanted !== undefined && own !== wanted
  if (!insight.problem || !owner || !isOlder || owner.spec.podManagementPolicy === 'Parallel') return insight
  const remedy = [
    ...insight.problem.remedy,
    comment`StatefulSet ${owner.metadata.name} has another template by now, and waits until this pod is ready or gone:`,
    command`kubectl delete pod -n ${namespace} ${name} --wait=false`,
  ]
  return { ...insight, problem: { ...insight.problem, remedy } }
}

/** True for a pod that a readiness gate holds back: its probes succeed, whatever they said before. */
const isGated = ({ status }: PodFacts) =>
  status.conditions.some(({ type, reason }) => type === 'Ready' && reason === 'ReadinessGatesNotReady')

/** Why the kubelet does not create the containers of a pod, by an event. Continues a sentence that begins with the pod. */
function obstacleIn(reason: string): string | undefined {
  if (mountReasons.test(reason)) return 'cannot mount its volumes'
  // The network of the pod above all.
  return reason.startsWith('FailedCreatePod') ? 'cannot be set up on its node' : undefined
}

/** A finding about a pod, with `kubectl describe` as the first command. */
function problemOf({ metadata }: PodFacts, what: string, found: string, remedy: readonly CommandLine[]): FreshFinding {
  const object = objectOf('Pod', metadata)
  return {
    // A message of Kubernetes may already end in a full stop.
    summary: `${object} ${what}`.replace(/\.?$/, '.'),
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

/** A pod whose time to end is over. One that still has time ends by itself. */
function overdue(pod: PodFacts, deletionTimestamp: string, { collectedAt }: Facts): Insight[] {
  const { namespace, name, finalizers } = pod.metadata
  if (Date.parse(deletionTimestamp) > Date.parse(collectedAt)) return []
  const held = finalizers.length > 0 ? `the finalizers ${finalizers.join(', ')}` : 'no finalizer'
  const problem = problemOf(
    pod,
    'is being deleted and does not end',
    `should have ended by ${deletionTimestamp}, held by ${held}`,
    [
      command`kubectl get pod -n ${namespace} ${name} -o jsonpath='{.metadata.deletionTimestamp} {.metadata.finalizers}'`,
      ...(finalizers.length > 0 ? [comment`it goes as soon as the owners of its finalizers have removed them`] : []),
    ],
  )
  return [{ object: objectOf('Pod', pod.metadata), problem }]
}

/** A running pod that is not ready. Returns undefined if the pod is not running or Kubernetes gives no reason. */
function unreadiness(pod: PodFacts, facts: Facts): FreshFinding | undefined {
  const { metadata, status } = pod
  const ready = status.conditions.find(({ type }) => type === 'Ready')
  const events = isGated(pod) ? [] : eventsOf(facts, 'Pod', metadata)
  const unhealthy = events.find(({ reason }) => reason === 'Unhealthy')
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

const scheduledIn = ({ status }: PodFacts) => status.conditions.find(({ type }) => type === 'PodScheduled')

/** The reason of a pod that the scheduler does not consider. */
const gated = 'SchedulingGated'

/** A pod with scheduling gates, which the controller that has set them must remove. */
const withGates = (pod: PodFacts): FreshFinding => {
  const { namespace, name } = pod.metadata
  return problemOf(
    pod,
    'is Pending: nobody has removed its scheduling gates',
    `condition PodScheduled False: ${gated}`,
    [
      command`kubectl get pod -n ${namespace} ${name} -o jsonpath='{.spec.schedulingGates[*].name}'`,
      comment`the names tell which controller has set them and must remove them`,
    ],
  )
}

/** The condition of a pod that fits on no node, and the reason in the words of the scheduler. */
function unscheduledIn(pod: PodFacts) {
  const scheduled = scheduledIn(pod)
  if (scheduled?.status !== 'False' || scheduled.reason === gated) return undefined
  return { reason: scheduled.reason, why: placing(scheduled.message) || scheduled.reason }
}

/** The place that a pod waits for, the same for pods that the scheduler refuses in the same words. */
const placeFor = (pod: PodFacts) => `a node for pods of ${pod.metadata.namespace}: ${unscheduledIn(pod)?.why}`

/** Explains the pods that fit on no node for one reason: that is one trouble. */
function waitingTogether(notWell: readonly PodFacts[]): Insight[] {
  const waiting = notWell.filter(unscheduledIn)
  return [...Map.groupBy(waiting, placeFor)].flatMap(([place, together]) => {
    const [first] = together
    if (!first || together.length < 2) return []
    const { namespace } = first.metadata
    const object = `pods ${together.map(({ metadata }) => metadata.name).join(', ')} in ${namespace}`
    return [
      {
        object: place,
        problem: {
          summary: `No node takes ${together.length} pods in ${namespace}: ${unscheduledIn(first)?.why}.`,
          object,
          expected: 'a node for each pod',
          found: together.map(({ metadata }) => `${metadata.name} is Pending`).join(', '),
          remedy: [
            command`kubectl get pods -n ${namespace} --field-selector status.phase=Pending`,
            command`kubectl describe nodes`,
          ],
        },
      },
    ]
  })
}

/** The scheduler's message about nodes, without its remarks on new claims and preemption. */
const placing = (message: string) => message.split(/\.? (?:no new claims|preemption:)/)[0]?.replace(/\.+$/, '') ?? ''
