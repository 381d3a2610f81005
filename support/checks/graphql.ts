/** Section 8: checks of the GraphQL API, its schema included, against the contract. */

import { z } from 'zod'
import { bounds, excessive } from '../basis/bounds'
import { command, onlyReads, urlPart } from '../basis/command'
import { applicable, expectData, expectNone, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { jsonIn } from '../formats/json'
import type { GraphQLAnswer } from '../platform/graphql'
import type { Platform } from '../platform/platform'
import { apiToken } from '../service/api'
import { isOfPlatform, projectsOfPlatform } from '../service/projects'
import { blockedBy, isRefusal } from '../service/refusals'
import { anyProject, wrongToken } from './rest'

/** 8.1: checks that no documented field is missing, has a different type, or is nullable where the contract forbids it. */
export async function expectSchema({ graphql, contract }: Platform): Promise<void> {
  const documented = applicable(contract.graphql)
  // Loaded on demand: loading graphql's schema reader takes longer than judging a whole section.
  const { introspection, schemaDifferences } = await import('./graphql-schema')
  const answer = await graphql.query(introspection)
  if (answer.data === null || answer.errors.length > 0)
    throw unexpected(answer, 'introspection fails without a token', 'the schema')
  if (typesIn(answer.data) > bounds.introspectionTypes.most)
    throw excessive({
      bound: 'introspectionTypes',
      object: `the GraphQL schema at ${answer.answer.url}`,
      remedy: [querySchema(answer.answer.url)],
    })
  expectNone(
    schemaDifferences(documented, answer.data).map((difference) => ({
      summary: `The GraphQL schema differs from the contract: ${difference}`,
      object: answer.answer.url,
      expected: 'the documented schema',
      found: difference,
      remedy: [querySchema(answer.answer.url)],
    })),
  )
}

/** Returns the number of types in the answer to an introspection. */
function typesIn({ __schema: schema }: Readonly<Record<string, unknown>>): number {
  const types: unknown = (schema as { readonly types?: unknown } | null | undefined)?.types
  return Array.isArray(types) ? types.length : 0
}

/** 8.2: checks that GraphQL and REST list the same projects. @returns their names */
export async function expectGraphQLProjects(platform: Platform): Promise<string[]> {
  const [answer, known] = [
    await platform.graphql.query('query { projects { name } }', await apiToken(platform)),
    await projectsOfPlatform(platform),
  ]
  const list = answer.data?.projects
  if (answer.errors.length > 0 || !Array.isArray(list)) throw unexpected(answer, 'the projects query fails', 'projects')
  const names = list.map((project: { name?: unknown }) => String(project.name)).filter(isOfPlatform)
  expectData(names, 'project', answer.answer.url, [queryOf(answer.answer.url, '{ projects { name } }')])
  if ([...names].sort().join('\n') !== [...known].sort().join('\n'))
    throw unexpected(
      answer,
      'the projects query returns different projects than REST',
      known.join(', '),
      names.join(', '),
    )
  return names
}

/** 8.2: checks that the metrics of the first listed project can be queried with all their fields. */
export async function expectGraphQLMetrics(platform: Platform): Promise<void> {
  const [project] = await expectGraphQLProjects(platform)
  if (project !== undefined) await expectMetricsOf(platform, project)
}

/** Checks that metrics can be queried at all, before their values are compared. The project is taken from REST. */
export async function expectGraphQLAnswersMetrics(platform: Platform): Promise<void> {
  const [project] = (await projectsOfPlatform(platform)).sort()
  if (project !== undefined) await expectMetricsOf(platform, project)
}

async function expectMetricsOf(platform: Platform, project: string): Promise<void> {
  const answer = await platform.graphql.query(
    'query ($project: String!) { doraMetrics(project: $project, timeRange: LAST_30_DAYS) { project deploymentFrequency { value unit level timeseries { date count } } leadTimeForChanges { value p50 p95 } changeFailureRate { value totalDeployments failedDeployments } meanTimeToRestore { value p50 p95 } } }',
    await apiToken(platform),
    { project },
  )
  const metrics = answer.data?.doraMetrics
  if (answer.errors.length > 0 || typeof metrics !== 'object' || metrics === null)
    throw unexpected(answer, `the metrics of ${project} cannot be queried`, 'doraMetrics')
}

/** 8.2: checks that no field of Query gives data without a token, and none for a wrong one. */
export async function expectGraphQLRefused(platform: Platform): Promise<void> {
  const { guardedQueries } = applicable(platform.contract.graphql)
  const project = await anyProject(platform)
  for (const [field, query] of Object.entries(guardedQueries)) {
    const answer = await platform.graphql.query(query, undefined, query.includes('$project') ? { project } : {})
    const revealed = answer.data?.[field]
    if (revealed !== undefined && revealed !== null)
      throw unexpected(
        answer,
        `data is returned without a token: ${field}`,
        'an error and no data',
        JSON.stringify(answer.data),
      )
    if (answer.errors.length === 0 && answer.status !== 401)
      throw unexpected(
        answer,
        `a query for ${field} without a token does not return an error`,
        'an error or status 401',
      )
    // An error of the server or of the query itself refuses nobody.
    if (!isRefusal(answer) && (answer.status >= 500 || !answer.errors.some((text) => refusing.test(text))))
      throw blockedBy(answer.answer, `a query for ${field} without a token`, 'an error about the missing token')
  }
  // One question about all fields, because the service counts the requests of such callers together.
  const all = `query ($project: String!) {${Object.values(guardedQueries).map(fieldsOf).join(' ')}}`
  await expectNoDataInUrl(platform, all, project)
  const answer = await platform.graphql.query(all, wrongToken, { project })
  const revealed = Object.entries(answer.data ?? {}).filter(([, value]) => value !== null)
  if (revealed.length > 0)
    throw unexpected(
      answer,
      `data is returned for a wrong token: ${revealed.map(([field]) => field).join(', ')}`,
      'an error and no data',
      JSON.stringify(answer.data),
    )
}

/** Some services answer queries in URLs too, past a guard that knows the POST only. */
async function expectNoDataInUrl({ rest, contract }: Platform, query: string, project: string): Promise<void> {
  const { path } = applicable(contract.graphql)
  const answer = await rest.get(
    `${path}?query=${urlPart(query)}&variables=${urlPart(JSON.stringify({ project }))}`,
    undefined,
  )
  const { data } = answered.safeParse(jsonIn(answer.body))
  const revealed = Object.entries(data?.data ?? {}).filter(([, value]) => value !== null)
  if (revealed.length === 0) return
  throw new Unmet({
    summary: `GraphQL: data is returned without a token to a GET: ${revealed.map(([field]) => field).join(', ')}.`,
    object: answer.url,
    expected: 'an error and no data',
    found: `status ${answer.status}: ${excerpt(answer.body, 300)}`,
    remedy: [command`curl -s '${answer.url}'`],
  })
}

const answered = z.looseObject({ data: z.record(z.string(), z.unknown()).nullish() })

/** The fields of a query without its name and variables. */
const fieldsOf = (query: string) => query.slice(query.indexOf('{') + 1, query.lastIndexOf('}')).trim()

/** The words of an error about the caller. */
const refusing = /auth|token|log(ged)?[ -]?in|credential|denied|forbidden|permission|not allowed/i

/** 8.2: checks that an invalid query returns a GraphQL error and not a server error. */
export async function expectGraphQLError(platform: Platform): Promise<void> {
  const answer = await platform.graphql.query('query { noSuchFieldOfThisService }', await apiToken(platform))
  if (answer.status >= 500) throw unexpected(answer, 'an invalid query causes a server error', 'a GraphQL error')
  if (answer.errors.length === 0)
    throw unexpected(answer, 'an invalid query does not return an error', 'a GraphQL error')
}

/** A query only reads, although it is a POST. */
const queryOf = (url: string, query: string) =>
  onlyReads(
    command`curl -s -X POST ${url} -H 'Authorization: Bearer …' -H 'Content-Type: application/json' -d '${JSON.stringify({ query })}'`,
  )

const querySchema = (url: string) => queryOf(url, '{ __schema { types { name } } }')

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
    remedy: [queryOf(answer.url, '{ projects { name } }')],
  })
}
