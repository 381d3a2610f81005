/** The findings about a namespace of the service that the cluster does not have, or soon will not have. */
import { addressed, command, comment } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { namespace as namespaceFields } from './core-resources'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'

/**
 * Makes sure that the namespace of the service exists and stays: without it each object in it would be missing for the same reason.
 * A caller who may not read namespaces cannot know.
 * @throws Blocked
 */
export async function ensureNamespace(api: KubernetesApi, namespace: string): Promise<void> {
  const found = await api.get(operations.getNamespace, { name: namespace }).catch((error: unknown) => {
    if (error instanceof Blocked) return error
    throw error
  })
  if (found === undefined) throw missingNamespace(namespace, api)
  const { deletionTimestamp } = namespaceFields.safeParse(found).data?.metadata ?? {}
  if (deletionTimestamp) throw leavingNamespace(namespace, deletionTimestamp)
}

/** Nothing can be created in a namespace that is being deleted, and its objects go one after another. */
const leavingNamespace = (namespace: string, deletionTimestamp: string): Blocked =>
  new Blocked({
    summary: `The namespace ${namespace} is being deleted.`,
    object: `Namespace ${namespace}`,
    expected: 'no deletionTimestamp',
    found: `being deleted since ${deletionTimestamp}`,
    remedy: [
      command`kubectl get namespace ${namespace} -o jsonpath='{.status.conditions}'`,
      comment`a deletion cannot be undone: let it end, then deploy the service again`,
    ],
  })

const missingNamespace = (namespace: string, api: KubernetesApi): Blocked =>
  new Blocked({
    summary: `The namespace ${namespace} does not exist in this cluster.`,
    object: `Namespace ${namespace}`,
    expected: 'the namespace in which the service runs (configuration key namespace)',
    found: `no such namespace at ${api.server} (context ${api.access.context})`,
    remedy: addressed(api.access.context, () => [
      command`kubectl get namespaces`,
      command`kubectl get services --all-namespaces`,
    ]),
  })
