/**
 * Stand-in for ArgoCD's notifications controller: tells the service of a sync, and after it of the health, for an
 * Application that is subscribed by an annotation. The address is the one that a pod would use.
 */
import { createHmac } from 'node:crypto'
import type { KubernetesObject } from '@kubernetes/client-node'
import { type Directory, resolveService } from '../network/resolution'
import type { Ports } from '../ports'
import { readVault, vaultValue } from '../vault'
import { until } from '../waiting'

const subscription = 'notifications.argoproj.io/subscribe.on-sync-succeeded.devlake'
const path = '/api/plugins/webhook/1/deployments'

interface Sync {
  readonly revision: string
  readonly startedAt: string
  readonly finishedAt: string
}

export type Notify = (application: KubernetesObject, sync: Sync) => Promise<void>

export function notifications(directory: Directory, ports: Ports): Notify {
  const send = async (body: object): Promise<true | undefined> => {
    const resolved = resolveService(directory, ports, 'fawkes', 'devlake-lake', 8080)
    if (!('port' in resolved)) return undefined
    const text = JSON.stringify(body)
    const secret = vaultValue(readVault(), 'fawkes/devlake/webhooks', 'secret')
    const signature = `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`
    const answer = await fetch(`http://127.0.0.1:${resolved.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      body: text,
    }).catch(() => undefined)
    if (answer === undefined || answer.status >= 500) return undefined
    if (!answer.ok) console.error(`the service refused a notification: ${answer.status} ${await answer.text()}`)
    return true
  }

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
      await until(() => send({ event_type, ...common }), {
        what: `the service did not take the ${event_type} of ${name}`,
        deadline: 30_000,
      }).catch((error: unknown) => console.error(error instanceof Error ? error.message : String(error)))
  }
}
