/** The workloads of the service: how many pods they want, and how many of these are ready and of the current revision. */
import { z } from 'zod'
import { conditionFields, lifecycleFields } from './lifecycle-fields'
import { operations } from './operations'

const labels = z.record(z.string(), z.string()).default({})
const fields = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    /** The objects of an operator that has made the workload. */
    ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
    ...lifecycleFields,
  }),
  spec: z.object({
    replicas: z.number().default(1),
    paused: z.boolean().default(false),
    template: z.object({ metadata: z.object({ labels }).prefault({}) }).prefault({}),
    updateStrategy: z
      .object({
        type: z.string().optional(),
        rollingUpdate: z.object({ partition: z.number().default(0) }).nullish(),
      })
      .prefault({}),
  }),
  // The controllers leave out a count of 0.
  status: z
    .object({
      observedGeneration: z.number().optional(),
      replicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      desiredNumberScheduled: z.number().default(0),
      currentNumberScheduled: z.number().default(0),
      numberReady: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
      conditions: z.array(z.object(conditionFields)).default([]),
    })
    .prefault({}),
})
type Fields = z.infer<typeof fields>

export interface OwnWorkload extends Fields {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly desired: number
  /** All of its pods, also those of an older revision. */
  readonly existing: number
  readonly ready: number
  /** The pods of the current revision. */
  readonly updated: number
}

const replicated = (kind: 'Deployment' | 'StatefulSet') =>
  fields.transform(
    (item): OwnWorkload => ({
      ...item,
      kind,
      desired: item.spec.replicas,
      existing: item.status.replicas,
      ready: item.status.readyReplicas,
      updated: item.status.updatedReplicas,
    }),
  )

const onEachNode = fields.transform(
  (item): OwnWorkload => ({
    ...item,
    kind: 'DaemonSet',
    desired: item.status.desiredNumberScheduled,
    existing: item.status.currentNumberScheduled,
    ready: item.status.numberReady,
    updated: item.status.updatedNumberScheduled,
  }),
)

export const ownWorkloads = [
  { kind: 'Deployment', operation: operations.listOwnDeployments, schema: replicated('Deployment') },
  { kind: 'StatefulSet', operation: operations.listOwnStatefulSets, schema: replicated('StatefulSet') },
  { kind: 'DaemonSet', operation: operations.listOwnDaemonSets, schema: onEachNode },
] as const
