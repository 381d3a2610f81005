/** The finding about the namespace of the service that the cluster does not have. */
import { addressed, command } from '../basis/command'
import { Blocked } from '../basis/expectation'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'

/**
 * Makes sure that the namespace of the service exists: without it each object in it would be missing for the same reason. A caller
 * who may not read namespaces cannot know.
 * @throws Blocked
 */
export async function ensureNamespace(api: KubernetesApi, namespace: string): Promise<void> {
  const found = await api.get(operations.getNamespace, { name: namespace }).catch((error: unknown) => {
    if (error instanceof Blocked) return error
    throw error
  })
  if (found === undefined) throw missingNamespace(namespace, api)
}

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
