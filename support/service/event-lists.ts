/** The lists of stored deployments and incidents of one project, over REST and GraphQL. */
import { z } from 'zod'
import { command } from '../basis/command'
import { applicable } from '../basis/expectation'
import type { GraphQLList, NotCompared, RangeName } from '../contracts/dora'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { fieldsIn } from './answer-fields'
import { expectStatus } from './api'
import { askGraphQL, inWords, type SurfaceReading, undocumented } from './surface-readings'

/** Reads the list of all stored deployments. @throws Unmet when the answer is not as documented */
export async function readDeployments(platform: Platform, token: string, project: string): Promise<SurfaceReading> {
  const { path, answer: schema, compared, notCompared } = applicable(platform.contract.dora.deployments)
  const answer = await platform.rest.get(path(project), token)
  expectStatus(answer, 200)
  const body = jsonOf(answer)
  const parsed = schema.safeParse(body)
  const shown = command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`
  if (!parsed.success) throw undocumented(answer, new URL(answer.url).pathname, parsed.error.issues[0], shown)
  const names = [...fieldsIn(body)].map((field) => field.split('.').at(-1) ?? '').filter((name) => name !== 'count')
  return {
    reading: {},
    listed: parsed.data,
    unknown: unknownNames(names, compared, notCompared),
    command: shown,
  }
}

/** Names of fields that the contract does not know, without those that end in an empty list. */
const unknownNames = (names: readonly string[], compared: ReadonlySet<string>, notCompared: NotCompared): string[] =>
  [...new Set(names)].filter((name) => name !== '' && !compared.has(name) && notCompared[name] === undefined).sort()

const scalar = z.object({ kind: z.enum(['SCALAR', 'ENUM']) })
const field = z.object({
  name: z.string(),
  type: z.union([scalar, z.object({ kind: z.literal('NON_NULL'), ofType: scalar })]),
})

/** The fields of a type that have no fields of their own. */
async function fieldsOfType(platform: Platform, token: string, type: string): Promise<string[]> {
  const request = {
    query: 'query ($type: String!) { __type(name: $type) { fields { name type { kind ofType { kind } } } } }',
    variables: { type },
  }
  const schema = z.object({ __type: z.object({ fields: z.array(z.object({ name: z.string(), type: z.unknown() })) }) })
  const { reading } = await askGraphQL(platform, token, request, `the type ${type} of GraphQL`, schema)
  return reading.__type.fields.flatMap((one) => {
    const { success, data } = field.safeParse(one)
    return success ? [data.name] : []
  })
}

/**
 * Reads a list over GraphQL with all fields that can be compared.
 * @throws Unmet when the answer is not as documented
 */
export async function readGraphQLList(
  platform: Platform,
  token: string,
  project: string,
  range: RangeName | undefined,
  { type, request, answer, compared, notCompared }: GraphQLList,
): Promise<SurfaceReading> {
  const fields = await fieldsOfType(platform, token, type)
  const own = fields.filter((name) => compared.has(name))
  const unknown = unknownNames(fields, compared, notCompared)
  const asked = request(project, range, own.length > 0 ? own : ['__typename'])
  const { reading, command: shown } = await askGraphQL(
    platform,
    token,
    asked,
    inWords(`the list of ${type}`, project, range),
    answer,
  )
  return { reading: {}, listed: reading, unknown, command: shown }
}
