/** Settings of which only some fields are kept: the others may hold secrets, and are compared by a digest of the whole. */
import { createHash } from 'node:crypto'
import { z } from 'zod'

/** A schema for the given fields of an object, to which it adds a digest of all of its fields. */
export const digested = <T extends z.ZodRawShape>(fields: T) =>
  z.preprocess(
    (given) => (typeof given === 'object' && given !== null ? { ...given, digest: digestOf(given) } : given),
    z.object({ ...fields, digest: z.string() }),
  )

/** Returns the same digest for settings that differ only in fields without content: a controller leaves them out of its copy. */
const digestOf = (settings: object): string =>
  createHash('sha256')
    .update(JSON.stringify(withContent(settings)) ?? '')
    .digest('hex')

function withContent(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? value.map(withContent) : undefined
  if (typeof value !== 'object' || value === null) return value || undefined
  const fields = Object.entries(value)
    .map(([key, one]) => [key, withContent(one)] as const)
    .filter(([, one]) => one !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return fields.length > 0 ? Object.fromEntries(fields) : undefined
}
