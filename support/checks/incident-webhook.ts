/** Section 14: checks of the webhook that receives incidents from the observability platform. */

import { z } from 'zod'
import { command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { Blocked, Unmet, unless } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'
import { credentialsOf } from '../service/database-credentials'
import { getWithToken } from '../service/refusals'

/** 14.1: checks that the plugin lists its connections. @returns how many it has */
export async function expectWebhookPlugin(platform: Platform): Promise<number> {
  return (await webhookConnections(platform)).length
}

const connection = z.looseObject({ id: z.number() })

async function webhookConnections(platform: Platform): Promise<z.infer<typeof connection>[]> {
  const answer = await getWithToken(platform, platform.contract.webhooks.connections)
  const remedy = [command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`]
  const object = new URL(answer.url).pathname
  if (answer.status === 404)
    throw new Unmet({
      summary: 'The webhook plugin is not enabled.',
      object,
      expected: 'status 200 and the list of its connections',
      found: `status 404: ${excerpt(answer.body)}`,
      remedy,
    })
  expectStatus(answer, 200)
  const parsed = z.array(connection).safeParse(jsonOf(answer))
  if (parsed.success) return parsed.data
  throw new Unmet({
    summary: 'The list of connections of the webhook plugin does not have the documented format.',
    object,
    expected: 'a list of connections',
    found: excerpt(answer.body),
    remedy,
  })
}

/**
 * 14.2: checks that each incident address refuses a request without an incident, with the service's own error. The request holds
 * nothing that could be stored and no valid signature, so it counts as a read.
 */
export async function expectIncidentAddress(platform: Platform): Promise<void> {
  for (const path of await incidentAddresses(platform)) await expectIncidentRefused(platform, path)
}

async function incidentAddresses(platform: Platform): Promise<readonly string[]> {
  const { incidents, connections } = platform.contract.webhooks
  if (typeof incidents === 'string') return [incidents]
  const listed = await webhookConnections(platform)
  const addresses = incidents.safeParse(listed)
  if (addresses.success && addresses.data.length > 0) return addresses.data
  throw new Unmet({
    summary: 'The webhook plugin has no connection that accepts incidents.',
    object: connections,
    expected: 'a connection with an address for incidents',
    found: listed.length === 0 ? 'no connection' : excerpt(JSON.stringify(listed)),
    remedy: [
      await platform.rest.commandFor(connections),
      comment`add the connection in the UI: Connections, Incoming Webhook`,
    ],
  })
}

async function expectIncidentRefused(platform: Platform, path: string): Promise<void> {
  const { body, withToken, refusal } = platform.contract.webhooks.noIncident
  const token = withToken ? await apiToken(platform) : undefined
  const answer = await platform.rest.query(path, body, { 'content-type': 'application/json' }, token)
  const refused = answer.status === 400 || (answer.status === 401 && !withToken)
  if (refused && refusal.safeParse(jsonOf(answer)).success) return
  throw new Unmet({
    summary: `The incident webhook ${answer.status < 300 ? 'accepts a request without an incident' : 'does not refuse an invalid request as documented'}: status ${answer.status}.`,
    object: path,
    expected: 'status 400 or 401, with the reason for the refusal',
    found: `status ${answer.status}: ${excerpt(answer.body)}`,
    remedy: [command`curl -i -X POST '${answer.url}'`],
  })
}

/** An alert that a run has raised. */
export interface RaisedAlert {
  /** The project in the alert. No other run uses it. */
  readonly project: string
  /** Milliseconds since the epoch. */
  readonly startsAt: number
  /** Receives the ids of the incidents that are found for the alert. */
  readonly incidents: Set<string>
}

/** 14.3: raises the alert. It ends by itself once the run no longer waits for it. */
export async function raiseAlert(platform: Platform, { project, startsAt }: RaisedAlert): Promise<void> {
  const now = platform.kubernetes.now.getTime()
  await platform.alertmanager.post(
    alert(platform, project, Math.min(startsAt, now), now + 2 * platform.configuration.deadlines.collection),
  )
}

const alert = ({ configuration }: Platform, project: string, startsAt: number, endsAt: number) => ({
  labels: { ...configuration.monitoring.alertmanager.labels, alertname: 'DoraAcceptance', service: project },
  annotations: { summary: `An alert of the DORA acceptance suite about ${project}` },
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
})

const incidentRow = z.looseObject({ id: z.string(), resolved: z.coerce.number() })
type IncidentRow = z.infer<typeof incidentRow>

/**
 * 14.3: waits until the incidents table holds the alert's incident. The project may be in any text column, because senders
 * differ in where they put the text of an alert.
 * @returns milliseconds until the incident was found
 */
export async function expectIncidentInTable(platform: Platform, raised: RaisedAlert): Promise<number> {
  try {
    return await untilIncident(platform, raised, {
      holds: (incident) => incident !== undefined,
      summary: 'An alert of the observability platform does not become an incident.',
      expected: 'a row in the incidents table',
    })
  } catch (error) {
    await endAlert(platform, raised)
    throw error
  }
}

/**
 * 14.3: ends the alert, and waits until its incident is resolved. Without that there is no time to restore.
 * @returns milliseconds until the incident was found resolved
 */
export async function expectIncidentResolved(platform: Platform, raised: RaisedAlert): Promise<number> {
  await endAlert(platform, raised)
  return untilIncident(platform, raised, {
    holds: (incident) => incident?.resolved === 1,
    summary: 'The end of an alert does not resolve its incident.',
    expected: 'a resolution_date in the incidents table',
  })
}

/** An alert that ends in Alertmanager's future stays raised until then, so the end is by the clock of the cluster. */
async function endAlert(platform: Platform, { project, startsAt }: RaisedAlert): Promise<void> {
  const now = platform.kubernetes.now.getTime()
  await platform.alertmanager.post(alert(platform, project, Math.min(startsAt, now), now))
}

interface IncidentExpectation {
  readonly holds: (incident: IncidentRow | undefined) => boolean
  readonly summary: string
  readonly expected: string
}

async function untilIncident(
  platform: Platform,
  { project, incidents }: RaisedAlert,
  expectation: IncidentExpectation,
): Promise<number> {
  const { database, configuration } = platform
  const begin = performance.now()
  const credentials = await credentialsOf(platform, 'service')
  const status = `${(await platform.routes.toAlertmanager()).base}/api/v2/status`
  await eventually(
    async () => {
      const [incident] = await database.rows(
        credentials,
        incidentRow,
        `SELECT id, resolution_date IS NOT NULL AS resolved FROM \`${configuration.database.name}\`.incidents
         WHERE LOCATE(?, CONCAT_WS(' ', id, title, description, url)) > 0`,
        [project],
      )
      if (incident) incidents.add(incident.id)
      if (expectation.holds(incident)) return
      throw new Unmet({
        summary: expectation.summary,
        object: 'the incidents table',
        expected: `${expectation.expected} within ${configuration.deadlines.collection / 1000} s`,
        found: incident
          ? `incident ${incident.id}, not resolved`
          : [`no incident that mentions ${project}`, ...(await handlingOf(platform, project))].join('; '),
        remedy: [
          command`curl -s '${status}' # check that its configuration has a receiver for the incident webhook`,
          comment`if other labels route alerts to that receiver: configuration key monitoring.alertmanager.labels`,
        ],
      })
    },
    { deadlineMs: configuration.deadlines.collection },
  )
  return performance.now() - begin
}

/** Says what Alertmanager does with the alerts of a project: silences, inhibitions and routes decide whether it sends them. */
async function handlingOf({ alertmanager }: Platform, project: string): Promise<string[]> {
  const alerts = await alertmanager.alertsOf(project).catch(unless([], Unmet, Blocked))
  const lines = alerts.flatMap(({ receivers, status: { silencedBy, inhibitedBy, mutedBy } }) => {
    const reasons = [
      ...silencedBy.map((id) => `the silence ${id}`),
      ...inhibitedBy.map((id) => `the alert ${id}, which inhibits it`),
      ...mutedBy.map((name) => `the time interval ${name}`),
    ]
    if (reasons.length > 0) return `Alertmanager suppresses the alert because of ${reasons.join(', ')}`
    return receivers.length > 0
      ? `Alertmanager sends the alert to the receiver ${receivers.map(({ name }) => name).join(', ')}`
      : []
  })
  return [...new Set(lines)]
}
