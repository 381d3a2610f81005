/** The kinds of values that configuration keys have. */

import ms, { type StringValue } from 'ms'
import { z } from 'zod'
import { messageOf } from '../../basis/message'
import { LinePattern } from '../../formats/line-pattern'

export const name = z.string().min(1)
/** A name with an example for editors and for messages about mistakes. */
export const named = (example: string) => name.meta({ examples: [example] })
/** Text that is not empty, with an example for messages about mistakes. */
export const sentence = (example: string) =>
  z
    .string()
    .trim()
    .min(1)
    .meta({ examples: [example] })
/** The name or the address of a host. A URL, a port behind it or a wildcard would fail much later, as a name that DNS does not know. */
export const host = z
  .string()
  .regex(
    /^([^\s/:@*]+|[\da-f]*:[\da-f.]*:[\da-f:.]*)$/i,
    'expected a host name or an address such as "dora.example.org", without scheme, port, path and wildcard',
  )
export const port = z.number().int().min(1).max(65535)
/** The name of a table or a column. It is restricted because it becomes part of a SQL statement. */
export const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_$]*$/, 'expected the name of a table or a column, such as "cicd_deployments"')
export const labels = z.record(z.string(), z.string())

/** A duration such as "30s", "10m" or "1h", in milliseconds. */
export const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      // Without a unit, ms would read "30" as 30 milliseconds.
      const value = /^\d.*[a-z]$/i.test(text) ? ms(text as StringValue) : undefined
      if (value === undefined || !Number.isFinite(value) || value <= 0) {
        context.addIssue({
          code: 'custom',
          message: `expected a duration such as "30s", "10m" or "1h", found "${text}"`,
        })
        return z.NEVER
      }
      return value
    })

/** A regular expression of RE2, which has neither look-around nor back-references. */
export const regularExpression = z.string().transform((text, context) => {
  try {
    return new LinePattern(text)
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `expected a regular expression such as "timed out": ${messageOf(error)}`,
    })
    return z.NEVER
  }
})
