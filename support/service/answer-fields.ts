/**
 * The fields of answers: each is compared, or the contract says why it is not. A field that a service adds is neither, and is
 * listed with the comparison.
 */
import { z } from 'zod'
import type { NotCompared } from '../contracts/dora'

/** The paths of all values in an answer, such as "failures.reason". The entries of a list share their paths. */
export function fieldsIn(value: unknown, path = '', found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const entry of value) fieldsIn(entry, path, found)
  else if (typeof value === 'object' && value !== null)
    for (const [name, child] of Object.entries(value)) fieldsIn(child, path === '' ? name : `${path}.${name}`, found)
  else found.add(path)
  return found
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
}

const known = new WeakMap<z.ZodType, ReadonlySet<string>>()

/** The paths of the fields that a schema reads. */
export function fieldsOf(schema: z.ZodType): ReadonlySet<string> {
  const found = known.get(schema) ?? pathsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape)
  known.set(schema, found)
  return found
}

function pathsOf({ properties = {}, items, anyOf = [] }: Shape, path = ''): ReadonlySet<string> {
  const inside = [
    ...Object.entries(properties).map(([name, child]) => pathsOf(child, path === '' ? name : `${path}.${name}`)),
    ...(items ? [pathsOf(items, path)] : []),
    ...anyOf.map((one) => pathsOf(one, path)),
  ].flatMap((paths) => [...paths])
  return new Set(inside.length > 0 ? inside : [path])
}

/** The fields of an answer that are neither compared nor excluded with a reason, sorted. */
export function unknownFields(body: unknown, compared: ReadonlySet<string>, notCompared: NotCompared): string[] {
  const known = new Set([...compared, ...Object.keys(notCompared)].flatMap(withParents))
  return [...fieldsIn(body)].filter((field) => field !== '' && !known.has(field)).sort()
}

/** A path and those above it: a null or an empty list ends the path of an answer above the fields that it would have. */
function withParents(path: string): string[] {
  const names = path.split('.')
  return names.map((_, index) => names.slice(0, index + 1).join('.'))
}
