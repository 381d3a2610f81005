/** The finding about the namespace of the service that the cluster does not have. */
import { addressed, command } from '../basis/command'
import { Blocked } from '../basis/expectation'
import type { KubernetesApi } from './kubernetes-api'

export const missingNamespace = (namespace: string, api: KubernetesApi): Blocked =>
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
