/** Alertmanager's HTTP API v2 (api/v2/openapi.yaml of prometheus/alertmanager), as far as an alert is posted. */
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Http } from './http'
import type { Routes } from './routes'

export interface Alert {
  /** What the alert is known by: the same labels are the same alert. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: Date
  /** When it is over by itself; posted again with a time that has passed, it is over at once. */
  readonly endsAt: Date
}

export class Alertmanager {
  constructor(
    private readonly http: Http,
    private readonly routes: Routes,
  ) {}

  /** @throws Blocked in a read-only scope, Unmet when it is not taken */
  async post(alert: Alert): Promise<void> {
    const { base, at } = await this.routes.toAlertmanager()
    const headers = { 'content-type': 'application/json' }
    const answer = await this.http.change('POST', `${base}/api/v2/alerts`, JSON.stringify([alert]), { at, headers })
    if (answer.status === 200) return
    throw new Unmet({
      summary: `Alertmanager does not take an alert: status ${answer.status}.`,
      object: answer.url,
      expected: 'status 200',
      found: `status ${answer.status}: ${excerpt(answer.body)}`,
      remedy: [`curl -i '${answer.url}'`],
    })
  }
}
