/** What `up` may be told of the platform to start. */
import { z } from 'zod'

const schema = z.strictObject({
  /** Deploy a Jenkins beside the service. */
  jenkins: z.boolean().default(false),
  /** Do not allow the suite to write. */
  readOnly: z.boolean().default(false),
  /** The service's history is a function of it. */
  seed: z.coerce.number({ error: 'expected a whole number, such as --seed 7' }).int().default(1),
  /** Time from one collection of the service to the next. */
  collectionPeriod: z
    .string()
    .regex(/^\d+(ms|s|m|h)$/, 'expected a period, such as --collection-period 60s')
    .default('1s'),
})
export type Options = z.infer<typeof schema>

/** @throws Error that names the option and what was expected */
export function readOptions(given: unknown): Options {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw new Error(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
}
