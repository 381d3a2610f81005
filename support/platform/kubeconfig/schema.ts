/** The structure of a kubeconfig file, as far as kubectl uses it to reach a cluster. Unknown fields are ignored, as by kubectl. */
import { z } from 'zod'
import { expectation } from '../../basis/complaint'

/** Go writes an absent list or text as null. */
const text = z
  .string()
  .nullish()
  .transform((value) => value || undefined)
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])
/** Kubernetes reads an older YAML, in which these words are true. */
const flag = z.preprocess(
  (value) => (typeof value === 'string' && /^(y|yes|on)$/i.test(value) ? true : value),
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
)

const extension = z.looseObject({ name: z.string(), extension: z.unknown() })

const cluster = z.looseObject({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': flag,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'proxy-url': text,
  'disable-compression': flag,
  extensions: z.array(extension).nullish(),
})

const plugin = z.looseObject({
  apiVersion: z.string().default(''),
  command: z.string().default(''),
  args: texts,
  env: z
    .array(z.looseObject({ name: z.string(), value: z.string().default('') }))
    .nullish()
    .transform((value) => value ?? []),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
})

const user = z.looseObject({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  as: text,
  'as-uid': text,
  'as-groups': texts,
  'as-user-extra': z
    .record(z.string(), texts)
    .nullish()
    .transform((value) => value ?? {}),
  username: text,
  password: text,
  'auth-provider': z.looseObject({ name: z.string(), config: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  exec: plugin.nullish(),
})

const context = z.looseObject({ cluster: text, user: text, namespace: text })

/** Parses the named entries of a list into a map. A name may appear only once in a file. */
const named = <T extends z.ZodType>(key: string, value: T) =>
  z
    .array(z.looseObject({ name: z.string().default('') }))
    .nullish()
    .transform((entries, context) => {
      const map = new Map<string, z.output<T>>()
      for (const entry of entries ?? []) {
        const parsed = value.safeParse(entry[key] ?? {}, { error: expectation })
        if (map.has(entry.name)) context.addIssue({ code: 'custom', message: `duplicate name "${entry.name}"` })
        if (parsed.success) map.set(entry.name, parsed.data)
        else
          for (const { path, message } of parsed.error.issues)
            context.addIssue({ code: 'custom', path: [entry.name, key, ...path], message })
      }
      return map
    })

export const kubeconfigFile = z.looseObject({
  apiVersion: z.enum(['v1', '']).nullish(),
  kind: z.enum(['Config', '']).nullish(),
  'current-context': text,
  clusters: named('cluster', cluster),
  users: named('user', user),
  contexts: named('context', context),
})

export type Cluster = z.output<typeof cluster>
export type User = z.output<typeof user>
export type Context = z.output<typeof context>
/** A credential plugin (exec) of a user. */
export type Plugin = z.output<typeof plugin>

/** The clusters and users that the environment gives in place of a kubeconfig. */
export const clusterOf = (fields: z.input<typeof cluster>): Cluster => cluster.parse(fields)
export const userOf = (fields: z.input<typeof user>): User => user.parse(fields)
