/** The fields that a type of the GraphQL schema has, down to the values: a service may show more than the contract describes. */
import { z } from 'zod'
import type { GraphQLMetrics } from '../contracts/dora'
import type { Platform } from '../platform/platform'
import { fieldsOf } from './answer-fields'

const named = 'name ofType { name ofType { name ofType { name } } }'
const question = `query { __schema { queryType { name } types { name fields { name type { ${named} } } } } }`

interface Wrapped {
  readonly name?: string | null | undefined
  readonly ofType?: Wrapped | null | undefined
}
const wrapped: z.ZodType<Wrapped> = z.lazy(() =>
  z.object({ name: z.string().nullish(), ofType: wrapped.nullish() }).readonly(),
)
const types = z.object({
  __schema: z.object({
    queryType: z.object({ name: z.string() }),
    types: z.array(
      z.object({ name: z.string(), fields: z.array(z.object({ name: z.string(), type: wrapped })).nullish() }),
    ),
  }),
})
type Types = ReadonlyMap<string, readonly { readonly name: string; readonly type: Wrapped }[]>

/** Lists and types that are not null wrap the type that has a name. */
const nameOf = ({ name, ofType }: Wrapped): string => name ?? (ofType ? nameOf(ofType) : '')

/** The most paths that are listed, and the most fields in each: types that refer to each other would never end. */
const mostPaths = 10_000
const longestPath = 20

/** @param above the types on the way: a schema may lead back to one of them */
function* pathsBelow(all: Types, type: string, path: string, above: readonly string[] = []): Generator<string> {
  const fields = all.get(type) ?? []
  if (fields.length === 0 || above.length === longestPath || above.includes(type)) yield path
  else for (const one of fields) yield* pathsBelow(all, nameOf(one.type), `${path}.${one.name}`, [...above, type])
}

function firstOf(paths: Iterable<string>): string[] {
  const found: string[] = []
  for (const path of paths) if (found.push(path) === mostPaths) break
  return found
}

/**
 * The fields of the metrics over GraphQL that are neither compared nor excluded with a reason, and the fields of Query that the
 * contract does not have, sorted. None if the schema cannot be read, which has an item of its own.
 */
export async function undescribedMetrics(
  platform: Platform,
  token: string,
  { field, otherFields, type, answer, notCompared }: GraphQLMetrics,
): Promise<string[]> {
  const { success, data } = types.safeParse((await platform.graphql.query(question, token)).data)
  if (!success) return []
  const all = new Map(data.__schema.types.map(({ name, fields }) => [name, fields ?? []]))
  const known = [...fieldsOf(answer), ...Object.keys(notCompared)]
  const below = firstOf(pathsBelow(all, type, field)).filter(
    (path) => path !== field && !known.some((one) => path === one || path.startsWith(`${one}.`)),
  )
  // Names that begin with an underscore are those of the GraphQL library.
  const beside = (all.get(data.__schema.queryType.name) ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== field && !otherFields.includes(name) && !name.startsWith('_'))
  return [...below, ...beside].sort()
}
