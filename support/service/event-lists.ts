/** The lists of stored deployments and incidents of one project, over REST and GraphQL. */
import { z } from 'zod'
import { command } from '../basis/command'
import { applicable } from '../basis/expectation'
import type { EventList, GraphQLList, NotCompared, RangeName, RestList } from '../contracts/dora'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { fieldsIn } from './answer-fields'
import { expectStatus } from './api'
import { askGraphQL, inWords, type SurfaceReading, undocumented } from './surface-readings'

/** Reads the list of all stored deployments. @throws Unmet when the answer is not as documented */
export async function readDeployments(platform: Platform, token: string, project: string): Promise<SurfaceReading> {
  const contract = applicable(platform.contract.dora.deployments)
  const { path, answer: schema } = contract
  const answer = await platform.rest.get(path(project), token)
  expectStatus(answer, 200)
  const body = jsonOf(answer)
  const parsed = schema.safeParse(body)
  const shown = command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`
  if (!parsed.success) throw undocumented(answer, new URL(answer.url).pathname, parsed.error.issues[0], shown)
  const { project: named } = parsed.data
  return {
    reading: named === undefined ? {} : { project: named },
    listed: parsed.data,
    unknown: unknownIn(body, parsed.data, contract),
    command: shown,
  }
}

/** The fields of an answer and of its entries that the contract does not know, and the entries that it does not show. */
function unknownIn(
  body: unknown,
  { entries, count = entries.length }: EventList,
  { list, beside, compared, notCompared }: RestList,
): string[] {
  const inEntries = `${list}.`
  const fields = [...fieldsIn(Array.isArray(body) ? { [list]: body } : body)].filter((field) => field !== list)
  const names = fields.flatMap((field) => (field.startsWith(inEntries) ? [field.slice(inEntries.length)] : []))
  const more = count - entries.length
  return [
    ...fields.filter((field) => !field.startsWith(inEntries) && !beside.has(field)).sort(),
    ...unknownNames(names, compared(names), notCompared),
    ...(more > 0 ? [`${more} entries that the answer counts and does not show`] : []),
  ]
}

/** Names of fields that the contract does not know. */
const unknownNames = (names: readonly string[], compared: ReadonlySet<string>, notCompared: NotCompared): string[] =>
  names.filter((name) => !compared.has(name) && notCompared[name] === undefined).sort()

const scalar = z.object({ kind: z.enum(['SCALAR', 'ENUM']) })
const field = z.object({
  name: z.string(),
  type: z.union([scalar, z.object({ kind: z.literal('NON_NULL'), ofType: scalar })]),
})

/** The fields of a type, and those of them that have no fields of their own. */
async function fieldsOfType(
  platform: Platform,
  token: string,
  type: string,
): Promise<{ readonly all: readonly string[]; readonly scalars: readonly string[] }> {
  const request = {
    query: 'query ($type: String!) { __type(name: $type) { fields { name type { kind ofType { kind } } } } }',
    variables: { type },
  }
  const schema = z.object({ __type: z.object({ fields: z.array(z.object({ name: z.string(), type: z.unknown() })) }) })
  const { reading } = await askGraphQL(platform, token, request, `the type ${type} of GraphQL`, schema)
  const { fields } = reading.__type
  const scalars = fields.flatMap((one) => {
    const { success, data } = field.safeParse(one)
    return success ? [data.name] : []
  })
  return { all: fields.map(({ name }) => name), scalars }
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
  const { all, scalars } = await fieldsOfType(platform, token, type)
  const own = [...compared(scalars)]
  const unknown = unknownNames(all, new Set(own), notCompared)
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
