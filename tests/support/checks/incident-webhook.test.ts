/** An alert that does not become an incident: what Alertmanager does with it. */
import { expect, it } from 'vitest'
import { expectIncidentInTable } from '../../../support/checks/incident-webhook'
import { Alertmanager } from '../../../support/platform/alertmanager'
import type { Http } from '../../../support/platform/http'
import type { Routes } from '../../../support/platform/routes'
import { findingOf, platformOf } from '../../fixtures/platform-of-objects'

const project = 'dora-acceptance-1'
const alert = { labels: { alertname: 'DoraAcceptance', service: project } }

/** The finding with an Alertmanager that lists these alerts. */
const found = async (status: number, alerts: unknown) => {
  const http = {
    get: async (url: string) => ({ url, status, headers: {}, body: JSON.stringify(alerts) }),
    change: async (_: string, url: string) => ({ url, status: 200, headers: {}, body: '' }),
  } as unknown as Http
  const routes = { toAlertmanager: async () => ({ base: 'http://alertmanager.example.org' }) } as unknown as Routes
  const secret = {
    resource: 'secrets',
    metadata: { name: 'devlake-db' },
    data: { 'mysql-password': Buffer.from('of-a-test').toString('base64') },
  }
  const platform = platformOf(
    { objects: [secret], configuration: { deadlines: { collection: '1s' } } },
    { alertmanager: new Alertmanager(http, routes), routes, database: { rows: async () => [] } },
  )
  const raised = { project, startsAt: Date.now(), incidents: new Set<string>() }
  return (await findingOf(expectIncidentInTable(platform, raised))).found
}

it.each<[string, object, string]>([
  [
    'a silence suppresses it',
    { receivers: [{ name: 'webhook' }], status: { state: 'suppressed', silencedBy: ['4f1c'] } },
    'Alertmanager suppresses the alert because of the silence 4f1c',
  ],
  [
    'another alert inhibits it',
    { status: { state: 'suppressed', silencedBy: [], inhibitedBy: ['77aa'] } },
    'Alertmanager suppresses the alert because of the alert 77aa, which inhibits it',
  ],
  [
    'its route has no webhook',
    { receivers: [{ name: 'null' }], status: { state: 'active' } },
    'Alertmanager sends the alert to the receiver null',
  ],
])('an alert is no incident because %s', async (_, more, reason) => {
  const others = { labels: { ...alert.labels, service: 'shop' }, receivers: [{ name: 'shop' }] }
  expect(await found(200, [others, { ...alert, ...more }])).toBe(`no incident that mentions ${project}; ${reason}`)
})

it.each<[string, number, unknown]>([
  ['lists no alerts', 404, { code: 404 }],
  ['does not have it any more', 200, []],
])('an alert is no incident, and Alertmanager %s', async (_, status, answer) => {
  expect(await found(status, answer)).toBe(`no incident that mentions ${project}`)
})
