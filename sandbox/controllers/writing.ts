/** Writes of the stand-ins: server-side apply for objects that they own, merge patches for the others. */
import { ApiException, type KubernetesObject, type KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node'

const owner = 'sandbox-controllers'

/** Creates the object, or sets the given fields of an existing one. */
export async function apply(api: KubernetesObjectApi, object: KubernetesObject): Promise<void> {
  await api.patch(object, undefined, undefined, owner, true, PatchStrategy.ServerSideApply)
}

/** Merges the fields into the object; null removes a field. */
export async function merge(api: KubernetesObjectApi, object: KubernetesObject): Promise<void> {
  await api.patch(object, undefined, undefined, owner, undefined, PatchStrategy.MergePatch)
}

/** Waits for a write and ignores that the object has been deleted meanwhile. */
export async function ignoreMissing(write: Promise<unknown>): Promise<void> {
  await write.catch((error: unknown) => {
    if (!(error instanceof ApiException && error.code === 404)) throw error
  })
}

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

/** The next condition, with the previous transition time if the status is unchanged. */
export function condition(previous: readonly Condition[] | undefined, next: Condition): Condition {
  const last = previous?.find(({ type }) => type === next.type)
  const lastTransitionTime = last?.status === next.status ? last.lastTransitionTime : undefined
  return { ...next, lastTransitionTime: lastTransitionTime ?? now() }
}

/** Tests whether a condition is unchanged. */
export const isUnchanged = (
  previous: readonly Condition[] | undefined,
  { type, status, reason, message }: Condition,
): boolean =>
  previous?.some(
    (last) => last.type === type && last.status === status && last.reason === reason && last.message === message,
  ) === true

interface Told {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

/** Records an event about an object, as the named component does. Events of cluster-scoped objects are in `default`. */
export async function recordEvent(
  api: KubernetesObjectApi,
  component: string,
  apiVersion: string,
  { kind, metadata }: KubernetesObject,
  told: Told,
): Promise<void> {
  const { name = '', namespace, uid, resourceVersion } = metadata ?? {}
  const involvedObject = { apiVersion, kind, name, namespace, uid, resourceVersion }
  const at = now()
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace: namespace ?? 'default' },
    ...{ involvedObject, ...told, source: { component }, reportingComponent: component },
    ...{ firstTimestamp: at, lastTimestamp: at, count: 1 },
  }
  await api.create(event as KubernetesObject)
}

/** The current time in the format of Kubernetes: RFC 3339 with whole seconds. */
export const now = (): string => time(new Date())
export const time = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')
