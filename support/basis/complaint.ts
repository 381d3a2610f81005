/** Turns the issues of a zod schema into sentences that name the place in the file and the values that it allows. */
import { z } from 'zod'
import { nearest } from './nearest'

/** One line for each problem, each only once. */
export function complaintsAbout(schema: z.ZodType, { issues }: z.ZodError): string[] {
  return [...new Set(issues.flatMap((issue) => complaints(schema, issue)))]
}

function complaints(schema: z.ZodType, issue: z.core.$ZodIssue): string[] {
  if (issue.code !== 'unrecognized_keys') return [`${placeOf(issue.path) || 'the file'}: ${issue.message}`]
  const allowed = keysAt(schema, issue.path)
  const known = allowed.length > 0 ? ` Allowed: ${allowed.join(', ')}.` : ''
  return issue.keys.map((key) => {
    const meant = nearest(key, allowed)
    const advice = meant === undefined ? '' : ` Did you mean ${meant}?`
    return `${placeOf([...issue.path, key])}: there is no such key.${advice}${known}`
  })
}

const placeOf = (path: readonly PropertyKey[]) => path.map(String).join('.')

/** The keys that a schema allows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  for (const step of path) {
    const node = at as { properties?: Record<string, unknown>; items?: unknown }
    at = typeof step === 'number' ? node.items : node.properties?.[String(step)]
  }
  return Object.keys((at as { properties?: Record<string, unknown> } | undefined)?.properties ?? {})
}
