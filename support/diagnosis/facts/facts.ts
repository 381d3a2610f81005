/**
 * The facts about the platform that are collected if a check fails: Kubernetes' own objects, reduced to the fields that
 * analyzers read. Facts are plain JSON, so that they can be saved in reports/run.json and diagnosed again later.
 */
import { z } from 'zod'
import { valueSources } from '../../basis/store-references'
import { conditions, labels, metadata, ownerReference } from './metadata'
import { names } from './names'
import { networkPolicy } from './network-policy'

const node = z.object({ metadata, status: z.object({ conditions }).prefault({}) })

const terminated = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  exitCode: z.number().default(0),
})
const container = z.object({
  name: z.string(),
  image: z.string().default(''),
  ready: z.boolean().default(false),
  /** False until the startup probe has succeeded. */
  started: z.boolean().nullish(),
  restartCount: z.number().default(0),
  state: z
    .object({
      waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
      running: z.object({ startedAt: z.string().nullish() }).optional(),
      terminated: terminated.optional(),
    })
    .prefault({}),
  lastState: z.object({ terminated: terminated.optional() }).prefault({}),
})
export type ContainerFacts = z.infer<typeof container>

const pod = z.object({
  metadata: metadata.extend({
    ownerReferences: z.array(ownerReference).default([]),
    /** The end of the time that the pod has for its end. */
    deletionTimestamp: z.string().nullish(),
    finalizers: z.array(z.string()).default([]),
  }),
  spec: z
    .object({
      nodeName: z.string().default(''),
      containers: z
        .array(
          z.object({
            name: z.string(),
            image: z.string().default(''),
            resources: z.object({ limits: z.record(z.string(), z.string()).default({}) }).prefault({}),
            ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).default([]),
          }),
        )
        .default([]),
      initContainers: z.array(z.object({ name: z.string(), restartPolicy: z.string().optional() })).default([]),
      volumes: z.array(z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).optional() })).default([]),
    })
    .prefault({}),
  status: z
    .object({
      phase: z.string().default('Unknown'),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions,
      initContainerStatuses: z.array(container).default([]),
      containerStatuses: z.array(container).default([]),
    })
    .prefault({}),
})
export type PodFacts = z.infer<typeof pod>

const workload = z.object({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
  metadata,
  spec: z.object({
    replicas: z.number().default(1),
    /** True if the controller of a Deployment ignores changes of it. */
    paused: z.boolean().optional(),
    selector: z.object({ matchLabels: labels }).prefault({}),
    template: z.object({ metadata: z.object({ labels }).prefault({}) }).prefault({}),
    minReadySeconds: z.number().default(0),
    /** Of a StatefulSet: Parallel, or OrderedReady by default. */
    podManagementPolicy: z.string().optional(),
  }),
  status: z
    .object({
      conditions,
      /** Of a StatefulSet: the revision of its template. */
      updateRevision: z.string().optional(),
      replicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      /** The pods that a DaemonSet should have. */
      desiredNumberScheduled: z.number().default(0),
      /** The ready pods of a DaemonSet, and those that are available. */
      numberReady: z.number().default(0),
      numberAvailable: z.number().default(0),
    })
    .prefault({}),
})
export type WorkloadFacts = z.infer<typeof workload>

const claim = z.object({
  metadata,
  spec: z.object({ storageClassName: z.string().optional() }).prefault({}),
  status: z.object({ phase: z.string().default('unknown') }).prefault({}),
})
export type ClaimFacts = z.infer<typeof claim>

const storageClass = z.object({
  metadata: metadata.extend({ annotations: labels }),
  volumeBindingMode: z.string().default('Immediate'),
})

/** The addresses that a controller or a cloud gave an object. */
const status = z.object({ loadBalancer: z.object({ ingress: z.array(z.object({})).nullish() }).optional() }).optional()
const service = z.object({
  metadata,
  spec: z.object({ type: z.string().optional(), selector: labels }).prefault({}),
  status,
})
const ingress = z.object({ metadata, status })
export type ServiceFacts = z.infer<typeof service>

const flag = z.boolean().nullish()
const endpointSlice = z.object({
  metadata,
  ports: z
    .array(z.object({ port: z.number().nullish() }))
    .nullish()
    .transform((given) => given ?? []),
  endpoints: z
    .array(
      z.object({
        conditions: z.object({ ready: flag, serving: flag, terminating: flag }).prefault({}),
      }),
    )
    .nullish()
    .transform((given) => given ?? []),
})

/** An object of which only its existence and its identity count. */
const named = z.object({ metadata })

const externalSecret = z.object({
  metadata,
  spec: z
    .object({
      ...valueSources,
      refreshPolicy: z.string().default('Periodic'),
      refreshInterval: z.string().default('1h'),
      target: z.object({ name: z.string().optional(), immutable: z.boolean().default(false) }).prefault({}),
    })
    .prefault({}),
  status: z.object({ conditions }).prefault({}),
})
export type ExternalSecretFacts = z.infer<typeof externalSecret>

const secretStore = z.object({ kind: z.string(), metadata, status: z.object({ conditions }).prefault({}) })

const application = z.object({
  metadata: metadata.extend({ finalizers: z.array(z.string()).default([]) }),
  spec: z
    .object({
      source: z.object({ repoURL: z.string().default('') }).optional(),
      syncPolicy: z
        .object({
          automated: z.object({ enabled: z.boolean().default(true), selfHeal: z.boolean().default(false) }).nullish(),
        })
        .nullish(),
    })
    .optional(),
  status: z
    .object({
      health: z.object({ status: z.string().default('') }).optional(),
      operationState: z.object({ phase: z.string().default('') }).optional(),
      /** An Application's conditions have no status: each of them holds. */
      conditions: z.array(z.object({ type: z.string(), message: z.string().default('') })).optional(),
      resources: z
        .array(
          z.object({
            kind: z.string(),
            name: z.string(),
            namespace: z.string().default(''),
            health: z.object({ status: z.string().default('') }).prefault({}),
          }),
        )
        .default([]),
    })
    .prefault({}),
})

const event = z.object({
  involvedObject: z.object({
    kind: z.string().default(''),
    namespace: z.string().default(''),
    name: z.string(),
    uid: z.string().default(''),
  }),
  /** The time at which the API server recorded its last occurrence, in RFC 3339. Its other times are of the reporter's clock. */
  recordedAt: z.string().optional(),
  type: z.string().default('Normal'),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  series: z.object({ count: z.number().optional(), lastObservedTime: z.string().nullish() }).nullish(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
})

const log = z.object({
  pod: z.string(),
  namespace: z.string(),
  container: z.string(),
  /** True if the log is that of the container before the current one. */
  previous: z.boolean(),
  lines: z.array(z.string()),
})

const target = z.object({
  scrapePool: z.string(),
  scrapeUrl: z.string(),
  health: z.string(),
  lastError: z.string(),
})
export type TargetFacts = z.infer<typeof target>

export const factSchemas = {
  serviceMonitor: named,
  node,
  pod,
  workload,
  claim,
  storageClass,
  service,
  endpointSlice,
  networkPolicy,
  ingress,
  externalSecret,
  secretStore,
  /** Never with its content. */
  secret: named,
  application,
  namespace: named,
  event,
  log,
  target,
}

export const factsSchema = z.object({
  collectedAt: z.string(),
  durationMs: z.number(),
  names,
  nodes: z.array(node),
  pods: z.array(pod),
  workloads: z.array(workload),
  claims: z.array(claim),
  storageClasses: z.array(storageClass),
  services: z.array(service),
  endpointSlices: z.array(endpointSlice),
  ingresses: z.array(ingress),
  externalSecrets: z.array(externalSecret),
  secretStores: z.array(secretStore),
  secrets: z.array(named),
  applications: z.array(application),
  /** The requested namespaces that exist. */
  namespaces: z.array(z.string()),
  /** The requested namespaces that do not exist. */
  absentNamespaces: z.array(z.string()).optional(),
  /** The requested namespaces that are being deleted, with the time of the request. */
  deletedNamespaces: z.record(z.string(), z.string()).optional(),
  /** The labels of the namespaces that could be read. */
  namespaceLabels: z.record(z.string(), labels).optional(),
  serviceMonitors: z.array(named).optional(),
  networkPolicies: z.array(networkPolicy).optional(),
  events: z.array(event),
  logs: z.array(log),
  targets: z.array(target),
  /** The facts that could not be collected, with reasons. */
  uncollected: z.array(z.object({ what: z.string(), why: z.string() })),
})
export type Facts = z.infer<typeof factsSchema>
