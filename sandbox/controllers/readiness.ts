/**
 * Stand-in for a kubelet's readiness probes: probes the process behind each pod and marks the pod as not ready when the probe
 * fails. It makes only those pods ready again that it marked itself, and skips pods whose status is held by hand.
 */
import type { V1Pod, V1PodCondition } from '@kubernetes/client-node'
import { deadlines } from '../basis/deadlines'
import type { Ports } from '../basis/ports'
import { answersOk, greets } from '../basis/probes'
import { holdAnnotation, type Listener, listenerOf } from '../cluster/backends'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { now } from './writing'

const probeEveryMs = 500
/** The reason that marks the changes of this controller. */
const reason = 'ReadinessProbeFailed'

const readyOf = (pod: V1Pod): V1PodCondition | undefined => pod.status?.conditions?.find(({ type }) => type === 'Ready')

/**
 * The readiness that a pod must get, or undefined if it may stay as it is. Kwok may have made the pod ready just as this controller
 * made it unready, so that its condition contradicts its containers.
 */
export function readinessToSet(pod: V1Pod, answered: boolean): boolean | undefined {
  const ready = readyOf(pod)
  if (ready === undefined) return undefined
  const isReady = ready.status === 'True'
  if (isReady && !answered) return false
  const isContradicted = isReady && pod.status?.containerStatuses?.some((container) => !container.ready)
  return answered && (isContradicted || (!isReady && ready.reason === reason)) ? true : undefined
}

const timeout = deadlines.readinessProbe

async function answers({ port, readinessPath }: Listener): Promise<boolean> {
  if (readinessPath === undefined) return greets(port, timeout)
  return answersOk(port, readinessPath, { timeout }).catch(() => false)
}

export async function runReadiness(cluster: Cluster, pods: Cache<V1Pod>, ports: Ports): Promise<void> {
  const setReady = async (pod: V1Pod, ready: boolean): Promise<void> => {
    const status = ready ? 'True' : 'False'
    const conditions = (pod.status?.conditions ?? []).map((condition) => {
      if (condition.type !== 'Ready' && condition.type !== 'ContainersReady') return condition
      const { reason: _reason, message: _message, ...rest } = condition
      const explained = ready
        ? rest
        : { ...rest, reason, message: 'the process behind the pod does not pass its readiness probe' }
      return { ...explained, status, lastTransitionTime: now() }
    })
    const containerStatuses = (pod.status?.containerStatuses ?? []).map((container) => ({ ...container, ready }))
    await cluster.mergeStatus('Pod', pod, { conditions, containerStatuses })
  }

  await reconcile(
    'readiness',
    [pods],
    async () => {
      const probed = pods
        .items()
        .filter(
          ({ metadata, status }) =>
            status?.phase === 'Running' && metadata?.annotations?.[holdAnnotation] === undefined,
        )
      await Promise.all(
        probed.map(async (pod) => {
          const listener = listenerOf(pod.metadata?.annotations, ports)
          if (listener === undefined || readyOf(pod) === undefined) return
          const ready = readinessToSet(pod, await answers(listener))
          if (ready !== undefined) await setReady(pod, ready)
        }),
      )
    },
    probeEveryMs,
  )
}
