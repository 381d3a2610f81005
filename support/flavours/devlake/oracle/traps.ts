/**
 * What makes the numbers of a stock DevLake other than what was meant although it works as it is written, each with what was
 * found and the request that sets it right. Pure: the rows of the database in; findings out.
 */
import type { Finding } from '../../../basis/finding'
import type { Administration } from '../rows/administration'
import type { DeploymentCommit, Lake } from '../rows/rows'
import { collect, connect, isoOf, requestTo, webhookOf } from './requests'

/** What a webhook is sent again replaces what it held. */
const again = '# what else it was sent with has to be sent again, for what is left out is emptied'

/**
 * A deployment that failed, and whose commits did not: they were posted without a result, which is taken for SUCCESS. The
 * panels read the commits, so that it counts as a deployment and not as a failure.
 */
export function failuresCountedAsSuccess(
  { deploymentCommits }: Pick<Lake, 'deploymentCommits'>,
  { deployments }: Pick<Administration, 'deployments'>,
  address: string,
): Finding[] {
  const successes = new Map<string, DeploymentCommit[]>()
  for (const commit of deploymentCommits) {
    const key = `${commit.scope} ${commit.deployment}`
    if (commit.result === 'SUCCESS') successes.set(key, [...(successes.get(key) ?? []), commit])
  }
  return deployments
    .filter(({ result, environment }) => !['SUCCESS', ''].includes(result) && environment === 'PRODUCTION')
    .flatMap((deployment) => {
      const successful = successes.get(`${deployment.scope} ${deployment.id}`)
      if (!successful) return []
      return [
        {
          summary: `The deployment ${deployment.id} ended with ${deployment.result} and is counted as a success.`,
          object: `deployment ${deployment.id} of ${deployment.scope}`,
          expected: `the result ${deployment.result} for its commits too, which are what is counted`,
          found: `SUCCESS for ${successful.map(({ commit }) => commit).join(', ')}: a commit that is posted without a result`,
          remedy: resultAgain(deployment, successful, address),
        },
      ]
    })
}

function resultAgain(
  deployment: Administration['deployments'][number],
  commits: readonly DeploymentCommit[],
  address: string,
): string[] {
  const connection = webhookOf(deployment.scope)
  if (connection === null)
    return [`# in the source of ${deployment.scope}: the result of ${deployment.id}, and of its jobs`]
  const { id, result, environment } = deployment
  return [
    requestTo(address, 'POST', `/plugins/webhook/connections/${connection}/deployments`, {
      id,
      result,
      environment,
      startedDate: isoOf(deployment.startedAt),
      finishedDate: isoOf(deployment.finishedAt),
      deploymentCommits: commits.map((commit) => ({
        repoUrl: commit.repository,
        commitSha: commit.commit,
        result,
        startedDate: isoOf(commit.startedAt),
        finishedDate: isoOf(commit.finishedAt),
      })),
    }),
    again,
  ]
}

/** An incident that was only closed has no resolution date, and no time to restore: no panel of it has a number. */
export function closedWithoutResolution({ incidents }: Pick<Administration, 'incidents'>, address: string): Finding[] {
  return incidents
    .filter(({ status, resolvedAt }) => status === 'DONE' && resolvedAt === null)
    .map((incident) => ({
      summary: `The incident ${incident.key || incident.id} is closed and was never resolved.`,
      object: `incident ${incident.id}`,
      expected: 'a resolution date, from which recovery and time to restore are measured',
      found: 'the status DONE without one: closing an incident by its webhook does not set it',
      remedy: resolutionAgain(incident, address),
    }))
}

function resolutionAgain(incident: Administration['incidents'][number], address: string): string[] {
  const connection = webhookOf(incident.scope)
  if (connection === null)
    return [`# in the source of ${incident.scope}: when ${incident.key || incident.id} was resolved`]
  return [
    requestTo(address, 'POST', `/plugins/webhook/connections/${connection}/issues`, {
      issueKey: incident.key,
      title: incident.title,
      type: 'INCIDENT',
      status: 'DONE',
      originalStatus: incident.originalStatus || 'closed',
      createdDate: isoOf(incident.createdAt),
      resolutionDate: 'WHEN IT WAS RESOLVED, such as 2026-03-01T09:00:00Z',
    }),
    again,
  ]
}

/** Deployments of a scope that belongs to no project are on no dashboard: it gets there when its blueprint is collected. */
export function unreachedDeployments(
  { deploymentCommits, mappings }: Pick<Lake, 'deploymentCommits' | 'mappings'>,
  administration: Pick<Administration, 'blueprints' | 'blueprintConnections'>,
  address: string,
): Finding[] {
  const reached = new Set(mappings.filter(({ kind }) => kind === 'cicd_scopes').map(({ scope }) => scope))
  const unreached = deploymentCommits.filter((one) => one.environment === 'PRODUCTION' && !reached.has(one.scope))
  return [...new Set(unreached.map(({ scope }) => scope))].map((scope) => {
    const ids = [...new Set(unreached.filter((one) => one.scope === scope).map(({ deployment }) => deployment))]
    return {
      summary: `No project has the deployments of ${scope}.`,
      object: `scope ${scope}`,
      expected: 'a project that it belongs to (table project_mapping)',
      found: `none, and ${ids.length} ${ids.length === 1 ? 'deployment' : 'deployments'} to production: ${few(ids)}`,
      remedy: mappingOf(scope, administration, address),
    }
  })
}

function mappingOf(
  scope: string,
  { blueprints, blueprintConnections }: Pick<Administration, 'blueprints' | 'blueprintConnections'>,
  address: string,
): string[] {
  const connection = webhookOf(scope)
  if (connection === null)
    return [`# in DevLake: the project's connection, its data scope ${scope}; then collect its data`]
  const linked = blueprintConnections.find((one) => one.plugin === 'webhook' && one.connection === connection)
  if (linked) return collect(address, linked.blueprint)
  const choices = blueprints.map(({ id, project }) => `${id} (${project})`).join(', ')
  return [
    `# ID: the blueprint of its project, of ${choices || 'none so far'}; with the connections that it already has`,
    connect(address, 'ID', connection),
    ...collect(address, 'ID'),
  ]
}

/** A project without the metric `dora`, or whose blueprint never ran to an end, has no numbers, whatever is posted for it. */
export function uncollectedProjects(
  administration: Omit<Administration, 'deployments' | 'incidents'>,
  address: string,
): Finding[] {
  return administration.projects.flatMap((project) => [
    ...withoutMetric(project, administration, address),
    ...neverCollected(project, administration, address),
  ])
}

function withoutMetric(
  { name, description }: Administration['projects'][number],
  { metricSettings }: Pick<Administration, 'metricSettings'>,
  address: string,
): Finding[] {
  const enabled = metricSettings.filter((setting) => setting.project === name && setting.enabled)
  if (enabled.some(({ plugin }) => plugin === 'dora')) return []
  const metrics = [...enabled.map(({ plugin }) => plugin), 'dora']
  return [
    {
      summary: `The project ${name} does not compute DORA metrics.`,
      object: `project ${name}`,
      expected: 'the metric dora, enabled (table project_metric_settings)',
      found: enabled.length === 0 ? 'no metric' : enabled.map(({ plugin }) => plugin).join(', '),
      remedy: [
        requestTo(address, 'PATCH', `/projects/${encodeURIComponent(name)}`, {
          name,
          description,
          metrics: metrics.map((pluginName) => ({ pluginName, pluginOption: {}, enable: true })),
        }),
      ],
    },
  ]
}

/** The ends of a pipeline that wrote something. */
const collected = ['TASK_COMPLETED', 'TASK_PARTIAL']

function neverCollected(
  { name }: Administration['projects'][number],
  { blueprints, blueprintConnections, pipelines }: Omit<Administration, 'deployments' | 'incidents'>,
  address: string,
): Finding[] {
  const blueprint = blueprints.find(({ project }) => project === name)
  const runs = pipelines.filter((run) => run.blueprint === blueprint?.id).sort((one, other) => one.id - other.id)
  if (runs.some(({ status }) => collected.includes(status))) return []
  const isConnected = blueprintConnections.some((one) => one.blueprint === blueprint?.id)
  return [
    {
      summary: `The project ${name} was never collected.`,
      object: `project ${name}`,
      expected: 'a pipeline of its blueprint that was completed',
      found: blueprint ? (runs.at(-1)?.status ?? 'no pipeline') : 'no blueprint',
      remedy: blueprint
        ? [...(isConnected ? [] : connectionFor(blueprint.id, address)), ...collect(address, blueprint.id)]
        : ['# in DevLake: make a blueprint of the project'],
    },
  ]
}

const connectionFor = (blueprint: string, address: string) => [
  `# ID: that of its webhook connection, from\n${requestTo(address, 'GET', '/plugins/webhook/connections')}`,
  connect(address, blueprint, 'ID'),
]

const few = (names: readonly string[]) =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
