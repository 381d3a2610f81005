/**
 * Exec and port-forward are opened by a GET that becomes a WebSocket. Since Kubernetes 1.35 the API server asks for `create`
 * too, and where it refuses, the WebSocket only says that it did not open: so the caller's rights are asked for first.
 */
import { coerce, gte } from 'semver'
import type { Blocked } from '../basis/expectation'
import { forbidden, type KubernetesApi } from './kubernetes-api'
import type { Operation } from './operations'

/** The part of the Kubernetes client that knows the caller's rights. */
interface Caller {
  readonly api: KubernetesApi
  namespaceOf(place: Operation['place']): string | undefined
  version(): Promise<string>
}

export const opensStream = ({ subresource }: Pick<Operation, 'subresource'>): boolean =>
  subresource === 'exec' || subresource === 'portforward'

/** The operation by each verb that a server of this version asks for. @param version such as "v1.35.4" */
function byVerb(operation: Operation, version: string): readonly Operation[] {
  return opensStream(operation) && gte(coerce(version) ?? '0.0.0', '1.35.0')
    ? [operation, { ...operation, verb: 'create' }]
    : [operation]
}

/** What of an operation the caller may not do, each as the sentence to show. */
export async function missingFor(kubernetes: Caller, operation: Operation): Promise<Blocked[]> {
  const { api } = kubernetes
  const namespace = kubernetes.namespaceOf(operation.place)
  const answers = await Promise.all(
    byVerb(operation, await kubernetes.version()).map(async (asked) => {
      const { verb, group, resource, subresource } = asked
      const allowed = await api.mayI({ namespace, verb, group, resource, subresource })
      return allowed ? [] : [forbidden(api.asked(asked, { namespace }))]
    }),
  )
  return answers.flat()
}

/** @throws Blocked that names the verb and the resource when the caller may not open the stream */
export async function ensureMayOpen(kubernetes: Caller, operation: Operation): Promise<void> {
  const [missing] = await missingFor(kubernetes, operation)
  if (missing) throw missing
}
