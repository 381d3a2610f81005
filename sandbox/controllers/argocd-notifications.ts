/**
 * Stand-in for ArgoCD's notifications controller: for an Application with a subscription annotation, it notifies the service
 * of a sync and then of the health change.
 */
import type { KubernetesObject } from '@kubernetes/client-node'
import type { Deliver } from './webhooks'

const subscription = 'notifications.argoproj.io/subscribe.on-sync-succeeded.devlake'
const url = 'http://devlake-lake.fawkes.svc:8080/api/plugins/webhook/1/deployments'

interface Sync {
  readonly revision: string
  readonly startedAt: string
  readonly finishedAt: string
}

export type Notify = (application: KubernetesObject, sync: Sync) => Promise<void>

export function notifications(deliver: Deliver): Notify {
  return async ({ metadata }, { revision, startedAt, finishedAt }) => {
    const name = metadata?.name ?? ''
    if (metadata?.annotations?.[subscription] === undefined) return
    const common = {
      application: name,
      namespace: metadata.namespace,
      revision,
      sync_started_at: startedAt,
      sync_finished_at: finishedAt,
      environment: 'production',
      service_name: name,
    }
    for (const event_type of ['sync_succeeded', 'health_change'])
      await deliver(url, `the ${event_type} of ${name}`, { event_type, ...common })
  }
}
