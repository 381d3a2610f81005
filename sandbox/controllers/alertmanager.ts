/**
 * Stand-in for Alertmanager and the relay behind it: accepts alerts on the API v2 and posts to the configured webhook when an
 * alert starts and when it ends. The real Alertmanager groups alerts, sends its own format and cannot sign. Here the body is
 * already an incident of the service, as a relay would send it. Alerts are kept in memory.
 */
import { createHash } from 'node:crypto'
import type { V1Secret } from '@kubernetes/client-node'
import fastify from 'fastify'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, mismatch } from '../basis/errors'
import type { Ports } from '../basis/ports'
import type { Cache } from '../cluster/cluster'
import type { Deliver } from './webhooks'

/** The Secret from which the operator reads an Alertmanager's configuration: alertmanager-NAME with this key. */
const secret = { name: /^alertmanager-/, key: 'alertmanager.yaml' }

/** An alert that is not repeated for this long has ended, in milliseconds: Alertmanager's resolve_timeout. */
const resolveTimeout = 300_000

/** As in Alertmanager, a webhook also receives the end of an alert by default. */
const webhook = z.looseObject({ url: z.string(), send_resolved: z.boolean().default(true) })
const configuration = z.looseObject({
  receivers: z.array(z.looseObject({ webhook_configs: z.array(webhook).default([]) })),
})

const labels = z.record(z.string(), z.string())
const postedAlerts = z.array(
  z.object({
    labels,
    annotations: labels.default({}),
    startsAt: z.coerce.date().optional(),
    endsAt: z.coerce.date().optional(),
  }),
)

interface Alert {
  readonly fingerprint: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: Date
  readonly endsAt: Date
}

const fingerprintOf = (given: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(given).sort(([one], [other]) => (one < other ? -1 : 1))))
    .digest('hex')
    .slice(0, 16)

const incidentOf = ({ fingerprint, labels: given, annotations, startsAt, endsAt }: Alert, isOver: boolean): object => ({
  id: `${fingerprint}-${startsAt.getTime()}`,
  title: annotations.summary ?? given.alertname,
  service: given.service,
  severity: given.severity ?? 'high',
  status: isOver ? 'resolved' : 'open',
  createdDate: startsAt,
  resolvedDate: isOver ? endsAt : null,
  environment: given.environment ?? 'production',
})

const log = (error: unknown) => console.error(`alertmanager: ${messageOf(error)}`)

export async function serveAlertmanager(secrets: Cache<V1Secret>, deliver: Deliver, ports: Ports): Promise<void> {
  /** The firing alerts by fingerprint, each with the timer that ends it. */
  const firing = new Map<string, { readonly alert: Alert; readonly end: NodeJS.Timeout }>()

  const send = async (alert: Alert, isOver: boolean): Promise<void> => {
    const stored = secrets.items().find(({ metadata }) => secret.name.test(metadata?.name ?? ''))?.data?.[secret.key]
    if (stored === undefined || alert.labels.service === undefined) return
    const { receivers } = configuration.parse(parse(Buffer.from(stored, 'base64').toString('utf8')))
    for (const { url, send_resolved } of receivers.flatMap(({ webhook_configs }) => webhook_configs))
      if (!isOver || send_resolved) await deliver(url, `the alert ${alert.labels.alertname}`, incidentOf(alert, isOver))
  }

  const accept = (posted: z.infer<typeof postedAlerts>[number], now: Date): void => {
    const fingerprint = fingerprintOf(posted.labels)
    const before = firing.get(fingerprint)
    const startsAt = before?.alert.startsAt ?? posted.startsAt ?? now
    const endsAt = posted.endsAt ?? new Date(now.getTime() + resolveTimeout)
    const alert = { ...posted, fingerprint, startsAt, endsAt }
    clearTimeout(before?.end)
    const finish = () => {
      firing.delete(fingerprint)
      return send(alert, true)
    }
    if (endsAt <= now) {
      if (before) void finish().catch(log)
      return
    }
    const end = setTimeout(() => void finish().catch(log), endsAt.getTime() - now.getTime())
    firing.set(fingerprint, { alert, end })
    if (!before) void send(alert, false).catch(log)
  }

  const server = fastify()
  server.get('/-/ready', () => 'OK')
  server.get('/api/v2/alerts', () => [...firing.values()].map(({ alert }) => alert))
  server.post('/api/v2/alerts', (request, reply) => {
    const posted = postedAlerts.safeParse(request.body)
    if (!posted.success) return reply.code(400).send(mismatch(posted.error))
    for (const alert of posted.data) accept(alert, new Date())
    return reply.code(200).send()
  })
  await server.listen({ host: '127.0.0.1', port: ports.alertmanager })
}
