/** Schemas for the fields that the specification of an ArgoCD Application and its status have in common. */
import { z } from 'zod'
import { publicUrl } from '../basis/public-url'
import { digested } from './digested'

export const texts = z.array(z.string()).nullish()

/** A list that may be absent or null. */
export const listOf = <T extends z.ZodType>(one: T) =>
  z
    .array(one)
    .nullish()
    .transform((given) => given ?? [])

const applicationSource = digested({
  repoURL: z.string().transform(publicUrl),
  path: z.string().optional(),
  chart: z.string().optional(),
  targetRevision: z.string().optional(),
  /** The name by which other sources refer to files of this one. */
  ref: z.string().optional(),
  helm: z.object({ valueFiles: texts }).nullish(),
})

export const destination = z.object({
  server: z.string().transform(publicUrl).optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
})

export const sources = {
  source: applicationSource.nullish(),
  sources: listOf(applicationSource),
} as const

export const sourceHydrator = digested({ drySource: applicationSource })
