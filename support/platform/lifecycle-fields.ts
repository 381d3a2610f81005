/** Schemas for the fields by which an object of any kind shows its lifecycle. */
import { z } from 'zod'

/** Annotations that the suite reads. Others may hold whole configurations, which no finding and no evidence may show. */
const read = new RegExp(
  `^(?:${[
    'argocd\\.argoproj\\.io/(?:skip-reconcile|refresh)',
    'kustomize\\.toolkit\\.fluxcd\\.io/(?:reconcile|ssa)',
    '(?:ingressclass\\.)?kubernetes\\.io/(?:ingress\\.class|is-default-class)',
    'operator\\.prometheus\\.io/controller-id',
    'reconcile\\.external-secrets\\.io/[\\w-]+',
  ].join('|')})$`,
)

/** Fields of `metadata` for every kind: its generation, its deletion, and what still holds it. */
export const lifecycleFields = {
  uid: z.string().default(''),
  creationTimestamp: z.string().optional(),
  /** Grows with every change of the specification. */
  generation: z.number().optional(),
  deletionTimestamp: z.string().nullish(),
  finalizers: z.array(z.string()).default([]),
  annotations: z
    .record(z.string(), z.string())
    .nullish()
    .transform((given) => Object.fromEntries(Object.entries(given ?? {}).filter(([key]) => read.test(key)))),
} as const

/** Fields of a condition; custom resources record the generation that a condition is about. */
export const conditionFields = {
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  observedGeneration: z.number().optional(),
  lastTransitionTime: z.string().nullish(),
} as const
