/** Section 3: pods that are being deleted and do not end. They may still write, and keep their volumes. */
import { type CommandLine, command, comment } from '../basis/command'
import { type Circumstances, unlessBlocked } from '../basis/expectation'
import type { Pod } from '../platform/core-resources'
import type { Kubernetes } from '../platform/kubernetes'
import { downNodes } from './down-nodes'
import { recentMs } from './restarts'

/** Returns a finding about each pod whose time to end is long over. One on a node that is down ends when the node is back. */
export async function endlessAmong(kubernetes: Kubernetes, pods: readonly Pod[], now: Date): Promise<Circumstances[]> {
  // The deletion timestamp of a pod includes the time that it has to end.
  const overdue = pods.filter(({ metadata }) => now.getTime() - Date.parse(metadata.deletionTimestamp ?? '') > recentMs)
  if (overdue.length === 0) return []
  const down = await downNodes(kubernetes).catch(unlessBlocked(new Set<string>()))
  return overdue
    .filter(({ spec }) => !down.has(spec.nodeName ?? ''))
    .map((pod) => circumstances(kubernetes.namespace, pod))
}

function circumstances(namespace: string, { metadata }: Pod): Circumstances {
  const { name, deletionTimestamp, finalizers } = metadata
  const object = `Pod ${namespace}/${name}`
  const held: readonly CommandLine[] =
    finalizers.length > 0 ? [comment`it goes as soon as the owners of its finalizers have removed them`] : []
  return {
    summary: `${object} is being deleted and does not end.`,
    object,
    reliesOn: [object],
    expected: `an end by ${deletionTimestamp}`,
    found: finalizers.length > 0 ? `held by the finalizers ${finalizers.join(', ')}` : 'held by no finalizer',
    remedy: [
      command`kubectl get pod -n ${namespace} ${name} -o jsonpath='{.metadata.deletionTimestamp} {.metadata.finalizers}'`,
      command`kubectl describe pod -n ${namespace} ${name}`,
      ...held,
    ],
  }
}
