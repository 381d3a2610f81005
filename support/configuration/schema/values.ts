/** The kinds of values that a key of the configuration can have. */
import ms, { type StringValue } from 'ms'
import { z } from 'zod'

export const name = z.string().min(1)
export const port = z.number().int().min(1).max(65535)
/** The name of a table or a column: it becomes part of a statement. */
export const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]*$/, 'expected the name of a table or a column')
export const labels = z.record(z.string(), z.string())

/** A duration such as "30s", "10m" or "1h", in milliseconds. */
export const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      // Without a unit, ms would take "30" for 30 milliseconds.
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

export const regularExpression = z.string().transform((text, context) => {
  try {
    return new RegExp(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: `expected a regular expression: ${(error as Error).message}` })
    return z.NEVER
  }
})
