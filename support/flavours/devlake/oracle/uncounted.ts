/**
 * Projects that have no deployment to production, although their sources hold builds or deployments: the patterns of a scope config
 * decide which builds are deployments, and which of those went to production. Such a project may simply have none, so this is a
 * cause of missing data and no finding of its own. Pure.
 */
import { type CommandLine, comment, sqlText, urlPart } from '../../../basis/command'
import { few } from '../../../basis/few'
import type { Administration } from '../rows/administration'
import { deploymentCommitsOf, type Lake, scopesOf } from '../rows/rows'
import { requestTo, webhookOf } from './requests'
import type { Trapped } from './traps'

/** Finds the projects without a deployment to production whose sources hold something else. */
export function uncountedSources(
  lake: Pick<Lake, 'deploymentCommits' | 'mappings'>,
  administration: Pick<Administration, 'builds' | 'blueprintScopes'>,
  projects: readonly string[],
  address: string,
): Trapped[] {
  return projects.flatMap((project) => {
    const deployed = deploymentCommitsOf(lake, [project])
    const scopes = scopesOf(lake, [project], 'cicd_scopes')
    const builds = administration.builds.filter(({ scope, count }) => scopes.has(scope) && count > 0)
    const isCounted = deployed.some(({ environment }) => environment.toUpperCase() === 'PRODUCTION')
    const sources = deployed.length > 0 ? deployed : builds
    const [scope] = sources.map((one) => one.scope)
    if (isCounted || scope === undefined) return []
    const names = [...new Set(sources.map((one) => one.scope))]
    const found = deployed.length > 0 ? environmentsIn(deployed) : buildsIn(builds)
    const cause = deployed.length > 0 ? elsewhere : notDeployments
    return [
      {
        summary: `No deployment of ${project} counts: ${cause.summary}.`,
        object: `project ${project}`,
        expected: cause.expected,
        found: `${found} in ${few(names)}`,
        remedy: cause.remedy(scope, administration, address),
        query: `SELECT * FROM ${cause.table} WHERE cicd_scope_id = ${sqlText(scope)}`,
      },
    ]
  })
}

interface Cause {
  readonly summary: string
  readonly expected: string
  readonly table: string
  remedy(scope: string, administration: Pick<Administration, 'blueprintScopes'>, address: string): CommandLine[]
}

const notDeployments: Cause = {
  summary: 'its builds are collected, but none of them is a deployment',
  expected: 'builds that match the deployment pattern of their scope config',
  table: 'cicd_pipelines',
  remedy: (...given) => patternOf('deploymentPattern', ...given),
}

const elsewhere: Cause = {
  summary: 'none of them went to PRODUCTION',
  expected: 'deployments to the environment PRODUCTION',
  table: 'cicd_deployments',
  remedy: (scope, ...others) =>
    webhookOf(scope) === null
      ? patternOf('productionPattern', scope, ...others)
      : [
          comment`if they went to production, send them again with the environment PRODUCTION, and correct their sender`,
        ],
}

/** The requests that show the scope config of a data scope and change one of its patterns. */
function patternOf(
  pattern: 'deploymentPattern' | 'productionPattern',
  scope: string,
  { blueprintScopes }: Pick<Administration, 'blueprintScopes'>,
  address: string,
): CommandLine[] {
  const known = blueprintScopes.find((one) => isScopeOf(scope, one))
  if (!known) return [comment`in the source of ${scope}: correct the ${pattern} of its scope config`]
  const connection = `/plugins/${urlPart(known.plugin)}/connections/${urlPart(known.connection)}`
  return [
    comment`replace ID by the id of the scope config, from`,
    requestTo(address, 'GET', `${connection}/scopes/${urlPart(known.scope)}`),
    comment`and REGEX by a pattern for the names of ${pattern === 'deploymentPattern' ? 'its deployments' : 'those to production'}:`,
    requestTo(address, 'PATCH', `${connection}/scope-configs/ID`, { [pattern]: 'REGEX' }),
    comment`then apply it to the builds that are there:`,
    requestTo(address, 'POST', `/blueprints/${urlPart(known.blueprint)}/trigger`, { skipCollectors: true }),
  ]
}

/** True for the data scope of a scope such as `github:GithubRepo:1:42`: plugin, kind, connection and id in the source. */
export function isScopeOf(
  scope: string,
  { plugin, connection, scope: id }: Administration['blueprintScopes'][number],
): boolean {
  const [ofPlugin, , ofConnection] = scope.split(':')
  return plugin === ofPlugin && connection === ofConnection && scope.endsWith(`:${id}`)
}

function environmentsIn(deployed: Lake['deploymentCommits']): string {
  const groups = Map.groupBy(deployed, ({ environment }) => environment)
  return [...groups]
    .map(([environment, rows]) => {
      const count = new Set(rows.map(({ deployment }) => deployment)).size
      return `${count} ${count === 1 ? 'deployment' : 'deployments'} ${environment === '' ? 'without an environment' : `to ${environment}`}`
    })
    .join(' and ')
}

function buildsIn(builds: Administration['builds']): string {
  const count = builds.reduce((sum, one) => sum + one.count, 0)
  return `${count} ${count === 1 ? 'build' : 'builds'}`
}
