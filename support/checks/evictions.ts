/** Sections 0 and 3: evictions by count and rate. The owner of an evicted pod replaces it by one without restarts. */
import { command, comment } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import { hour } from '../dora/definitions'
import type { Pod } from '../platform/core-resources'
import { type Eviction, recordedEvictions } from '../platform/evictions'
import type { KubernetesApi } from '../platform/kubernetes-api'
import { containersOf } from './pod-circumstances'
import { ageText, toleratedRestarts } from './restarts'

/** The pods of a component or of a workload. */
interface Owned {
  readonly namespace: string
  /** The component or the workload, in words. */
  readonly owner: string
  /** All of its pods, also those that have ended. */
  readonly pods: readonly Pod[]
}

/** Returns a finding about pods that their nodes evict too often, by count or by rate, as far as remains and events show it. */
export async function evictionsOf(api: KubernetesApi, owned: Owned, now: Date): Promise<Circumstances[]> {
  const { namespace, owner, pods } = owned
  const evicted = [...remainsIn(pods), ...(await recordedOf(api, owned, now))].sort((one, other) => other.at - one.at)
  const [last, previous] = evicted
  if (!last || !previous) return []
  const replicas = Math.max(1, pods.filter(({ status }) => status.phase === 'Running').length)
  const ageMs = Math.max(0, now.getTime() - Math.min(...evicted.map(({ at }) => at)))
  const tolerated = replicas * toleratedRestarts(ageMs)
  const isFast = last.at - previous.at < hour && now.getTime() - last.at < hour
  if (evicted.length <= tolerated && !(isFast && evicted.length > replicas * toleratedRestarts(0))) return []
  const object = `Pod ${namespace}/${last.pod}`
  return [
    {
      summary: `${object} was evicted at ${new Date(last.at).toISOString()}, as the last of ${evicted.length} pods of ${owner} in ${ageText(ageMs)}.`,
      object,
      reliesOn: [object],
      expected:
        evicted.length > tolerated
          ? `at most ${tolerated} evictions in that time: 2, and 1 for each week${replicas > 1 ? ', for each pod' : ''}`
          : 'at least an hour between two evictions',
      found: last.message || `${evicted.length} evictions`,
      remedy: [
        command`kubectl get events -n ${namespace} --field-selector reason=Evicted`,
        command`kubectl get pods -n ${namespace} --field-selector status.phase=Failed`,
        comment`nodes first evict pods that use more than they request: compare the requests of the pod with its use`,
      ],
    },
  ]
}

/** The evicted pods of which something is left. The pods of Jobs are tries. */
const remainsIn = (pods: readonly Pod[]): Eviction[] =>
  pods
    .filter(
      ({ metadata, status }) =>
        status.phase === 'Failed' &&
        status.reason === 'Evicted' &&
        metadata.ownerReferences.every(({ kind }) => kind !== 'Job'),
    )
    .map((pod) => {
      const { name, uid } = pod.metadata
      return { pod: name, uid, at: endOf(pod), message: pod.status.message ?? '' }
    })

/** Their controllers delete an evicted pod before they create another one, so that only events tell of it. */
const withoutRemains = ['StatefulSet', 'DaemonSet']

/** The recorded evictions of pods of which nothing is left. A pod that has run for longer than events stay was not evicted since. */
async function recordedOf(api: KubernetesApi, { namespace, pods }: Owned, now: Date): Promise<Eviction[]> {
  const young = pods.filter(({ metadata }) => now.getTime() - Date.parse(metadata.creationTimestamp ?? '') < hour)
  const owners = young.flatMap(({ metadata }) =>
    metadata.ownerReferences.filter(({ kind }) => withoutRemains.includes(kind)).map(({ name }) => name),
  )
  if (owners.length === 0) return []
  const recorded = await recordedEvictions(api, namespace)
  return recorded.filter(
    ({ pod, uid }) =>
      owners.includes(pod.replace(/-[^-]+$/, '')) && !pods.some(({ metadata }) => metadata.uid === uid && uid !== ''),
  )
}

/** The end of a pod that has ended, in milliseconds since 1970. */
export function endOf(pod: Pod): number {
  const times = [
    ...pod.status.conditions.map(({ lastTransitionTime }) => Date.parse(lastTransitionTime ?? '')),
    ...containersOf(pod).map(({ state }) => Date.parse(state.terminated?.finishedAt ?? '')),
  ].filter((time) => !Number.isNaN(time))
  return Math.max(...(times.length > 0 ? times : [Date.parse(pod.metadata.creationTimestamp ?? '')]))
}
