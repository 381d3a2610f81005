/** Section 8: the GraphQL API against the schema of the contract. */
import { applicable, expectData, expectNone, Unmet } from '../basis/expectation'
import type { GraphQLAnswer } from '../platform/graphql'
import type { Platform } from '../platform/platform'
import { apiToken } from '../service/api'
import { isOfPlatform, projectsOfPlatform } from '../service/projects'

/** 8.1: nothing that the contract documents is missing, of another type, or nullable where it may not be. */
export async function expectSchema({ graphql, contract }: Platform): Promise<void> {
  const documented = applicable(contract.graphql)
  // Loaded when it is needed: graphql's own reader takes longer to load than a whole section to judge.
  const { introspection, schemaDifferences } = require('./graphql-schema') as typeof import('./graphql-schema')
  const answer = await graphql.query(introspection)
  if (answer.data === null || answer.errors.length > 0)
    throw unexpected(answer, 'introspection fails without a token', 'the schema')
  expectNone(
    schemaDifferences(documented, answer.data).map((difference) => ({
      summary: `The GraphQL schema differs from the contract: ${difference}`,
      object: answer.answer.url,
      expected: 'the documented schema',
      found: difference,
      remedy: [
        `curl -s -X POST ${answer.answer.url} -H 'Content-Type: application/json' -d '{"query":"{ __schema { types { name } } }"}'`,
      ],
    })),
  )
}

/** 8.2: the same projects as over REST. */
export async function expectGraphQLProjects(platform: Platform): Promise<string[]> {
  const [answer, known] = [
    await platform.graphql.query('query { projects { name } }', await apiToken(platform)),
    await projectsOfPlatform(platform),
  ]
  const list = answer.data?.projects
  if (answer.errors.length > 0 || !Array.isArray(list)) throw unexpected(answer, 'the projects query fails', 'projects')
  const names = list
    .map((project: { name?: unknown }) => String(project.name))
    .filter((name) => isOfPlatform(platform, name))
  expectData(names, 'project', answer.answer.url)
  if ([...names].sort().join('\n') !== [...known].sort().join('\n'))
    throw unexpected(answer, 'the projects query answers other projects than REST', known.join(', '), names.join(', '))
  return names
}

/** 8.2: the metrics of a project can be asked for, with their parts. */
export async function expectGraphQLMetrics(platform: Platform): Promise<void> {
  const [project] = await expectGraphQLProjects(platform)
  if (project !== undefined) await expectMetricsOf(platform, project)
}

/** What whoever compares the metrics over GraphQL needs first. */
export async function expectGraphQLAnswersMetrics(platform: Platform): Promise<void> {
  const [project] = (await projectsOfPlatform(platform)).sort()
  if (project !== undefined) await expectMetricsOf(platform, project)
}

async function expectMetricsOf(platform: Platform, project: string): Promise<void> {
  const answer = await platform.graphql.query(
    `query { doraMetrics(project: ${JSON.stringify(project)}, timeRange: LAST_30_DAYS) { project deploymentFrequency { value unit level timeseries { date count } } leadTimeForChanges { value p50 p95 } changeFailureRate { value totalDeployments failedDeployments } meanTimeToRestore { value p50 p95 } } }`,
    await apiToken(platform),
  )
  const metrics = answer.data?.doraMetrics
  if (answer.errors.length > 0 || typeof metrics !== 'object' || metrics === null)
    throw unexpected(answer, `the metrics of ${project} cannot be asked for`, 'doraMetrics')
}

/** 8.2: without a token there is an error and no data. */
export async function expectGraphQLRefused({ graphql }: Platform): Promise<void> {
  const answer = await graphql.query('query { projects { name } }')
  const given = answer.data?.projects
  if (given !== undefined && given !== null)
    throw unexpected(answer, 'data is given without a token', 'an error and no data', JSON.stringify(answer.data))
  if (answer.errors.length === 0 && answer.status !== 401)
    throw unexpected(answer, 'a query without a token is no error', 'an error or 401')
}

/** 8.2: a wrong query is a GraphQL error, and not a crash of the service. */
export async function expectGraphQLError(platform: Platform): Promise<void> {
  const answer = await platform.graphql.query('query { noSuchFieldOfThisService }', await apiToken(platform))
  if (answer.status >= 500) throw unexpected(answer, 'a wrong query breaks the service', 'a GraphQL error')
  if (answer.errors.length === 0) throw unexpected(answer, 'a wrong query is no error', 'a GraphQL error')
}

function unexpected(
  { status, errors, answer }: GraphQLAnswer,
  summary: string,
  expected: string,
  found?: string,
): Unmet {
  return new Unmet({
    summary: `GraphQL: ${summary}.`,
    object: answer.url,
    expected,
    found: (found ?? `status ${status}${errors.length > 0 ? `, ${errors.join('; ')}` : `: ${answer.body}`}`).slice(
      0,
      500,
    ),
    remedy: [
      `curl -s -X POST ${answer.url} -H 'Content-Type: application/json' -d '{"query":"{ projects { name } }"}'`,
    ],
  })
}
