/**
 * The webhooks of stock DevLake: each connection has routes and an API key of its own, events belong to a project by way of the
 * blueprint that the connection is attached to, and metrics need a pipeline of that blueprint.
 */
import { z } from 'zod'
import type { Capability } from '../../basis/capability'
import type { Happening } from '../../contracts/happening'
import type { SentEvent, WebhookContract } from '../../contracts/webhooks'

const connections = '/plugins/webhook/connections'
const date = (time: number) => new Date(time).toISOString()

const madeProject = z.looseObject({ blueprint: z.looseObject({ id: z.number() }) })
const madeConnection = z.looseObject({ id: z.number(), apiKey: z.looseObject({ apiKey: z.string() }) })

type Event = Capability<SentEvent>

/** What its routes have no word for is said so, and never sent as something else. */
function eventOf(told: Happening): Event {
  switch (told.kind) {
    case 'deployment':
      return deploymentOf(told)
    case 'incident':
      return incidentOf(told)
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
function deploymentOf(told: Extract<Happening, { kind: 'deployment' }>): Event {
  if (told.finishedAt === null) return { absent: 'The webhooks of stock DevLake take no deployment that still runs.' }
  const environment = told.environment.toUpperCase()
  // Left out, it would be taken for production.
  if (!environments.includes(environment))
    return { absent: `A deployment of stock DevLake has one of the environments ${environments.join(', ')}.` }
  const result = told.outcome.toUpperCase()
  const dates = { startedDate: date(told.startedAt), finishedDate: date(told.finishedAt) }
  const shas = told.commits.length > 0 ? told.commits : [told.commit]
  return {
    route: 'deployments',
    body: {
      id: told.id,
      name: told.id,
      displayTitle: 'A deployment of an acceptance story',
      result,
      environment,
      createdDate: dates.startedDate,
      ...dates,
      deploymentCommits: shas.map((commitSha) => ({
        repoUrl: told.repository,
        refName: 'main',
        commitSha,
        commitMsg: 'A change of an acceptance story',
        ...dates,
        result,
      })),
    },
  }
}

/** Closing an issue sets no date of resolution, so it is posted with it. */
function incidentOf(told: Extract<Happening, { kind: 'incident' }>): Event {
  if (told.environment.toLowerCase() !== 'production')
    return { absent: 'An incident of stock DevLake has no environment.' }
  if (told.deployment !== null)
    return { absent: 'Stock DevLake links an incident to the deployment before it, and to none by name.' }
  const at = told.resolvedAt === null ? null : date(told.resolvedAt)
  const resolved = at === null ? {} : { resolutionDate: at, updatedDate: at }
  return {
    route: 'issues',
    body: {
      issueKey: told.id,
      title: 'An incident of an acceptance story',
      type: 'INCIDENT',
      status: told.resolvedAt === null ? 'TODO' : 'DONE',
      originalStatus: told.resolvedAt === null ? 'open' : 'closed',
      priority: told.severity,
      severity: told.severity,
      url: 'https://example.org/dora-acceptance',
      createdDate: date(told.createdAt),
      ...resolved,
    },
  }
}

const ownFields = { absent: 'Stock DevLake names the fields of its events otherwise, and its events are not signed.' }

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
    const name = encodeURIComponent(project)
    return [`/projects/${name}`, `${connections}/by-name/${name}`]
  },
  leavings: (told) => {
    const deployments = told.flatMap((one) => (one.kind === 'deployment' ? [one.id] : []))
    const incidents = told.flatMap((one) => (one.kind === 'incident' ? [one.id] : []))
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
