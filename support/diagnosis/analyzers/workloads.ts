/** Workloads that have not the pods they want: scaled to nothing, kept from making pods, or with pods that are in trouble. */
import { selectorOf } from '../../basis/labels'
import type { Facts, WorkloadFacts } from '../facts/facts'
import { type Analyzer, eventsOf, type Insight, objectOf, selects } from '../facts/insight'
import { isWell } from './pods'

export const workloads: Analyzer = (facts) => [
  ...facts.workloads.flatMap((workload) => insightInto(workload, facts)),
  ...facts.names.components.flatMap((component) => withoutPods(component, facts)),
  ...facts.names.dependencies.map(({ selector, workloads }) => ({
    object: `workloads labelled ${selector}`,
    suffersFrom: workloads,
  })),
]

function insightInto(workload: WorkloadFacts, facts: Facts): Insight[] {
  const { kind, metadata, spec } = workload
  const object = objectOf(kind, metadata)
  const { namespace, name } = metadata
  if (kind !== 'DaemonSet' && spec.replicas === 0)
    return [
      {
        object,
        trouble: {
          summary: `${object} is scaled to 0: it is not available, and has no pods.`,
          object,
          expected: 'at least one pod',
          found: 'replicas 0',
          remedy: [`kubectl scale ${kind.toLowerCase()} -n ${namespace} ${name} --replicas=1`],
        },
      },
    ]
  const refusal = refusalOf(workload, facts)
  if (refusal !== undefined)
    return [
      {
        object,
        trouble: {
          summary: `${object} is not available: its pods are refused (${refusal}).`,
          object,
          expected: 'its pods are made',
          found: refusal,
          remedy: [
            `kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
            ...(refusal.includes('quota') ? [`kubectl describe resourcequota -n ${namespace}`] : []),
            `kubectl get events -n ${namespace} --field-selector reason=FailedCreate`,
          ],
        },
      },
    ]
  const unwell = facts.pods.filter((pod) => belongs(workload, pod) && !isWell(pod))
  return unwell.length === 0 ? [] : [{ object, suffersFrom: unwell.map(({ metadata }) => objectOf('Pod', metadata)) }]
}

const belongs = ({ metadata, spec }: WorkloadFacts, pod: Facts['pods'][number]) =>
  pod.metadata.namespace === metadata.namespace && selects(spec.selector.matchLabels, pod.metadata.labels)

/**
 * Why the API server does not take the pods. A Deployment says so in a condition, the others only in events; events of a
 * trouble that is over stay for an hour, so they count only as long as pods are missing.
 */
function refusalOf(workload: WorkloadFacts, facts: Facts): string | undefined {
  const { kind, metadata, spec, status } = workload
  const condition = status.conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  if (condition) return condition.message
  if (kind === 'DaemonSet' || status.readyReplicas >= spec.replicas) return undefined
  const has = facts.pods.filter((pod) => belongs(workload, pod))
  if (has.length >= spec.replicas) return undefined
  return eventsOf(facts, kind, metadata).find(({ reason }) => reason === 'FailedCreate')?.message
}

/** The pods of a component are spoken of by their labels; what makes them is known by its template. */
function withoutPods({ component, selector }: Facts['names']['components'][number], facts: Facts): Insight[] {
  const { namespace } = facts.names
  const labels = Object.fromEntries(selector.split(',').map((pair) => pair.split('=') as [string, string]))
  const object = `pods labelled ${selector}`
  const here = facts.pods.filter(({ metadata }) => metadata.namespace === namespace)
  if (here.some(({ metadata }) => selects(labels, metadata.labels))) return []
  const makers = facts.workloads.filter(
    ({ metadata, spec }) => metadata.namespace === namespace && selects(labels, spec.template.metadata.labels),
  )
  if (makers.length > 0) return [{ object, suffersFrom: makers.map(({ kind, metadata }) => objectOf(kind, metadata)) }]
  return [
    {
      object,
      trouble: {
        summary: `Nothing makes pods of the ${component} in ${namespace}: no workload has their labels in its template.`,
        object,
        expected: `a Deployment or StatefulSet whose template bears ${selectorOf(labels)}`,
        found:
          facts.workloads
            .filter(({ metadata }) => metadata.namespace === namespace)
            .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
            .join(', ') || 'no workload at all',
        remedy: [
          `argocd app sync ${facts.names.application.name}`,
          `kubectl get statefulsets,deployments -n ${namespace} --show-labels`,
        ],
      },
    },
  ]
}
