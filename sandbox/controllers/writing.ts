/** Writes of the stand-ins: server-side apply for what they own, merge patches for status. */
import { ApiException, type KubernetesObject, type KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node'

const owner = 'sandbox-controllers'

/** Creates the object or makes the given fields so. */
export async function apply(api: KubernetesObjectApi, object: KubernetesObject): Promise<void> {
  await api.patch(object, undefined, undefined, owner, true, PatchStrategy.ServerSideApply)
}

/** Merges the fields into the object; null removes one. */
export async function merge(api: KubernetesObjectApi, object: KubernetesObject): Promise<void> {
  await api.patch(object, undefined, undefined, owner, undefined, PatchStrategy.MergePatch)
}

/** Runs a write to an object that somebody may have deleted meanwhile. */
export async function unlessGone(write: Promise<unknown>): Promise<void> {
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

/** A condition whose transition time stays as long as its status does. */
export function condition(previous: readonly Condition[] | undefined, next: Condition): Condition {
  const last = previous?.find(({ type }) => type === next.type)
  const lastTransitionTime = last?.status === next.status ? last.lastTransitionTime : undefined
  return { ...next, lastTransitionTime: lastTransitionTime ?? now() }
}

/** Whether a condition says the same as before. */
export const says = (
  previous: readonly Condition[] | undefined,
  { type, status, reason, message }: Condition,
): boolean =>
  previous?.some(
    (last) => last.type === type && last.status === status && last.reason === reason && last.message === message,
  ) === true

/** Kubernetes' time: RFC 3339 with whole seconds. */
export const now = (): string => time(new Date())
export const time = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')
