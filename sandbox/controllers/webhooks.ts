/** How other parts of the platform tell the service what happened: signed, and by the address that a pod would use. */
import { createHmac } from 'node:crypto'
import type { Ports } from '../basis/ports'
import { until } from '../basis/waiting'
import { readVault, vaultValue } from '../credentials/vault'
import { type Directory, resolveService, serviceOfHost } from '../network/resolution'

/** How long a service that does not answer is told again, in milliseconds. */
const deadline = 30_000

/** Tells until the service has answered; what it refuses is told once. `what` completes "the service did not take …". */
export type Tell = (url: string, what: string, body: object) => Promise<void>

export function webhooks(directory: Directory, ports: Ports): Tell {
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
    if (!answer.ok) console.error(`the service refused ${url.pathname}: ${answer.status} ${await answer.text()}`)
    return true
  }

  return async (url, what, body) => {
    await until(() => send(new URL(url), body), { what: `the service did not take ${what}`, deadline }).catch(
      (error: unknown) => console.error(error instanceof Error ? error.message : String(error)),
    )
  }
}
