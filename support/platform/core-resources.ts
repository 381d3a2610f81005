/**
 * Schemas for the fields of Kubernetes' built-in resources that the suite reads. Objects are parsed, not cast, because the
 * types of the client library promise dates and fields that the JSON of the API does not contain.
 */
import { z } from 'zod'

const labels = z.record(z.string(), z.string()).default({})
const metadata = z.looseObject({ name: z.string(), namespace: z.string().optional(), labels })
const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
})
const quantities = z.record(z.string(), z.string()).default({})

export const node = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      unschedulable: z.boolean().default(false),
      taints: z.array(z.looseObject({ key: z.string(), effect: z.string() })).default([]),
    })
    .prefault({}),
  status: z.looseObject({ conditions: z.array(condition).default([]) }).prefault({}),
})
export type Node = z.infer<typeof node>

export const persistentVolumeClaim = z.looseObject({
  metadata,
  spec: z.looseObject({ storageClassName: z.string().optional() }).prefault({}),
  status: z.looseObject({ phase: z.string().default('unknown'), capacity: quantities }).prefault({}),
})
export type PersistentVolumeClaim = z.infer<typeof persistentVolumeClaim>

export const ingressClass = z.looseObject({
  metadata,
  spec: z.looseObject({ controller: z.string().default('') }).prefault({}),
})
export type IngressClass = z.infer<typeof ingressClass>

/** The desired and available pod counts of a Deployment, StatefulSet or DaemonSet. */
export const workload = z.looseObject({
  metadata,
  spec: z.looseObject({ replicas: z.number().default(1) }).prefault({}),
  status: z
    .looseObject({
      availableReplicas: z.number().optional(),
      readyReplicas: z.number().optional(),
      desiredNumberScheduled: z.number().optional(),
      numberAvailable: z.number().optional(),
    })
    .prefault({}),
})

const waiting = z.looseObject({ reason: z.string().optional(), message: z.string().optional() })
const terminated = z.looseObject({
  reason: z.string().optional(),
  message: z.string().optional(),
  exitCode: z.number().optional(),
  finishedAt: z.string().optional(),
})
const containerStatus = z.looseObject({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  image: z.string().default(''),
  state: z
    .looseObject({
      waiting: waiting.optional(),
      terminated: terminated.optional(),
      running: z.looseObject({}).optional(),
    })
    .default({}),
  lastState: z.looseObject({ terminated: terminated.optional() }).default({}),
})
export type ContainerStatus = z.infer<typeof containerStatus>

export const pod = z.looseObject({
  metadata: metadata.extend({ deletionTimestamp: z.string().optional() }),
  spec: z.looseObject({
    containers: z.array(
      z.looseObject({
        name: z.string(),
        image: z.string().default(''),
        ports: z.array(z.looseObject({ containerPort: z.number() })).default([]),
      }),
    ),
  }),
  status: z
    .looseObject({
      phase: z.string().default('Unknown'),
      podIP: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z.array(condition).default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
})
export type Pod = z.infer<typeof pod>

export const secret = z.looseObject({ metadata, data: z.record(z.string(), z.string()).default({}) })

export const namespace = z.looseObject({ metadata })

const port = z.union([z.number(), z.string()])
export const service = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      type: z.string().default('ClusterIP'),
      clusterIP: z.string().optional(),
      externalName: z.string().optional(),
      selector: labels,
      ports: z
        .array(z.looseObject({ name: z.string().optional(), port: z.number(), targetPort: port.optional() }))
        .default([]),
    })
    .prefault({}),
})
export type Service = z.infer<typeof service>

export const endpointSlice = z.looseObject({
  metadata,
  ports: z.array(z.looseObject({ name: z.string().nullish(), port: z.number().nullish() })).nullish(),
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()).default([]),
        conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}),
        targetRef: z.looseObject({ kind: z.string().optional(), name: z.string().optional() }).optional(),
      }),
    )
    .nullish(),
})
export type EndpointSlice = z.infer<typeof endpointSlice>

const ingressBackend = z.looseObject({
  service: z
    .looseObject({
      name: z.string(),
      port: z.looseObject({ number: z.number().optional(), name: z.string().optional() }).default({}),
    })
    .optional(),
})
export const ingress = z.looseObject({
  metadata,
  spec: z
    .looseObject({
      ingressClassName: z.string().optional(),
      tls: z
        .array(z.looseObject({ hosts: z.array(z.string()).default([]), secretName: z.string().optional() }))
        .default([]),
      rules: z
        .array(
          z.looseObject({
            host: z.string().optional(),
            http: z
              .looseObject({
                paths: z.array(z.looseObject({ path: z.string().default('/'), backend: ingressBackend })),
              })
              .optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
})
export type Ingress = z.infer<typeof ingress>
