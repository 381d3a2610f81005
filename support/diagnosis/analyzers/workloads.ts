/** Explains workloads that lack ready pods: scaled to 0, unable to create pods, or with unhealthy pods. */
import { syncOf } from '../../basis/argocd'
import { type CommandLine, command, comment } from '../../basis/command'
import { labelsOf, selectorOf } from '../../basis/labels'
import { pauseOf } from '../../basis/pause'
import type { Facts, WorkloadFacts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf, selects } from '../facts/insight'
import { podsBehind, unwell } from './pods'
import { refuserIn, refusersOf } from './refusers'

export const workloads: Analyzer = (facts) => [
  ...refusersOf(facts.workloads.flatMap((workload) => rejectedIn(workload, facts))),
  ...facts.workloads.flatMap((workload) => insightInto(workload, facts)),
  ...facts.names.components.flatMap((component) => withoutPods(component, facts)),
  ...facts.names.dependencies.map(({ selector, workloads }) => ({
    object: `workloads labelled ${selector}`,
    possibleCauses: workloads,
  })),
]

function insightInto(workload: WorkloadFacts, facts: Facts): Insight[] {
  const { kind, metadata, spec, status } = workload
  const object = objectOf(kind, metadata)
  const { namespace, name } = metadata
  if (kind !== 'DaemonSet' && spec.replicas === 0)
    return [
      {
        object,
        problem: {
          summary: `${object} is scaled to 0, so it has no pods and is not available.`,
          object,
          expected: 'at least one pod',
          found: 'replicas 0',
          remedy: [command`kubectl get ${kind.toLowerCase()} -n ${namespace} ${name}`, ...scalingOf(workload)],
        },
        possibleCauses: ownersOf(workload).map((owner) => objectOf(owner.kind, { namespace, name: owner.name })),
      },
    ]
  if (kind === 'DaemonSet' && status.desiredNumberScheduled === 0)
    return [
      {
        object,
        problem: {
          summary: `${object} has no pods: no node fits its node selector, its affinity and its tolerations.`,
          object,
          expected: 'at least one node for its pods',
          found: 'status.desiredNumberScheduled 0',
          remedy: [
            command`kubectl get daemonset -n ${namespace} ${name} -o jsonpath='{.spec.template.spec.nodeSelector} {.spec.template.spec.affinity} {.spec.template.spec.tolerations}'`,
            command`kubectl get nodes --show-labels`,
          ],
        },
      },
    ]
  const rejection = rejectionOf(workload, facts)
  if (rejection !== undefined) {
    const refuser = refuserIn({ namespace, workload: `${kind} ${name}`, rejection })
    return [
      {
        object,
        problem: {
          summary: `${object} is not available: its pods are rejected (${rejection}).`,
          object,
          expected: 'its pods are created',
          found: rejection,
          remedy: [
            command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
            ...(refuser ? [refuser.remedy] : []),
            command`kubectl get events -n ${namespace} --field-selector reason=FailedCreate`,
          ],
        },
        possibleCauses: refuser ? [refuser.key] : [],
      },
    ]
  }
  const possibleCauses = unwell(podsOf(workload, facts))
  if (spec.paused)
    return [{ object, possibleCauses, problem: pauseOf(object, [kind.toLowerCase(), '-n', namespace, name]) }]
  return possibleCauses.length === 0 ? [] : [{ object, possibleCauses }]
}

/** The object whose controller writes the workload, if there is one: such as the Prometheus of a StatefulSet. */
const ownersOf = ({ metadata: { ownerReferences = [] } }: WorkloadFacts) =>
  ownerReferences.filter(({ controller }) => controller)

/** How a workload gets a pod. The controller of an owner undoes what is not written into the owner. */
function scalingOf(workload: WorkloadFacts): CommandLine[] {
  const { kind } = workload
  const { namespace, name } = workload.metadata
  const [owner] = ownersOf(workload)
  if (!owner) return [command`kubectl scale ${kind.toLowerCase()} -n ${namespace} ${name} --replicas=1`]
  const type = `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0] ?? ''}`
  return [
    command`kubectl get ${type} -n ${namespace} ${owner.name} -o jsonpath='{.spec.replicas}'`,
    comment`if ${owner.kind} ${owner.name}, which owns the ${kind}, asks for replicas, its operator does not act. If not:`,
    command`kubectl patch ${type} -n ${namespace} ${owner.name} --type=merge -p '{"spec":{"replicas":1}}'`,
  ]
}

const podsOf = ({ metadata, spec }: WorkloadFacts, facts: Facts) =>
  podsBehind(spec.selector.matchLabels, metadata.namespace, facts)

/**
 * The reason why the API server rejects a workload's pods, if it does. A Deployment reports it in a condition, other workloads
 * only in events. Events outlive the problem by an hour, so they count only while pods are missing.
 */
function rejectionOf(workload: WorkloadFacts, facts: Facts): string | undefined {
  const { kind, metadata, spec, status } = workload
  const condition = status.conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  if (condition) return condition.message
  const [wanted, ready] =
    kind === 'DaemonSet' ? [status.desiredNumberScheduled, status.numberReady] : [spec.replicas, status.readyReplicas]
  if (ready >= wanted || podsOf(workload, facts).length >= wanted) return undefined
  return eventsOf(facts, kind, metadata).find(({ reason }) => reason === 'FailedCreate')?.message
}

function rejectedIn(workload: WorkloadFacts, facts: Facts) {
  const { kind, metadata } = workload
  const rejection = rejectionOf(workload, facts)
  return rejection === undefined
    ? []
    : [{ namespace: metadata.namespace, workload: `${kind} ${metadata.name}`, rejection }]
}

/** Explains a component without pods by the workloads whose template has the labels of its pods. */
function withoutPods({ component, selector, ...one }: Facts['names']['components'][number], facts: Facts): Insight[] {
  const { namespace = facts.names.namespace } = one
  const labels = labelsOf(selector)
  const object = `pods labelled ${selector}`
  const existing = podsBehind(labels, namespace, facts)
  // The check knows no pod that is being deleted.
  if (existing.length > 0) return [{ object, possibleCauses: unwell(existing) }]
  const owners = facts.workloads.filter(
    ({ metadata, spec }) => metadata.namespace === namespace && selects(labels, spec.template.metadata.labels),
  )
  if (owners.length > 0)
    return [{ object, possibleCauses: owners.map(({ kind, metadata }) => objectOf(kind, metadata)) }]
  return [
    {
      object,
      problem: {
        summary: `No workload creates the pods of the ${component} in ${namespace}: none has their labels in its template.`,
        object,
        expected: `a Deployment or StatefulSet whose template has the labels ${selectorOf(labels)}`,
        found:
          facts.workloads
            .filter(({ metadata }) => metadata.namespace === namespace)
            .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
            .join(', ') || 'no workloads',
        remedy: [
          syncOf(facts.names.application),
          command`kubectl get statefulsets,deployments -n ${namespace} --show-labels`,
        ],
      },
    },
  ]
}
