/** Stand-in for the load balancers of a cloud: each Service of that type gets the address of this machine. */
import type { V1Service } from '@kubernetes/client-node'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'

export async function runLoadBalancers(cluster: Cluster, services: Cache<V1Service>): Promise<void> {
  await reconcile('load balancers', [services], async () => {
    for (const service of services.items())
      if (service.spec?.type === 'LoadBalancer' && service.status?.loadBalancer?.ingress === undefined)
        await cluster.mergeStatus('Service', service, { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } })
  })
}
