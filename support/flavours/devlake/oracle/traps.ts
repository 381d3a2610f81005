/**
 * The traps of a stock DevLake: data that it counts differently than intended although it works as designed. Each finding names
 * the request that corrects the data. Pure: takes the rows of the database and returns findings.
 */
import { type CommandLine, comment, sqlText, urlPart } from '../../../basis/command'
import { few } from '../../../basis/few'
import type { FreshFinding } from '../../../basis/finding'
import type { Administration } from '../rows/administration'
import type { DeploymentCommit, Lake } from '../rows/rows'
import { collected, collectNow, isFirstToCome, isYoung, reasonIn, withoutSchedule } from './collections'
import { connect, isoOf, requestTo, webhookOf } from './requests'

/** A finding with the query that shows its rows, for rows that no request to DevLake corrects. */
export interface Trapped extends FreshFinding {
  readonly query?: string
}

/** The rows of a table in a scope. */
const rowsIn = (table: string, scope: string) => `SELECT * FROM ${table} WHERE cicd_scope_id = ${sqlText(scope)}`

/** A second post to a webhook replaces the first one. */
const again = comment`add all other fields of the original request: fields that are left out are emptied`

/**
 * Finds failed deployments whose commits succeeded: they were posted without a result, which means SUCCESS. The panels read the
 * commits, so the deployment counts as successful.
 */
export function failuresCountedAsSuccess(
  { deploymentCommits }: Pick<Lake, 'deploymentCommits'>,
  { deployments }: Pick<Administration, 'deployments'>,
  address: string,
): Trapped[] {
  const failures = deployments.filter(
    ({ result, environment }) => !['SUCCESS', ''].includes(result) && environment === 'PRODUCTION',
  )
  const keyOf = (scope: string, id: string) => `${scope} ${id}`
  const failed = new Set(failures.map(({ scope, id }) => keyOf(scope, id)))
  const successes = Map.groupBy(
    deploymentCommits.filter(
      ({ result, scope, deployment }) => result === 'SUCCESS' && failed.has(keyOf(scope, deployment)),
    ),
    ({ scope, deployment }) => keyOf(scope, deployment),
  )
  return failures.flatMap((deployment) => {
    const successful = successes.get(keyOf(deployment.scope, deployment.id))
    if (!successful) return []
    return [
      {
        summary: `The deployment ${deployment.id} ended with ${deployment.result} but is counted as a success.`,
        object: `deployment ${deployment.id} of ${deployment.scope}`,
        expected: `the result ${deployment.result} for its commits too, because commits are counted`,
        found: `SUCCESS for ${successful.map(({ commit }) => commit).join(', ')}, the result of a commit that is posted without one`,
        remedy: resultAgain(deployment, successful, address),
        query: `${rowsIn('cicd_deployment_commits', deployment.scope)} AND cicd_deployment_id = ${sqlText(deployment.id)}`,
      },
    ]
  })
}

function resultAgain(
  deployment: Administration['deployments'][number],
  commits: readonly DeploymentCommit[],
  address: string,
): CommandLine[] {
  const connection = webhookOf(deployment.scope)
  if (connection === null)
    return [comment`in the source of ${deployment.scope}: correct the result of ${deployment.id} and of its jobs`]
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

/**
 * Finds deployments whose result or environment is written in lower case: webhooks accept any result, and the panels compare it
 * with SUCCESS and PRODUCTION, so nothing counts such a deployment.
 */
export function miswrittenDeployments(
  { deploymentCommits }: Pick<Lake, 'deploymentCommits'>,
  address: string,
): Trapped[] {
  const miswritten = deploymentCommits.filter(
    ({ result, environment }) =>
      result.toUpperCase() === 'SUCCESS' &&
      environment.toUpperCase() === 'PRODUCTION' &&
      (result !== 'SUCCESS' || environment !== 'PRODUCTION'),
  )
  return [...Map.groupBy(miswritten, ({ scope }) => scope)].map(([scope, commits]) => {
    const ids = [...new Set(commits.map(({ deployment }) => deployment))]
    const [first] = commits
    const connection = webhookOf(scope)
    return {
      summary: `${ids.length} successful ${ids.length === 1 ? 'deployment' : 'deployments'} of ${scope} ${ids.length === 1 ? 'is' : 'are'} counted nowhere, because of lower-case letters.`,
      object: `scope ${scope}`,
      expected: 'the result SUCCESS and the environment PRODUCTION, in capitals',
      found: `${first?.result} in ${first?.environment}: ${few(ids)}`,
      remedy:
        connection === null
          ? [
              comment`in the source of ${scope}: correct the result and the environment, or the patterns of its scope config`,
            ]
          : [
              comment`send these deployments again in capitals, and correct their sender:`,
              requestTo(address, 'POST', `/plugins/webhook/connections/${connection}/deployments`, {
                id: first?.deployment,
                result: 'SUCCESS',
                environment: 'PRODUCTION',
                startedDate: isoOf(first?.startedAt ?? null),
                finishedDate: isoOf(first?.finishedAt ?? null),
                deploymentCommits: commits
                  .filter(({ deployment }) => deployment === first?.deployment)
                  .map((commit) => ({
                    repoUrl: commit.repository,
                    commitSha: commit.commit,
                    result: 'SUCCESS',
                    startedDate: isoOf(commit.startedAt),
                    finishedDate: isoOf(commit.finishedAt),
                  })),
              }),
              again,
            ],
      query: `${rowsIn('cicd_deployment_commits', scope)} AND result = 'SUCCESS' AND environment = 'PRODUCTION'`,
    }
  })
}

/** Finds incidents that were closed without a resolution date, so no panel counts their time to restore. */
export function closedWithoutResolution({ incidents }: Pick<Administration, 'incidents'>, address: string): Trapped[] {
  return incidents
    .filter(({ status, resolvedAt }) => status === 'DONE' && resolvedAt === null)
    .map((incident) => ({
      summary: `The incident ${incident.key || incident.id} is closed but has no resolution date.`,
      object: `incident ${incident.id}`,
      expected: 'a resolution date, which ends the recovery time and the time to restore',
      found: 'the status DONE without a resolution date: closing an incident through its webhook does not set it',
      remedy: resolutionAgain(incident, address),
      query: `SELECT * FROM incidents WHERE id = ${sqlText(incident.id)}`,
    }))
}

function resolutionAgain(incident: Administration['incidents'][number], address: string): CommandLine[] {
  const connection = webhookOf(incident.scope)
  if (connection === null)
    return [comment`in the source of ${incident.scope}: set the resolution date of ${incident.key || incident.id}`]
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

/** Finds projects without the metric `dora`, or whose blueprint never completed a run: they have no numbers at all. */
export function uncollectedProjects(
  administration: Omit<Administration, 'deployments' | 'incidents'>,
  address: string,
  now: number,
): Trapped[] {
  return administration.projects.flatMap((project) => [
    ...withoutMetric(project, administration, address),
    ...neverCollected(project, administration, address, now),
  ])
}

function withoutMetric(
  { name, description }: Administration['projects'][number],
  { metricSettings }: Pick<Administration, 'metricSettings'>,
  address: string,
): Trapped[] {
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
        requestTo(address, 'PATCH', `/projects/${urlPart(name)}`, {
          name,
          description,
          metrics: metrics.map((pluginName) => ({ pluginName, pluginOption: {}, enable: true })),
        }),
      ],
    },
  ]
}

function neverCollected(
  { name }: Administration['projects'][number],
  { blueprints, blueprintConnections, pipelines }: Omit<Administration, 'deployments' | 'incidents'>,
  address: string,
  now: number,
): Trapped[] {
  const blueprint = blueprints.find(({ project }) => project === name)
  const runs = pipelines.filter((run) => run.blueprint === blueprint?.id).sort((one, other) => one.id - other.id)
  if (runs.some(({ status }) => collected.includes(status))) return []
  // The first collection of a new project is still to come, or not over yet.
  if (blueprint && isFirstToCome(blueprint, { pipelines }) && isYoung(blueprint.createdAt, blueprint, now)) return []
  const isConnected = blueprintConnections.some((one) => one.blueprint === blueprint?.id)
  return [
    {
      summary: `The project ${name} was never collected.`,
      object: `project ${name}`,
      expected: 'a completed pipeline of its blueprint',
      found: blueprint
        ? [outcomeOf(runs.at(-1)), withoutSchedule(blueprint)].filter((part) => part !== '').join('; ')
        : 'no blueprint',
      remedy: blueprint
        ? [
            ...(isConnected ? [] : connectionFor(blueprint.id, address)),
            ...collectNow(blueprint, { pipelines }, address),
          ]
        : [
            comment`in DevLake: create a blueprint for the project, which is null here:`,
            requestTo(address, 'GET', `/projects/${urlPart(name)}`),
          ],
    },
  ]
}

const outcomeOf = (run: Administration['pipelines'][number] | undefined) =>
  run ? [run.status, reasonIn(run.message)].filter((text) => text !== '').join(': ') : 'no pipeline'

const connectionFor = (blueprint: string, address: string) => [
  comment`replace ID by the id of its webhook connection, from`,
  requestTo(address, 'GET', '/plugins/webhook/connections'),
  connect(address, blueprint, 'ID'),
]
