/** Webhooks from the platform to the service: signed, and sent to the address that a pod would use. */
import { createHmac } from 'node:crypto'
import { deadlines } from '../basis/deadlines'
import { messageOf } from '../basis/errors'
import type { Ports } from '../basis/ports'
import { until } from '../basis/waiting'
import { readVault, vaultValue } from '../credentials/vault'
import { type Directory, resolveService, serviceOfHost } from '../network/resolution'

/** Sends until the service answers; a rejected body is not sent again. `what` completes "the service did not receive …". */
export type Deliver = (url: string, what: string, body: object) => Promise<void>

export function webhooks(directory: Directory, ports: Ports): Deliver {
  const addressOf = (url: URL): string | undefined => {
    const service = serviceOfHost(url.hostname, '')
    const port = Number(url.port || 80)
    const resolved = service && resolveService(directory, ports, service.namespace, service.name, port)
    return resolved && 'port' in resolved ? `http://127.0.0.1:${resolved.port}${url.pathname}` : undefined
  }

  const send = async (url: URL, body: object): Promise<true | undefined> => {
    const address = addressOf(url)
    if (address === undefined) return undefined
    const text = JSON.stringify(body)
    const secret = vaultValue(readVault(), 'fawkes/devlake/webhooks', 'secret')
    const signature = `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
      body: text,
    }).catch(() => undefined)
    if (answer === undefined || answer.status >= 500) return undefined
    if (!answer.ok) console.error(`the service rejected ${url.pathname} with ${answer.status}: ${await answer.text()}`)
    return true
  }

  return async (url, what, body) => {
    const waiting = { what: `the service did not receive ${what}`, deadline: deadlines.webhookDelivery }
    await until(() => send(new URL(url), body), waiting).catch((error: unknown) => console.error(messageOf(error)))
  }
}
