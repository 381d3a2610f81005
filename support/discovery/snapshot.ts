/** The objects of a cluster from which a configuration is proposed: of each kind only the fields that decide something. */
import { z } from 'zod'
import { Blocked, Unmet } from '../basis/expectation'
import { labelSelector } from '../basis/label-selector'
import { helmRelease, kustomization } from '../platform/flux-resources'
import type { KubernetesApi } from '../platform/kubernetes-api'
import { discoveries } from '../platform/operations'

const name = z.string().min(1)
const port = z.number().int().min(1).max(65535)
const labels = z.record(z.string(), z.string()).default({})
const metadata = z.object({ name, namespace: z.string().default(''), labels })
const selector = labelSelector.prefault({})

const reference = z.object({ name: z.string().default(''), key: z.string() })
/** Settings of Grafana that say how people log in. The values of all other variables stay out. */
const loginSettings = ['GF_AUTH_BASIC_ENABLED', 'GF_AUTH_DISABLE_LOGIN_FORM']
const variable = z
  .object({
    name: z.string().default(''),
    value: z.string().optional(),
    valueFrom: z.object({ secretKeyRef: reference.optional() }).nullish(),
  })
  .transform(({ name, value, valueFrom }) => ({
    valueFrom,
    ...(value !== undefined && loginSettings.includes(name) ? { setting: `${name}=${value}` } : {}),
  }))
const listOf = <T extends z.ZodType>(one: T) =>
  z
    .array(one)
    .nullish()
    .transform((given) => given ?? [])
const container = z.object({
  image: z.string().default(''),
  env: listOf(variable),
  envFrom: listOf(z.object({ secretRef: z.object({ name }).nullish() })),
})

const kinds = {
  pods: z.object({
    metadata,
    spec: z.object({
      containers: z.array(container).default([]),
      initContainers: listOf(container),
      volumes: z.array(z.object({ persistentVolumeClaim: z.object({ claimName: name }).nullish() })).default([]),
    }),
  }),
  services: z.object({
    metadata,
    spec: z
      .object({
        type: z.string().default('ClusterIP'),
        clusterIP: z.string().optional(),
        externalName: z.string().optional(),
        selector: labels,
        ports: z.array(z.object({ name: z.string().optional(), port })).default([]),
      })
      .prefault({}),
    status: z
      .object({
        loadBalancer: z
          .object({ ingress: z.array(z.object({ ip: name.optional(), hostname: name.optional() })).default([]) })
          .prefault({}),
      })
      .prefault({}),
  }),
  ingresses: z.object({
    metadata,
    spec: z
      .object({
        rules: z
          .array(
            z.object({
              host: z.string().optional(),
              http: z
                .object({
                  paths: z
                    .array(
                      z.object({
                        path: z.string().default('/'),
                        pathType: z.string().default('Prefix'),
                        backend: z.object({ service: z.object({ name }).optional() }),
                      }),
                    )
                    .default([]),
                })
                .optional(),
            }),
          )
          .default([]),
      })
      .prefault({}),
  }),
  applications: z.object({
    metadata,
    spec: z.object({ destination: z.object({ namespace: z.string().optional() }).default({}) }).prefault({}),
    status: z
      .object({
        /** The objects that ArgoCD manages for the Application. */
        resources: z
          .array(
            z.object({
              kind: z.string(),
              name: z.string(),
              namespace: z.string().optional(),
              requiresPruning: z.boolean().default(false),
            }),
          )
          .default([]),
      })
      .prefault({}),
  }),
  httpRoutes: z.object({
    metadata,
    spec: z
      .object({
        hostnames: z.array(z.string()).default([]),
        rules: z
          .array(
            z.object({
              matches: z
                .array(
                  z.object({
                    path: z
                      .object({ type: z.string().default('PathPrefix'), value: z.string().default('/') })
                      .prefault({}),
                  }),
                )
                .default([]),
              backendRefs: z.array(z.object({ name: z.string(), namespace: z.string().optional() })).default([]),
            }),
          )
          .default([]),
      })
      .prefault({}),
  }),
  kustomizations: kustomization,
  helmReleases: helmRelease,
  externalSecrets: z.object({
    metadata,
    spec: z
      .object({
        target: z
          .object({
            name: z.string().optional(),
            /** The keys that the template writes, in place of those of the data or beside them. */
            template: z
              .object({
                data: z
                  .record(z.string(), z.unknown())
                  .transform((data) => Object.keys(data))
                  .optional(),
                mergePolicy: z.string().default('Replace'),
              })
              .optional(),
          })
          .prefault({}),
        data: z.array(z.object({ secretKey: z.string() })).default([]),
        /** Writes keys that the object does not name. */
        dataFrom: z.array(z.looseObject({}).transform(() => ({}))).default([]),
      })
      .prefault({}),
  }),
  serviceMonitors: z.object({
    metadata,
    spec: z
      .object({
        selector,
        namespaceSelector: z
          .object({ any: z.boolean().default(false), matchNames: z.array(z.string()).default([]) })
          .prefault({}),
      })
      .prefault({}),
  }),
  prometheuses: z.object({
    metadata,
    spec: z
      .object({
        serviceMonitorSelector: labelSelector.nullish(),
        serviceMonitorNamespaceSelector: labelSelector.nullish(),
      })
      .prefault({}),
  }),
  certificates: z.object({ metadata }),
} as const satisfies Record<keyof typeof discoveries, z.ZodType>

export type Kind = keyof typeof kinds
export type Found<K extends Kind> = z.infer<(typeof kinds)[K]>

/** The objects by kind, and the kinds of which an object is unknown. */
export type Snapshot = { readonly [K in Kind]: readonly Found<K>[] } & {
  /** Kinds that could not be read, each with the reason: their absence is not known. */
  readonly unread: ReadonlyMap<Kind, string>
}

const kindNames = Object.keys(kinds) as Kind[]

/** Builds a snapshot from listed objects. An object of another structure makes its kind one that is not fully known. */
export function snapshotOf(
  listed: Partial<Readonly<Record<Kind, readonly unknown[]>>>,
  refused: ReadonlyMap<Kind, string> = new Map(),
): Snapshot {
  const unread = new Map(refused)
  const parsed = <K extends Kind>(kind: K): Found<K>[] =>
    (listed[kind] ?? []).flatMap((object) => {
      const result = kinds[kind].safeParse(object)
      if (result.success) return [result.data as Found<K>]
      unread.set(kind, 'an object has another structure than its kind')
      return []
    })
  return {
    pods: parsed('pods'),
    services: parsed('services'),
    ingresses: parsed('ingresses'),
    applications: parsed('applications'),
    httpRoutes: parsed('httpRoutes'),
    kustomizations: parsed('kustomizations'),
    helmReleases: parsed('helmReleases'),
    externalSecrets: parsed('externalSecrets'),
    serviceMonitors: parsed('serviceMonitors'),
    prometheuses: parsed('prometheuses'),
    certificates: parsed('certificates'),
    unread,
  }
}

/**
 * Lists the objects across the cluster. A kind that the caller may not list so is listed in the given namespaces.
 * @throws Blocked if the cluster does not answer at all
 */
export async function readSnapshot(api: KubernetesApi, namespaces: readonly string[]): Promise<Snapshot> {
  await api.version()
  const refused = new Map<Kind, string>()
  const lists = await Promise.all(
    kindNames.map(async (kind) => {
      try {
        return [kind, await api.list(discoveries[kind], {})] as const
      } catch (error) {
        if (!(error instanceof Blocked || error instanceof Unmet)) throw error
        refused.set(kind, error.finding.summary)
        return [kind, await listIn(api, kind, namespaces)] as const
      }
    }),
  )
  return snapshotOf(Object.fromEntries(lists), refused)
}

async function listIn(api: KubernetesApi, kind: Kind, namespaces: readonly string[]): Promise<unknown[]> {
  const lists = namespaces.map(async (namespace) => {
    try {
      return await api.list(discoveries[kind], { namespace })
    } catch (error) {
      if (error instanceof Blocked || error instanceof Unmet) return []
      throw error
    }
  })
  return (await Promise.all(lists)).flat()
}
