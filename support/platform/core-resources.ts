/**
 * Schemas for the fields of Kubernetes' built-in resources that the suite reads. Objects are parsed, not cast, because the
 * types of the client library promise dates and fields that the JSON of the API does not contain.
 *
 * The schemas are an allow-list: they drop every other field, so that no finding and no evidence can show environment values,
 * arguments, annotations with applied configuration, or managed fields.
 */
import { z } from 'zod'
import { conditionFields, lifecycleFields } from './lifecycle-fields'
import { operatorFields } from './operator-flags'

const labels = z.record(z.string(), z.string()).default({})
const metadata = z.object({ name: z.string(), namespace: z.string().optional(), labels, ...lifecycleFields })
const condition = z.object(conditionFields)
const quantities = z.record(z.string(), z.string()).default({})

export const persistentVolumeClaim = z.object({
  metadata,
  spec: z
    .object({
      storageClassName: z.string().optional(),
      volumeName: z.string().optional(),
      accessModes: z.array(z.string()).default([]),
      resources: z.object({ requests: quantities }).prefault({}),
    })
    .prefault({}),
  status: z
    .object({
      phase: z.string().default('unknown'),
      capacity: quantities,
      conditions: z.array(condition).default([]),
    })
    .prefault({}),
})
export type PersistentVolumeClaim = z.infer<typeof persistentVolumeClaim>

export const persistentVolume = z.object({ metadata })
export type PersistentVolume = z.infer<typeof persistentVolume>

export const ingressClass = z.object({
  metadata,
  spec: z.object({ controller: z.string().default('') }).prefault({}),
})
export type IngressClass = z.infer<typeof ingressClass>

/** The desired and available pod counts of a Deployment, StatefulSet or DaemonSet. */
export const workload = z.object({
  metadata,
  spec: z
    .object({ replicas: z.number().default(1), paused: z.boolean().default(false), ...operatorFields })
    .prefault({}),
  status: z
    .object({
      observedGeneration: z.number().optional(),
      availableReplicas: z.number().optional(),
      readyReplicas: z.number().optional(),
      desiredNumberScheduled: z.number().optional(),
      updatedNumberScheduled: z.number().optional(),
      updatedReplicas: z.number().optional(),
      numberAvailable: z.number().optional(),
      currentRevision: z.string().optional(),
      updateRevision: z.string().optional(),
      conditions: z.array(condition.extend({ lastUpdateTime: z.string().nullish() })).default([]),
    })
    .prefault({}),
})

const waiting = z.object({ reason: z.string().optional(), message: z.string().optional() })
const terminated = z.object({
  reason: z.string().optional(),
  message: z.string().optional(),
  exitCode: z.number().optional(),
  // Null where the kubelet could not find the container: reason ContainerStatusUnknown.
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
})
const containerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  image: z.string().default(''),
  state: z
    .object({
      waiting: waiting.optional(),
      terminated: terminated.optional(),
      running: z.object({}).optional(),
    })
    .default({}),
  lastState: z.object({ terminated: terminated.optional() }).default({}),
})
export type ContainerStatus = z.infer<typeof containerStatus>

const ports = z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).default([])
const container = z.object({ name: z.string(), image: z.string().default(''), ports })

export const pod = z.object({
  metadata: metadata.extend({
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string().default(''), uid: z.string() })).default([]),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    containers: z.array(container),
    /** One that is always restarted is a sidecar, which runs as long as the pod. */
    initContainers: z.array(z.object({ name: z.string(), restartPolicy: z.string().optional(), ports })).default([]),
  }),
  status: z
    .object({
      phase: z.string().default('Unknown'),
      podIP: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z.array(condition).default([]),
      podIPs: z.array(z.object({ ip: z.string() })).default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
})
export type Pod = z.infer<typeof pod>

/** References of an environment to other objects. The values of variables stay out. */
const environment = {
  env: z
    .array(
      z.object({
        name: z.string(),
        valueFrom: z
          .object({
            secretKeyRef: z.object({ name: z.string().optional(), key: z.string() }).optional(),
            configMapKeyRef: z.object({ name: z.string().optional(), key: z.string() }).optional(),
            fieldRef: z.object({ fieldPath: z.string() }).optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  envFrom: z
    .array(
      z.object({
        secretRef: z.object({ name: z.string().optional() }).optional(),
        configMapRef: z.object({ name: z.string().optional() }).optional(),
      }),
    )
    .optional(),
}
/** A Pod as evidence: with the Secrets and ConfigMaps to which its environment refers. */
export const shownPod = pod.extend({
  spec: z.object({ containers: z.array(container.extend(environment)) }),
})

/** A map with the key of each text, also `__proto__`, which a record of zod leaves out. */
const texts = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string'),
  'expected a map of texts',
)

export const secret = z.object({
  metadata: metadata.extend({
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string(), uid: z.string().default('') })).default([]),
    /** Who wrote which fields, and when last. */
    managedFields: z
      .array(z.object({ time: z.string().optional(), fieldsV1: z.record(z.string(), z.unknown()).default({}) }))
      .default([]),
  }),
  /** True if its values cannot change, so that the kubelets do not ask for them again. */
  immutable: z.boolean().default(false),
  data: texts.default({}),
})

/** A Secret as evidence: the names of its keys. */
export const shownSecret = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  data: z.record(z.string(), z.unknown()).default({}).transform(Object.keys),
})

export const event = z.object({
  metadata,
  involvedObject: z.object({ kind: z.string().optional(), name: z.string().optional() }).prefault({}),
  type: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
})

export const namespace = z.object({ metadata })

/** The addresses that a load balancer or the controller of an Ingress gave an object. */
const addresses = z.array(z.object({ ip: z.string().optional(), hostname: z.string().optional() })).default([])
const addressed = z.object({ loadBalancer: z.object({ ingress: addresses }).prefault({}) }).prefault({})

const port = z.union([z.number(), z.string()])
export const service = z.object({
  metadata,
  spec: z
    .object({
      type: z.string().default('ClusterIP'),
      clusterIP: z.string().optional(),
      /** With Local, connections from a node reach the pods on that node only. */
      internalTrafficPolicy: z.string().optional(),
      externalName: z.string().optional(),
      /** Addresses outside the cluster by which nodes accept connections for a service of any type. */
      externalIPs: z.array(z.string()).default([]),
      selector: labels,
      ports: z
        .array(
          z.object({
            name: z.string().optional(),
            port: z.number(),
            protocol: z.string().default('TCP'),
            targetPort: port.optional(),
            nodePort: z.number().optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
  status: addressed,
})
export type Service = z.infer<typeof service>

export const endpointSlice = z.object({
  metadata,
  ports: z.array(z.object({ name: z.string().nullish(), port: z.number().nullish() })).nullish(),
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()).default([]),
        conditions: z
          .object({
            ready: z.boolean().nullish(),
            serving: z.boolean().nullish(),
            terminating: z.boolean().nullish(),
          })
          .default({}),
        targetRef: z.object({ kind: z.string().optional(), name: z.string().optional() }).optional(),
      }),
    )
    .nullish(),
})
export type EndpointSlice = z.infer<typeof endpointSlice>

const ingressBackend = z.object({
  service: z
    .object({
      name: z.string(),
      port: z.object({ number: z.number().optional(), name: z.string().optional() }).default({}),
    })
    .optional(),
})
export const ingress = z.object({
  metadata,
  spec: z
    .object({
      ingressClassName: z.string().optional(),
      /** For requests that no rule matches. */
      defaultBackend: ingressBackend.optional(),
      tls: z.array(z.object({ hosts: z.array(z.string()).default([]), secretName: z.string().optional() })).default([]),
      rules: z
        .array(
          z.object({
            host: z.string().optional(),
            http: z
              .object({
                paths: z.array(
                  z.object({
                    path: z.string().default('/'),
                    pathType: z.string().default('ImplementationSpecific'),
                    backend: ingressBackend,
                  }),
                ),
              })
              .optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
  status: addressed,
})
export type Ingress = z.infer<typeof ingress>
