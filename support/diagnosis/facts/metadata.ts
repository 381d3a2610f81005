/** The fields that the facts about most kinds share: the identity of an object, and its conditions. */
import { z } from 'zod'

export const labels = z.record(z.string(), z.string()).default({})
export const ownerReference = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string().default(''),
  /** True for the one owner whose controller manages the object. */
  controller: z.boolean().default(false),
})
export const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string().default(''),
  labels,
  /** Absent where nothing owns the object. */
  ownerReferences: z.array(ownerReference).optional(),
  /** The creation of the object, in RFC 3339. */
  creationTimestamp: z.string().optional(),
  /** The last change of its spec, in RFC 3339. */
  changedAt: z.string().optional(),
})
export type Metadata = Pick<z.infer<typeof metadata>, 'name' | 'namespace'>
/**
 * An object's name with its uid and its times, which distinguish it from an earlier object of the same name and from itself before
 * a change. An unknown uid is ''.
 */
export type Identity = Pick<z.infer<typeof metadata>, 'name' | 'namespace' | 'uid' | 'creationTimestamp' | 'changedAt'>

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTransitionTime: z.string().nullish(),
})
export const conditions = z
  .array(condition)
  .nullish()
  .transform((given) => given ?? [])
