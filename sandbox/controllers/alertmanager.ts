/**
 * Stand-in for Alertmanager and for the relay behind it: takes alerts by the API v2, and sends each to the webhook of its
 * configuration when it begins and when it is over. The real one waits for a group of alerts, sends a body of its own, and
 * cannot sign; here the body is an incident of the service at once, as a relay would make it. Alerts are kept in memory.
 */
import { createHash } from 'node:crypto'
import type { V1Secret } from '@kubernetes/client-node'
import fastify from 'fastify'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Ports } from '../basis/ports'
import type { Cache } from '../cluster/cluster'
import type { Tell } from './webhooks'

/** The Secret that the operator reads the configuration of an Alertmanager from. */
const secret = { namespace: 'monitoring', name: 'alertmanager-kube-prometheus-alertmanager', key: 'alertmanager.yaml' }

/** What is still firing after that long is over, in milliseconds: Alertmanager's resolve_timeout. */
const resolveTimeout = 300_000

/** Alertmanager tells a webhook of the end of an alert unless it is not to. */
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

export async function serveAlertmanager(secrets: Cache<V1Secret>, tell: Tell, ports: Ports): Promise<void> {
  /** By fingerprint, with what ends each. */
  const firing = new Map<string, { readonly alert: Alert; readonly end: NodeJS.Timeout }>()

  const send = async (alert: Alert, isOver: boolean): Promise<void> => {
    const stored = secrets.find(secret.namespace, secret.name)?.data?.[secret.key]
    if (stored === undefined || alert.labels.service === undefined) return
    const { receivers } = configuration.parse(parse(Buffer.from(stored, 'base64').toString('utf8')))
    for (const { url, send_resolved } of receivers.flatMap(({ webhook_configs }) => webhook_configs))
      if (!isOver || send_resolved) await tell(url, `the alert ${alert.labels.alertname}`, incidentOf(alert, isOver))
  }

  const takeOver = (posted: z.infer<typeof postedAlerts>[number], now: Date): void => {
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
      if (before) void finish().catch(console.error)
      return
    }
    const end = setTimeout(() => void finish().catch(console.error), endsAt.getTime() - now.getTime())
    firing.set(fingerprint, { alert, end })
    if (!before) void send(alert, false).catch(console.error)
  }

  const server = fastify()
  server.get('/-/ready', () => 'OK')
  server.get('/api/v2/alerts', () => [...firing.values()].map(({ alert }) => alert))
  server.post('/api/v2/alerts', (request, reply) => {
    const posted = postedAlerts.safeParse(request.body)
    if (!posted.success) return reply.code(400).send(posted.error.message)
    for (const alert of posted.data) takeOver(alert, new Date())
    return reply.code(200).send()
  })
  await server.listen({ host: '127.0.0.1', port: ports.alertmanager })
}
