/** Section 0: checks of the pods of operators, which have no item of their own. */
import type { Circumstances } from '../basis/expectation'
import type { LabelSelector } from '../basis/label-selector'
import type { Workload } from '../platform/parsed-objects'
import type { Platform } from '../platform/platform'
import { podsSelectedBy } from '../platform/workload-pods'
import { downNodes } from './down-nodes'
import { evictionsOf } from './evictions'
import { restartsOf } from './restarts'

/** An object that has pods. */
interface Owner {
  readonly object: string
  readonly namespace: string
  readonly selector: LabelSelector
}

/** Returns the restarts and evictions of pods that look available between two of them; none if the caller may not read the pods. */
export async function restartProblems({ kubernetes }: Platform, owners: readonly Owner[]): Promise<Circumstances[]> {
  const { api, now } = kubernetes
  const found = owners.map(async ({ object, namespace, selector }) => {
    const pods = (await podsSelectedBy(api, namespace, selector)) ?? []
    const staying = pods.filter(({ metadata }) => !metadata.deletionTimestamp)
    const restarts = staying.flatMap((pod) => restartsOf(namespace, pod, now) ?? [])
    return [...restarts, ...(await evictionsOf(api, { namespace, owner: object, pods }, now))]
  })
  return (await Promise.all(found)).flat()
}

/**
 * Returns how many pods each DaemonSet has on nodes that are down. They cannot be ready, which is judged with the nodes. Where the
 * caller may not read the pods, it is one for each node that is down.
 */
export async function podsOnDownNodes(
  { kubernetes }: Platform,
  workloads: readonly Workload[],
): Promise<ReadonlyMap<Workload, number>> {
  const daemonSets = workloads.filter(({ kind }) => kind === 'DaemonSet')
  const down = daemonSets.length > 0 ? await downNodes(kubernetes) : new Set<string>()
  const counts = daemonSets.map(async (one): Promise<[Workload, number]> => {
    const pods = down.size > 0 ? await podsSelectedBy(kubernetes.api, one.namespace, one.spec.selector) : []
    return [one, pods?.filter(({ spec }) => down.has(spec.nodeName ?? '')).length ?? down.size]
  })
  return new Map(await Promise.all(counts))
}
