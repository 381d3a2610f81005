/** The evictions that the kubelets have recorded as events. Events stay for an hour. */
import { z } from 'zod'
import { unlessBlocked } from '../basis/expectation'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'

export interface Eviction {
  readonly pod: string
  readonly uid: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly message: string
}

const event = z.object({
  metadata: z.object({ creationTimestamp: z.string().nullish() }).prefault({}),
  involvedObject: z.object({ kind: z.string(), name: z.string(), uid: z.string().default('') }),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
})

/** Returns the evictions in a namespace; none if the caller may not read events. */
export async function recordedEvictions(api: KubernetesApi, namespace: string): Promise<Eviction[]> {
  const query = { fieldSelector: 'reason=Evicted' }
  const found = await api.list(operations.listEvents, { namespace, query }).catch(unlessBlocked([]))
  return found.flatMap((item) => {
    const { metadata, involvedObject, reason, message, lastTimestamp, eventTime } = event.safeParse(item).data ?? {}
    if (reason !== 'Evicted' || involvedObject?.kind !== 'Pod') return []
    const at = Date.parse(lastTimestamp ?? eventTime ?? metadata?.creationTimestamp ?? '')
    return [{ pod: involvedObject.name, uid: involvedObject.uid, at, message: message ?? '' }]
  })
}
