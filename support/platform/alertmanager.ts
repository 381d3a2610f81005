/** A client for the alerts of Alertmanager's HTTP API v2 (api/v2/openapi.yaml of prometheus/alertmanager). */
import { z } from 'zod'
import { command, urlPart } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Http } from './http'
import { jsonOf } from './rest'
import type { Routes } from './routes'

export interface Alert {
  /** The identity of the alert: two alerts with the same labels are the same alert. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: Date
  /** The time at which the alert resolves by itself. Posting the alert again with a past time resolves it at once. */
  readonly endsAt: Date
}

const ids = z.array(z.string()).default([])
const held = z.object({
  labels: z.record(z.string(), z.string()),
  receivers: z.array(z.object({ name: z.string() })).default([]),
  status: z.object({ silencedBy: ids, inhibitedBy: ids, mutedBy: ids }).prefault({}),
})
/** An alert that Alertmanager holds: whom it notifies, and what keeps it from that. */
type HeldAlert = z.infer<typeof held>

export class Alertmanager {
  constructor(
    private readonly http: Http,
    private readonly routes: Routes,
  ) {}

  /** @throws Blocked in a read-only run, Unmet if Alertmanager does not accept the alert */
  async post(alert: Alert): Promise<void> {
    const { base, at } = await this.routes.toAlertmanager()
    const headers = { 'content-type': 'application/json' }
    const response = await this.http.change('POST', `${base}/api/v2/alerts`, JSON.stringify([alert]), { at, headers })
    if (response.status === 200) return
    throw new Unmet({
      summary: `Alertmanager does not accept an alert: status ${response.status}.`,
      object: response.url,
      expected: 'status 200',
      found: `status ${response.status}: ${excerpt(response.body)}`,
      remedy: [command`curl -i '${response.url}'`],
    })
  }

  /** Returns the alerts with the label of a service; none if Alertmanager does not list them. */
  async alertsOf(service: string): Promise<readonly HeldAlert[]> {
    const { base, at } = await this.routes.toAlertmanager()
    const filter = urlPart(`service=${JSON.stringify(service)}`)
    const response = await this.http.get(`${base}/api/v2/alerts?filter=${filter}`, { at })
    const parsed = z.array(held).safeParse(jsonOf(response))
    return (parsed.data ?? []).filter(({ labels }) => labels.service === service)
  }
}
