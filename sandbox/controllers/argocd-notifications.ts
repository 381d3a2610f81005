/**
 * Stand-in for ArgoCD's notifications controller: for an Application with a subscription annotation, it notifies the service
 * of a sync and then of the health change.
 */
import type { KubernetesObject } from '@kubernetes/client-node'
import { storedNames } from '../basis/names'
import { type Cache, reconcile } from '../cluster/cluster'
import type { Deliver } from './webhooks'

const subscription = 'notifications.argoproj.io/subscribe.on-sync-succeeded.devlake'

interface Application extends KubernetesObject {
  readonly status?: {
    readonly history?: readonly { readonly id?: number }[]
    readonly operationState?: {
      readonly phase?: string
      readonly startedAt?: string
      readonly finishedAt?: string | null
      readonly operation?: { readonly initiatedBy?: { readonly automated?: boolean } }
      readonly syncResult?: { readonly revision?: string } | null
    }
  }
}

/** The first sync by ArgoCD itself is part of the platform's setup: the service is not there yet to be notified. */
const isSetUp = ({ status }: Application): boolean =>
  (status?.history?.length ?? 0) <= 1 && status?.operationState?.operation?.initiatedBy?.automated === true

export async function runNotifications(applications: Cache<Application>, deliver: Deliver): Promise<void> {
  /** The finish of the last sync of each Application that was seen, by uid. */
  const seen = new Map<string, string>()
  const { lake, namespace: own } = storedNames()
  const url = `http://${lake}.${own}.svc:8080/api/plugins/webhook/1/deployments`
  await applications.filled
  // Syncs from before a restart of the controllers were notified then.
  for (const { metadata, status } of applications.items())
    seen.set(metadata?.uid ?? '', status?.operationState?.finishedAt ?? '')

  const notify = async (application: Application): Promise<void> => {
    const { metadata, status } = application
    const { uid = '', name = '', annotations, namespace } = metadata ?? {}
    const { phase, startedAt, finishedAt, syncResult } = status?.operationState ?? {}
    if (phase !== 'Succeeded' || !finishedAt || seen.get(uid) === finishedAt) return
    seen.set(uid, finishedAt)
    if (annotations?.[subscription] === undefined || isSetUp(application)) return
    const common = {
      application: name,
      namespace,
      revision: syncResult?.revision,
      sync_started_at: startedAt,
      sync_finished_at: finishedAt,
      environment: 'production',
      service_name: name,
    }
    for (const event_type of ['sync_succeeded', 'health_change'])
      await deliver(url, `the ${event_type} of ${name}`, { event_type, ...common })
  }

  // Deliveries may wait for the service, so they do not hold up the next Application.
  await reconcile('notifications', [applications], async () => {
    for (const application of applications.items()) void notify(application)
  })
}
