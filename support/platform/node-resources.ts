/** Schemas for the fields of nodes, and of the leases by which they and the operators show that they are alive. */
import { z } from 'zod'
import { conditionFields, lifecycleFields } from './lifecycle-fields'

const labels = z.record(z.string(), z.string()).default({})
const metadata = z.object({ name: z.string(), namespace: z.string().optional(), labels, ...lifecycleFields })

export const node = z.object({
  metadata,
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      taints: z.array(z.object({ key: z.string(), value: z.string().default(''), effect: z.string() })).default([]),
    })
    .prefault({}),
  status: z
    .object({
      /** The resources that pods may use; those of a kubelet that has not reported yet are unknown. */
      allocatable: z.record(z.string(), z.string()).default({}),
      conditions: z.array(z.object(conditionFields).extend({ lastHeartbeatTime: z.string().nullish() })).default([]),
      nodeInfo: z
        .object({ kubeletVersion: z.string().default(''), operatingSystem: z.string().default('linux') })
        .prefault({}),
    })
    .prefault({}),
})
export type Node = z.infer<typeof node>

/** coordination.k8s.io Lease: the leader among the pods of an operator renews it. */
export const lease = z.object({
  metadata,
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      renewTime: z.string().nullish(),
    })
    .prefault({}),
})
export type Lease = z.infer<typeof lease>
