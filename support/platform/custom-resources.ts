/**
 * Schemas for the fields of custom resources that the suite reads. Objects are parsed because the client library has no types
 * for them. They drop every other field, like the schemas in core-resources.ts.
 */
import { z } from 'zod'
import { labelSelector } from '../basis/label-selector'
import { sourcedEntry, valueSources } from '../basis/store-references'
import { destination, listOf, sourceHydrator, sources, texts } from './application-fields'
import { externalSecretTemplate } from './external-secret-template'
import { conditionFields, lifecycleFields } from './lifecycle-fields'

const condition = z.object(conditionFields)
export type Condition = z.infer<typeof condition>

const metadata = z.object({ name: z.string(), namespace: z.string().optional(), ...lifecycleFields })
const conditions = z.array(condition).default([])
const text = z.string().default('')

/** external-secrets.io ExternalSecret. */
export const externalSecret = z.object({
  metadata,
  spec: z.object({
    refreshPolicy: z.string().default('Periodic'),
    refreshInterval: z.string().default('1h'),
    ...valueSources,
    target: z
      .object({
        name: z.string().optional(),
        creationPolicy: z.string().default('Owner'),
        template: externalSecretTemplate.nullish(),
        /** True if the operator writes the values once, whatever it reads later. */
        immutable: z.boolean().default(false),
        /** The kind that is written in place of a Secret. */
        manifest: z.object({ kind: z.string() }).nullish(),
      })
      .prefault({}),
    data: z
      .array(
        sourcedEntry.extend({
          secretKey: z.string(),
          remoteRef: z.object({ key: z.string(), property: z.string().optional() }),
        }),
      )
      .default([]),
  }),
  status: z
    .object({ refreshTime: z.string().nullish(), syncedResourceVersion: z.string().optional(), conditions })
    .default({ conditions: [] }),
})
export type ExternalSecret = z.infer<typeof externalSecret>

/** The names of the providers. Their settings may hold values, such as those of the provider "fake". */
const providers = z
  .record(z.string(), z.unknown())
  .transform((given) => Object.fromEntries(Object.keys(given).map((name) => [name, {}])))

/** external-secrets.io SecretStore and ClusterSecretStore. */
export const secretStore = z.object({
  metadata,
  spec: z.object({
    provider: providers,
    /** The class of the controller that handles the store; every controller handles one without. */
    controller: z.string().default(''),
    /** On a ClusterSecretStore: the namespaces that may use it, all of them where it is empty. */
    conditions: z
      .array(
        z.object({
          namespaceSelector: labelSelector.optional(),
          namespaces: z.array(z.string()).default([]),
          namespaceRegexes: z.array(z.string()).default([]),
        }),
      )
      .default([]),
  }),
  status: z.object({ conditions }).default({ conditions: [] }),
})
export type SecretStore = z.infer<typeof secretStore>

/** generators.external-secrets.io ClusterGenerator, without the settings of the generator. */
export const clusterGenerator = z.object({ metadata, spec: z.object({ kind: z.string().default('') }).prefault({}) })

/** cert-manager.io Certificate. */
export const certificate = z.object({
  metadata,
  spec: z
    .object({
      secretName: z.string().default(''),
      commonName: z.string().optional(),
      dnsNames: z.array(z.string()).default([]),
      ipAddresses: z.array(z.string()).default([]),
      /** Issuers of other groups belong to other controllers. */
      issuerRef: z
        .object({
          name: z.string().default(''),
          // An empty text is the default too.
          kind: text.transform((kind) => kind || 'Issuer'),
          group: text.transform((group) => group || 'cert-manager.io'),
        })
        .prefault({}),
    })
    .prefault({}),
  status: z
    .object({
      notBefore: z.string().nullish(),
      notAfter: z.string().nullish(),
      renewalTime: z.string().nullish(),
      conditions,
    })
    .default({ conditions: [] }),
})
export type Certificate = z.infer<typeof certificate>

/** cert-manager.io Issuer and ClusterIssuer. */
export const issuer = z.object({ metadata, status: z.object({ conditions }).default({ conditions: [] }) })
export interface Issuer extends z.infer<typeof issuer> {
  readonly kind: 'Issuer' | 'ClusterIssuer'
}

/** monitoring.coreos.com ServiceMonitor. */
export const serviceMonitor = z.object({
  metadata: metadata.extend({ labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    selector: labelSelector.prefault({}),
    namespaceSelector: z
      .object({ any: z.boolean().default(false), matchNames: z.array(z.string()).default([]) })
      .prefault({}),
    endpoints: z
      .array(
        z.object({
          port: z.string().optional(),
          targetPort: z.union([z.string(), z.number()]).optional(),
          path: z.string().default('/metrics'),
        }),
      )
      .default([]),
  }),
})
export type ServiceMonitor = z.infer<typeof serviceMonitor>

/** The address at which a Prometheus or Alertmanager is served (https://prometheus-operator.dev/docs/api-reference/api). */
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
export const prometheus = z.object({
  metadata,
  spec: z
    .object({
      ...served,
      paused: z.boolean().default(false),
      replicas: z.number().nullish(),
      /** The servers among which the targets are divided. */
      shards: z.number().nullish(),
      /** True if each ServiceMonitor selects in its own namespace, whatever it says. */
      ignoreNamespaceSelectors: z.boolean().default(false),
      serviceMonitorSelector: labelSelector.nullish(),
      serviceMonitorNamespaceSelector: labelSelector.nullish(),
    })
    .prefault({}),
  status: z.object({ conditions }).default({ conditions: [] }),
})
export type PrometheusObject = z.infer<typeof prometheus>

/** argoproj.io Application. */
export const application = z.object({
  metadata,
  spec: z.object({
    project: z.string().optional(),
    ...sources,
    /** The repository from which ArgoCD renders the manifests that it commits and syncs. */
    sourceHydrator: sourceHydrator.nullish(),
    destination,
    /** Fields of live objects that count for no comparison. */
    ignoreDifferences: listOf(
      z.object({
        ...{ group: text, kind: text, name: text, namespace: text },
        ...{ jsonPointers: texts, jqPathExpressions: texts, managedFieldsManagers: texts },
      }),
    ),
    /** Present if ArgoCD syncs by itself, unless it is turned off. */
    syncPolicy: z
      .object({
        automated: z
          .object({
            enabled: z.boolean().default(true),
            /** True if it deletes what is no longer delivered. */
            prune: z.boolean().default(false),
            /** True if it corrects changes in the cluster, and not only deploys new revisions. */
            selfHeal: z.boolean().default(false),
          })
          .nullish(),
      })
      .nullish(),
  }),
  /** The requested operation, which ArgoCD removes once it has started it. */
  operation: z.object({}).nullish(),
  status: z
    .object({
      reconciledAt: z.string().nullish(),
      /** The namespace of ArgoCD, since ArgoCD 3. */
      controllerNamespace: z.string().optional(),
      health: z.object({ status: z.string().optional(), message: z.string().optional() }).default({}),
      sync: z
        .object({
          status: z.string().optional(),
          revision: z.string().optional(),
          /** Of an Application with several sources. */
          revisions: texts,
          /** The part of the specification that the status is about. */
          comparedTo: z.object({ ...sources, destination: destination.optional() }).optional(),
        })
        .default({}),
      /** The last attempt to render and commit the manifests; Hydrating, Failed or Hydrated. */
      sourceHydrator: z
        .object({
          currentOperation: z.object({ phase: text, message: text, startedAt: text, sourceHydrator }).nullish(),
        })
        .nullish(),
      /** The successful syncs, the latest last. */
      history: listOf(
        z
          .object({
            revision: z.string().optional(),
            /** Of an Application with several sources. */
            revisions: z.array(z.string()).optional(),
            deployedAt: text,
          })
          .transform(({ revision, revisions = [], deployedAt }) => ({
            revision: revision || revisions.join(' '),
            deployedAt,
          })),
      ),
      operationState: z
        .object({
          phase: z.string(),
          message: z.string().optional(),
          /** How often ArgoCD has tried a running operation again that failed. */
          retryCount: z.number().optional(),
          startedAt: z.string().optional(),
          finishedAt: z.string().nullish(),
          operation: z
            .object({ initiatedBy: z.object({ automated: z.boolean().default(false) }).prefault({}) })
            .prefault({}),
          syncResult: z
            .object({
              revision: z.string().optional(),
              revisions: texts,
              /** The tasks of the operation: what was applied, and the hooks that ran. */
              resources: listOf(
                z.object({
                  kind: z.string(),
                  name: z.string(),
                  namespace: text,
                  status: text,
                  hookPhase: text,
                  message: text,
                }),
              ),
            })
            .nullish(),
        })
        .nullish(),
      resources: listOf(
        z.object({
          group: text,
          kind: z.string(),
          name: z.string(),
          namespace: z.string().optional(),
          status: z.string().optional(),
          /** True for what is still there and no longer delivered. */
          requiresPruning: z.boolean().default(false),
          health: z.object({ status: z.string().optional() }).optional(),
        }),
      ),
      conditions: listOf(z.object({ type: z.string(), message: z.string().optional() })),
    })
    .prefault({}),
})
export type Application = z.infer<typeof application>
export type ApplicationSource = Application['spec']['sources'][number]
