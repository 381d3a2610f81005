/**
 * The webhooks of stock DevLake. Each connection has its own routes and API key. Events belong to a project through the blueprint
 * that the connection is attached to, and metrics need a pipeline of that blueprint.
 */

import { z } from 'zod'
import type { Capability } from '../../basis/capability'
import { urlPart } from '../../basis/command'
import type { Happening } from '../../contracts/happening'
import type { SentEvent, WebhookContract } from '../../contracts/webhooks'

const connections = '/plugins/webhook/connections'
const date = (time: number) => new Date(time).toISOString()

const madeProject = z.looseObject({ blueprint: z.looseObject({ id: z.number() }) })
const madeConnection = z.looseObject({ id: z.number(), apiKey: z.looseObject({ apiKey: z.string() }) })

type Event = Capability<SentEvent>

/** An event that the routes cannot express is declared absent, never sent as something else. */
function eventOf(happening: Happening): Event {
  switch (happening.kind) {
    case 'deployment':
      return deploymentOf(happening)
    case 'incident':
      return incidentOf(happening)
    case 'push':
      return { absent: 'The webhooks of stock DevLake take no commits: it collects them from the repositories.' }
    case 'sync':
      return {
        absent: 'The webhooks of stock DevLake take no notifications of ArgoCD: it collects syncs by its plugin.',
      }
    case 'build':
      return {
        absent: 'The webhooks of stock DevLake take no builds: it collects them by the plugin of the build server.',
      }
  }
}

const environments = ['PRODUCTION', 'STAGING', 'TESTING', 'DEVELOPMENT']

/**
 * A deployment without the result of its commits would count as a success, so both are sent
 * (backend/plugins/webhook/api/deployments.go).
 */
function deploymentOf(happening: Extract<Happening, { kind: 'deployment' }>): Event {
  if (happening.finishedAt === null)
    return { absent: 'The webhooks of stock DevLake take no deployment that is still running.' }
  const environment = happening.environment.toUpperCase()
  // Without an environment it would count as production.
  if (!environments.includes(environment))
    return { absent: `A deployment of stock DevLake has one of the environments ${environments.join(', ')}.` }
  const result = happening.outcome.toUpperCase()
  const dates = { startedDate: date(happening.startedAt), finishedDate: date(happening.finishedAt) }
  const shas = happening.commits.length > 0 ? happening.commits : [happening.commit]
  return {
    route: 'deployments',
    body: {
      id: happening.id,
      name: happening.id,
      displayTitle: 'A deployment of an acceptance story',
      result,
      environment,
      createdDate: dates.startedDate,
      ...dates,
      deploymentCommits: shas.map((commitSha) => ({
        repoUrl: happening.repository,
        refName: 'main',
        commitSha,
        commitMsg: 'A change of an acceptance story',
        ...dates,
        result,
      })),
    },
  }
}

/** Closing an issue sets no resolution date, so the date is posted with the issue. */
function incidentOf(happening: Extract<Happening, { kind: 'incident' }>): Event {
  if (happening.environment.toLowerCase() !== 'production')
    return { absent: 'An incident of stock DevLake has no environment.' }
  if (happening.deployment !== null)
    return { absent: 'Stock DevLake links an incident to the deployment before it, never to a named one.' }
  // Its negative duration is out of the range of lead_time_minutes, so the request would fail with status 500.
  if (happening.resolvedAt !== null && happening.resolvedAt < happening.createdAt)
    return { absent: 'Stock DevLake cannot store an incident that was resolved before it was created.' }
  const at = happening.resolvedAt === null ? null : date(happening.resolvedAt)
  const resolved = at === null ? {} : { resolutionDate: at, updatedDate: at }
  return {
    route: 'issues',
    body: {
      issueKey: happening.id,
      title: 'An incident of an acceptance story',
      type: 'INCIDENT',
      status: happening.resolvedAt === null ? 'TODO' : 'DONE',
      originalStatus: happening.resolvedAt === null ? 'open' : 'closed',
      priority: happening.severity,
      severity: happening.severity,
      url: 'https://example.org/dora-acceptance',
      createdDate: date(happening.createdAt),
      ...resolved,
    },
  }
}

const ownFields = { absent: 'The events of stock DevLake have other field names and are not signed.' }

const ended = ['TASK_COMPLETED', 'TASK_PARTIAL', 'TASK_FAILED', 'TASK_CANCELLED']

export const devlakeWebhooks: WebhookContract = {
  connections,
  incidents: z
    .array(z.looseObject({ postIssuesEndpoint: z.string().startsWith('/rest/') }))
    .transform((listed) => listed.map(({ postIssuesEndpoint }) => postIssuesEndpoint)),
  noIncident: { body: '{}', withToken: true, refusal: z.string().includes('IssueKey') },
  signatureHeader: null,
  event: (happening, spoiled) => (spoiled === null ? eventOf(happening) : ownFields),
  open: async (name, _settings, ask) => {
    const project = {
      name,
      description: 'A story of the DORA acceptance suite',
      metrics: [{ pluginName: 'dora', pluginOption: {}, enable: true }],
    }
    const { blueprint } = await ask('POST', '/projects', project, madeProject)
    const { id, apiKey } = await ask('POST', connections, { name }, madeConnection)
    const attached = {
      connections: [{ pluginName: 'webhook', connectionId: id, scopes: [] }],
      // Half a year by default.
      timeAfter: '2000-01-01T00:00:00Z',
    }
    await ask('PATCH', `/blueprints/${blueprint.id}`, attached, z.unknown())
    return {
      webhook: `/rest${connections}/${id}`,
      token: apiKey.apiKey,
      trigger: `/blueprints/${blueprint.id}/trigger`,
    }
  },
  collection: {
    begun: z.looseObject({ id: z.number() }).transform(({ id }) => `/pipelines/${id}`),
    ended: z.looseObject({ status: z.string() }).transform(({ status }) => (ended.includes(status) ? status : null)),
    success: 'TASK_COMPLETED',
  },
  severitiesIn: { absent: 'A project of stock DevLake has no windows or severities of its own.' },
  removed: (project) => {
    const name = urlPart(project)
    return [`/projects/${name}`, `${connections}/by-name/${name}`]
  },
  leavings: (sent) => {
    const deployments = sent.flatMap((one) => (one.kind === 'deployment' ? [one.id] : []))
    const incidents = sent.flatMap((one) => (one.kind === 'incident' ? [one.id] : []))
    return [
      { table: 'cicd_deployments', column: 'id', values: deployments, key: 'id' },
      { table: 'cicd_deployment_commits', column: 'cicd_deployment_id', values: deployments, key: 'id' },
      { table: 'incidents', column: 'incident_key', values: incidents, key: 'id' },
      { table: 'issues', column: 'issue_key', values: incidents, key: 'id' },
    ]
  },
  deployments: {
    absent: 'The API of stock DevLake lists no deployments: they are in its tables and on its dashboards.',
  },
}
