/**
 * Checks the caller's rights before a stream (exec, port-forward) is opened. A stream starts as a GET that becomes a WebSocket;
 * since Kubernetes 1.35 the API server also requires `create`. A refused WebSocket gives no reason, so the rights are queried
 * first.
 */
import { coerce, gte } from 'semver'
import { command } from '../basis/command'
import { Blocked } from '../basis/expectation'
import type { KubernetesApi } from './kubernetes-api'
import { forbidden } from './kubernetes-refusals'
import type { Operation } from './operations'

/** The part of the Kubernetes client that a check of the caller's rights needs. */
interface Caller {
  readonly api: KubernetesApi
  namespaceOf(place: Operation['place']): string | undefined
  version(): Promise<string>
  /** Returns the names of the objects of an operation; undefined if they are not in the configuration. */
  namesOf?(operation: Operation): readonly string[] | undefined
}

export const opensStream = ({ subresource }: Pick<Operation, 'subresource'>): boolean =>
  subresource === 'exec' || subresource === 'portforward'

/**
 * Returns the operation once for each verb that a server of this version requires.
 * @param version such as "v1.35.4"
 */
function byVerb(operation: Operation, version: string): readonly Operation[] {
  return opensStream(operation) && gte(coerce(version) ?? '0.0.0', '1.35.0')
    ? [operation, { ...operation, verb: 'create' }]
    : [operation]
}

/** Returns a finding for each verb of an operation that the caller lacks, for all objects or for single ones of known names. */
export async function missingFor(kubernetes: Caller, operation: Operation): Promise<Blocked[]> {
  const { api } = kubernetes
  const namespace = kubernetes.namespaceOf(operation.place)
  const answers = await Promise.all(
    byVerb(operation, await kubernetes.version()).map(async (required) => {
      const { verb, group, resource, subresource } = required
      const attributes = { namespace, verb, group, resource, subresource }
      if (await api.mayI(attributes)) return []
      // A role can be limited to the names that the configuration has.
      const names = kubernetes.namesOf?.(operation) ?? []
      const allowed = await Promise.all(names.map((name) => api.mayI({ ...attributes, name })))
      const missing = names.filter((_, index) => !allowed[index])
      if (missing.length === names.length) return [forbidden(api.asked(required, { namespace }))]
      if (missing.length === 0) return []
      const { finding } = forbidden(api.asked(required, { namespace }))
      const summary = finding.summary.replace(/\.$/, `: ${missing.join(', ')}.`)
      const remedy = missing.map(
        (name) => command`kubectl auth can-i ${verb} ${`${resource}/${name}`} --namespace ${namespace ?? ''}`,
      )
      return [new Blocked({ ...finding, summary, found: `403 Forbidden for ${missing.join(', ')}`, remedy })]
    }),
  )
  return answers.flat()
}

/** @throws Blocked with the missing verb and resource if the caller may not open the stream */
export async function ensureMayOpen(kubernetes: Caller, operation: Operation): Promise<void> {
  const [missing] = await missingFor(kubernetes, operation)
  if (missing) throw missing
}
