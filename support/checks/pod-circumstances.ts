/** The finding about a pod, or about one of its containers. */
import { command } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { ContainerStatus, Pod } from '../platform/core-resources'

/** The init containers and the containers of a pod. */
export const containersOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...status.initContainerStatuses,
  ...status.containerStatuses,
]

/** @param problem continues a sentence about the pod, or is a sentence about the given container */
export function circumstancesOf(
  namespace: string,
  pod: Pod,
  problem: string,
  container?: ContainerStatus,
): Circumstances {
  const { name } = pod.metadata
  const object = `Pod ${namespace}/${name}`
  const messages = [container?.state.waiting?.message, container?.lastState.terminated?.message]
    .filter(Boolean)
    .join('; ')
  const restarts = container ? `, restarts: ${container.restartCount}` : ''
  return {
    summary: container ? `${object}: ${problem}.` : `${object} ${problem}.`,
    object,
    reliesOn: [object],
    expected: 'running and ready',
    found: `phase ${pod.status.phase}, ${container ? problem : `the pod ${problem}`}${restarts}${messages ? `: ${messages}` : ''}`,
    remedy: [
      command`kubectl describe pod -n ${namespace} ${name}`,
      ...(container ? logOf(container).map((log) => command`kubectl logs -n ${namespace} ${name} ${log}`) : []),
    ],
  }
}

/** The words for the log of the last end of a container, or of its current run. One that has not started has no log. */
function logOf({ name, state, lastState }: ContainerStatus): string[][] {
  if (lastState.terminated && !state.terminated) return [['-c', name, '--previous']]
  return state.running || state.terminated ? [['-c', name]] : []
}
