/**
 * The webhooks of stock DevLake. Each connection has its own routes and API key. Events belong to a project through the blueprint
 * that the connection is attached to, and metrics need a pipeline of that blueprint.
 */

import { z } from 'zod'
import type { Capability } from '../../basis/capability'
import { urlPart } from '../../basis/command'
import type { Happening } from '../../contracts/happening'
import type { SentEvent, WebhookContract } from '../../contracts/webhooks'
import { versionIn } from './versions'

const connections = '/plugins/webhook/connections'
const date = (time: number) => new Date(time).toISOString()

const madeProject = z.looseObject({ blueprint: z.looseObject({ id: z.number() }) })
const listedConnections = z.array(z.looseObject({ id: z.number(), name: z.string() }))
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
      return changeOf(happening)
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

const withoutChanges = {
  absent:
    'The webhooks of this version of DevLake take no commits and no pull requests: it collects them from the repositories.',
}

/**
 * A commit is reported as the pull request that it merged, because the lead time begins with pull requests
 * (backend/plugins/webhook/api/pull_requests.go). The id is made of the connection and the key.
 */
function changeOf({ commits, repository }: Extract<Happening, { kind: 'push' }>): Event {
  const [commit, ...others] = commits
  if (!commit || others.length > 0)
    return { absent: 'The webhooks of stock DevLake take each change as a pull request of its own.' }
  const key = Number.parseInt(commit.sha.slice(-7), 16) + 1
  return {
    route: 'pull_requests',
    takenBy: (version) => (versionIn(version).takesPullRequests ? true : withoutChanges),
    body: {
      id: `${key}`,
      pullRequestKey: key,
      displayTitle: 'A change of an acceptance story',
      status: 'MERGED',
      url: `https://example.org/${repository}/${key}`,
      createdDate: date(commit.authoredAt),
      mergedDate: date(commit.committedAt),
      mergeCommitSha: commit.sha,
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

const pipelines = { table: '_devlake_pipelines', column: 'name', key: 'id' }
const tasks = { table: '_devlake_tasks', column: 'pipeline_id', key: 'id', through: pipelines }
/** The id of an issue or an incident ends with its key. */
const boardIssues = { table: 'board_issues', column: 'issue_id', ending: true }

/**
 * The rows that stay when a project and its webhook are deleted, by what their columns hold. Rows that are found through others
 * come before those.
 */
const leftRows = [
  { of: 'deployments', table: 'cicd_deployments', column: 'id', key: 'id' },
  { of: 'deployments', table: 'cicd_deployment_commits', column: 'cicd_deployment_id', key: 'id' },
  { of: 'incidents', table: 'incidents', column: 'incident_key', key: 'id' },
  { of: 'incidents', table: 'issues', column: 'issue_key', key: 'id' },
  { of: 'incidents', table: 'incident_assignees', column: 'incident_id', key: 'incident_id', ending: true },
  { of: 'incidents', table: 'boards', column: 'id', key: 'id', through: { ...boardIssues, key: 'board_id' } },
  { of: 'incidents', ...boardIssues, key: 'issue_id' },
  { of: 'projects', table: 'project_incident_deployment_relationships', column: 'project_name', key: 'project_name' },
  { of: 'projects', table: 'project_pr_metrics', column: 'project_name', key: 'project_name' },
  { of: 'projects', table: 'project_mapping', column: 'project_name', key: 'project_name' },
  { of: 'changes', table: 'pull_requests', column: 'merge_commit_sha', key: 'id' },
  { of: 'commits', table: 'commits_diffs', column: 'new_commit_sha', key: 'new_commit_sha' },
  { of: 'commits', table: '_tool_refdiff_finished_commits_diffs', column: 'new_commit_sha', key: 'new_commit_sha' },
  { of: 'pipelines', table: '_devlake_subtasks', column: 'task_id', key: 'id', through: tasks },
  { of: 'pipelines', ...tasks },
  { of: 'pipelines', ...pipelines },
] as const

/** The columns that hold the id of an incident. Its board stays: it belongs to the connection that stored the incident. */
const incidentColumns = {
  incidents: 'id',
  issues: 'id',
  incident_assignees: 'incident_id',
  board_issues: 'issue_id',
  project_incident_deployment_relationships: 'id',
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
  // Old versions cannot delete a connection by its name, and a later one may have the name of an earlier one.
  removed: async (project, read) => {
    const own = (await read(connections, listedConnections)).filter(({ name }) => name === project)
    return [`/projects/${urlPart(project)}`, ...own.map(({ id }) => `${connections}/${id}`)]
  },
  leavings: (sent, projects) => {
    const deployments = sent.flatMap((one) => (one.kind === 'deployment' ? [one.id] : []))
    const incidents = sent.flatMap((one) => (one.kind === 'incident' ? [one.id] : []))
    const commits = sent.flatMap((one) => (one.kind === 'deployment' ? [...one.commits, one.commit] : []))
    const changes = sent.flatMap((one) => (one.kind === 'push' ? one.commits.map(({ sha }) => sha) : []))
    const values = {
      deployments,
      incidents,
      projects,
      commits: [...new Set(commits)],
      changes: [...new Set(changes)],
      pipelines: projects.map((project) => `${project}-Blueprint`),
    }
    return leftRows.map(({ of, ...rows }) => ({ ...rows, values: values[of] }))
  },
  leavingsOfIncident: (id) =>
    Object.entries(incidentColumns).map(([table, column]) => ({ table, column, key: column, values: [id] })),
  deployments: {
    absent: 'The API of stock DevLake lists no deployments: they are in its tables and on its dashboards.',
  },
}
