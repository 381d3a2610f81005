/** Schema for what a pod uses: Secrets, claims, and the nodes that it can run on. */
import { z } from 'zod'
import { lifecycleFields } from './lifecycle-fields'

const texts = z.record(z.string(), z.string()).default({})
const resources = z.object({ requests: texts }).prefault({})
const secretVolume = z.object({ secretName: z.string().optional() }).optional()
const projected = z.object({
  sources: z.array(z.object({ secret: z.object({ name: z.string().optional() }).optional() })).default([]),
})

/** True if words of a command speak of a data directory. The words may hold secrets, so they stay out. */
const namesDataDirectory = z
  .array(z.string())
  .default([])
  .transform((words) => words.some((word) => /data[-_]?dir/i.test(word)))

const container = z.object({
  name: z.string(),
  command: namesDataDirectory,
  args: namesDataDirectory,
  env: z
    .array(
      z.object({
        name: z.string(),
        /** True if the value stands in the manifest, and is neither composed of variables nor a reference such as `vault:secret/x`. */
        value: z
          .string()
          .default('')
          .transform((text) => !/^(?:$|[a-z][a-z\d+.-]*:)|\$\(/i.test(text)),
        valueFrom: z
          .object({ secretKeyRef: z.object({ name: z.string().default(''), key: z.string() }).optional() })
          .optional(),
      }),
    )
    .default([]),
  envFrom: z
    .array(
      z.object({
        prefix: z.string().default(''),
        secretRef: z.object({ name: z.string().default('') }).optional(),
      }),
    )
    .default([]),
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        mountPath: z.string().default(''),
        subPath: z.string().optional(),
        subPathExpr: z.string().optional(),
        readOnly: z.boolean().default(false),
      }),
    )
    .default([]),
  ports: z.array(z.object({ containerPort: z.number() })).default([]),
  resources,
})
export type ContainerUse = z.infer<typeof container>

const toleration = z.object({
  key: z.string().optional(),
  operator: z.string().optional(),
  value: z.string().optional(),
  effect: z.string().optional(),
  /** The time after which a taint with the effect NoExecute evicts the pod all the same. */
  tolerationSeconds: z.number().nullish(),
})
export type Toleration = z.infer<typeof toleration>

const nodeTerm = z.object({
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
  matchFields: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
})
export type NodeTerm = z.infer<typeof nodeTerm>

const statuses = z
  .array(
    z.object({
      name: z.string(),
      state: z.object({ running: z.object({ startedAt: z.string().nullish() }).optional() }).default({}),
    }),
  )
  .default([])

export const podUse = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional(), labels: texts, ...lifecycleFields }),
  spec: z.object({
    nodeName: z.string().optional(),
    nodeSelector: texts,
    /** Those of the pod as a whole, beside those of its containers. */
    resources,
    /** What its runtime needs beside the containers. */
    overhead: texts,
    tolerations: z.array(toleration).default([]),
    affinity: z
      .object({
        nodeAffinity: z
          .object({
            requiredDuringSchedulingIgnoredDuringExecution: z
              .object({ nodeSelectorTerms: z.array(nodeTerm).default([]) })
              .optional(),
          })
          .optional(),
      })
      .nullish(),
    volumes: z
      .array(
        z.object({
          name: z.string(),
          secret: secretVolume,
          projected: projected.optional(),
          persistentVolumeClaim: z.object({ claimName: z.string(), readOnly: z.boolean().default(false) }).optional(),
          configMap: z.object({}).nullish(),
          emptyDir: z.object({}).nullish(),
          hostPath: z.object({}).nullish(),
          ephemeral: z.object({}).nullish(),
        }),
      )
      .default([]),
    containers: z.array(container),
    initContainers: z.array(container.extend({ restartPolicy: z.string().optional() })).default([]),
  }),
  status: z
    .object({
      phase: z.string().default('Unknown'),
      containerStatuses: statuses,
      initContainerStatuses: statuses,
    })
    .prefault({}),
})
export type PodUse = z.infer<typeof podUse>

/** True for a pod that is not being deleted and has not ended, as the pod of a completed Job has. */
export const isLive = ({ metadata, status }: PodUse): boolean =>
  !metadata.deletionTimestamp && status.phase !== 'Succeeded' && status.phase !== 'Failed'
