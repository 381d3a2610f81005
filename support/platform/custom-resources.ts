/**
 * Schemas for the fields of custom resources that the suite reads. Objects are parsed because the client library has no types
 * for them.
 */
import { z } from 'zod'

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
})
export type Condition = z.infer<typeof condition>

const metadata = z.looseObject({ name: z.string(), namespace: z.string().optional() })
const conditions = z.array(condition).default([])

/** external-secrets.io ExternalSecret. */
export const externalSecret = z.looseObject({
  metadata,
  spec: z.looseObject({
    refreshInterval: z.string().default('1h'),
    secretStoreRef: z.looseObject({ name: z.string(), kind: z.string().default('SecretStore') }).optional(),
    target: z.looseObject({ name: z.string().optional() }).default({}),
    data: z
      .array(
        z.looseObject({
          secretKey: z.string(),
          remoteRef: z.looseObject({ key: z.string(), property: z.string().optional() }),
        }),
      )
      .default([]),
    dataFrom: z.array(z.looseObject({})).default([]),
  }),
  status: z.looseObject({ refreshTime: z.string().nullish(), conditions }).default({ conditions: [] }),
})
export type ExternalSecret = z.infer<typeof externalSecret>

/** external-secrets.io SecretStore and ClusterSecretStore. */
export const secretStore = z.looseObject({
  metadata,
  spec: z.looseObject({ provider: z.record(z.string(), z.unknown()) }),
  status: z.looseObject({ conditions }).default({ conditions: [] }),
})
export type SecretStore = z.infer<typeof secretStore>

/** cert-manager.io Certificate. */
export const certificate = z.looseObject({
  metadata,
  status: z.looseObject({ notAfter: z.string().optional(), conditions }).default({ conditions: [] }),
})
export type Certificate = z.infer<typeof certificate>

const labelSelector = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.looseObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
})
export type LabelSelector = z.infer<typeof labelSelector>

/** monitoring.coreos.com ServiceMonitor. */
export const serviceMonitor = z.looseObject({
  metadata: metadata.extend({ labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({
    selector: labelSelector.prefault({}),
    namespaceSelector: z
      .looseObject({ any: z.boolean().default(false), matchNames: z.array(z.string()).default([]) })
      .prefault({}),
    endpoints: z
      .array(
        z.looseObject({
          port: z.string().optional(),
          targetPort: z.union([z.string(), z.number()]).optional(),
          path: z.string().default('/metrics'),
        }),
      )
      .default([]),
  }),
})
export type ServiceMonitor = z.infer<typeof serviceMonitor>

/** Where a Prometheus or Alertmanager is served (https://prometheus-operator.dev/docs/api-reference/api). */
const served = {
  /** Below this path the server answers; the path of externalUrl when absent. */
  routePrefix: z.string().nullish(),
  /** The URL by which others reach the server. */
  externalUrl: z.string().nullish(),
  web: z.looseObject({ tlsConfig: z.looseObject({}).nullish() }).nullish(),
}

/** monitoring.coreos.com Alertmanager. */
export const alertmanager = z.looseObject({ metadata, spec: z.looseObject(served).prefault({}) })
export type AlertmanagerObject = z.infer<typeof alertmanager>

/** monitoring.coreos.com Prometheus. An absent selector selects nothing; an empty selector selects everything. */
export const prometheus = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      ...served,
      serviceMonitorSelector: labelSelector.nullish(),
      serviceMonitorNamespaceSelector: labelSelector.nullish(),
    })
    .prefault({}),
  status: z.looseObject({ conditions }).default({ conditions: [] }),
})
export type PrometheusObject = z.infer<typeof prometheus>

const applicationSource = z.looseObject({
  repoURL: z.string(),
  path: z.string().optional(),
  chart: z.string().optional(),
})

/** argoproj.io Application. */
export const application = z.looseObject({
  metadata,
  spec: z.looseObject({
    source: applicationSource.optional(),
    sources: z.array(applicationSource).default([]),
    destination: z.looseObject({ namespace: z.string().optional() }),
  }),
  status: z
    .looseObject({
      health: z.looseObject({ status: z.string().optional(), message: z.string().optional() }).default({}),
      sync: z.looseObject({ status: z.string().optional(), revision: z.string().optional() }).default({}),
      operationState: z
        .looseObject({
          phase: z.string(),
          message: z.string().optional(),
          startedAt: z.string().optional(),
          finishedAt: z.string().optional(),
          syncResult: z.looseObject({ revision: z.string().optional() }).nullish(),
        })
        .optional(),
      resources: z
        .array(
          z.looseObject({
            kind: z.string(),
            name: z.string(),
            status: z.string().optional(),
            health: z.looseObject({ status: z.string().optional() }).optional(),
          }),
        )
        .default([]),
      conditions: z.array(z.looseObject({ type: z.string(), message: z.string().optional() })).default([]),
    })
    .default({ health: {}, sync: {}, resources: [], conditions: [] }),
})
export type Application = z.infer<typeof application>
