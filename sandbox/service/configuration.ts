/** Configuration from environment variables, parsed once at startup. Nothing else reads process.env. */
import { z } from 'zod'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** A period such as "100ms", "1s" or "5m", in milliseconds. */
const period = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  const milliseconds = Number(amount) * units[(unit ?? 's') as keyof typeof units]
  if (Number.isSafeInteger(milliseconds) && milliseconds > 0) return milliseconds
  context.addIssue({ code: 'custom', message: `expected a period such as "1s", "60s" or "5m", found "${text}"` })
  return z.NEVER
})

const token = z.string().min(1)
const limit = z.coerce.number().int().positive()

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^mysql$/, error: 'expected mysql://user:password@host:port/database' }),
  API_TOKEN: token,
  API_TOKEN_EXPIRED: token.optional(),
  API_TOKEN_READONLY: token.optional(),
  WEBHOOK_SECRET: token.optional(),
  CLUSTER_DNS: z.url().optional(),
  LOG_FORMAT: z.enum(['plain', 'cri']).default('plain'),
  COLLECTION_PERIOD: period.prefault('1s'),
  DEFINITIONS_FILE: z.string().min(1).optional(),
  SEED: z.coerce.number().int().default(1),
  RATE_LIMIT_TOKEN: limit.default(5000),
  RATE_LIMIT_ANONYMOUS: limit.default(60),
})

export interface Configuration {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly tokens: {
    readonly valid: string
    readonly expired: string | undefined
    readonly readOnly: string | undefined
  }
  readonly webhookSecret: string | undefined
  /** URL of the resolver for names in the cluster; without it, addresses are used unchanged. */
  readonly clusterDns: string | undefined
  readonly logFormat: 'plain' | 'cri'
  /** Time from the start of one collection to the next, in milliseconds. */
  readonly collectionPeriod: number
  /** Path of a JSON file that lists the rules to get wrong on purpose. */
  readonly definitionsFile: string | undefined
  /** Seed of the generated history, which also depends on the time of the first start. */
  readonly seed: number
  /** Requests per hour, with a token and without one. */
  readonly rateLimits: { readonly token: number; readonly anonymous: number }
}

/**
 * Reads the configuration from the environment.
 * @throws Error that names each invalid variable, without its value
 */
export function readConfiguration(variables: NodeJS.ProcessEnv): Configuration {
  const result = environment.safeParse(variables)
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`The service cannot start: ${problems.join('; ')}`)
  }
  const value = result.data
  return {
    host: value.HOST,
    port: value.PORT,
    databaseUrl: value.DATABASE_URL,
    tokens: { valid: value.API_TOKEN, expired: value.API_TOKEN_EXPIRED, readOnly: value.API_TOKEN_READONLY },
    webhookSecret: value.WEBHOOK_SECRET,
    clusterDns: value.CLUSTER_DNS,
    logFormat: value.LOG_FORMAT,
    collectionPeriod: value.COLLECTION_PERIOD,
    definitionsFile: value.DEFINITIONS_FILE,
    seed: value.SEED,
    rateLimits: { token: value.RATE_LIMIT_TOKEN, anonymous: value.RATE_LIMIT_ANONYMOUS },
  }
}
