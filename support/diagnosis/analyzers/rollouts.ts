/** Explains rollouts that have not ended: what an Application that is Progressing waits for. */
import { command } from '../../basis/command'
import type { WorkloadFacts } from '../facts/facts'
import { type Analyzer, objectOf } from '../facts/insight'

/** The name under which findings rely on the rollout of a workload: it may go on while all of its pods are well. */
export const rolloutOf = (workload: string) => `${workload}, rollout`

export const rollouts: Analyzer = ({ workloads }) =>
  workloads.flatMap((workload) => {
    const waiting = waitingFor(workload)
    if (waiting === undefined) return []
    const { kind, metadata } = workload
    const object = objectOf(kind, metadata)
    return [
      {
        object: rolloutOf(object),
        problem: {
          summary: `A rollout of ${object} has not ended.`,
          object,
          expected: 'all pods of the current revision, and available',
          found: waiting,
          remedy: [
            command`kubectl rollout status ${kind.toLowerCase()} -n ${metadata.namespace} ${metadata.name} --timeout=5s`,
            command`kubectl describe ${kind.toLowerCase()} -n ${metadata.namespace} ${metadata.name}`,
          ],
        },
      },
    ]
  })

/** Returns what a rollout waits for, or undefined if it has ended. */
function waitingFor({ kind, spec, status }: WorkloadFacts): string | undefined {
  const isDaemonSet = kind === 'DaemonSet'
  const wanted = isDaemonSet ? status.desiredNumberScheduled : spec.replicas
  const available = isDaemonSet ? status.numberAvailable : status.availableReplicas
  // Other kinds may leave pods of an older revision on purpose.
  if (kind === 'Deployment') {
    const { updatedReplicas: updated, replicas } = status
    if (updated < wanted) return `${updated} of ${wanted} pods are of the current revision`
    if (replicas > updated) return `${replicas - updated} pods of an older revision have not ended`
  }
  if (available >= wanted) return undefined
  const { minReadySeconds } = spec
  const held = minReadySeconds > 0 ? `, each ${minReadySeconds} s after it is ready (minReadySeconds)` : ''
  return `${available} of ${wanted} pods are available${held}`
}
