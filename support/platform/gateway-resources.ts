/**
 * Schemas for the fields of the Gateway API that the suite reads (https://gateway-api.sigs.k8s.io/reference/spec). They drop every
 * other field, like the schemas in core-resources.ts.
 */
import { z } from 'zod'
import { labelSelector } from '../basis/label-selector'
import { conditionFields, lifecycleFields } from './lifecycle-fields'

const metadata = z.object({ name: z.string(), namespace: z.string().default(''), ...lifecycleFields })
const conditions = z.array(z.object(conditionFields)).default([])

const parentRef = z.object({
  kind: z.string().default('Gateway'),
  namespace: z.string().optional(),
  name: z.string(),
  /** The listener that the route attaches to; any of the Gateway when absent. */
  sectionName: z.string().optional(),
  port: z.number().optional(),
})
export type ParentRef = z.infer<typeof parentRef>

/** A match by more than the path is not for everybody. */
const match = z.object({
  path: z.object({ type: z.string().default('PathPrefix'), value: z.string().default('/') }).prefault({}),
  method: z.string().optional(),
  headers: z.array(z.looseObject({})).default([]),
  queryParams: z.array(z.looseObject({})).default([]),
})

/** gateway.networking.k8s.io HTTPRoute. */
export const httpRoute = z.object({
  metadata,
  spec: z
    .object({
      parentRefs: z.array(parentRef).default([]),
      hostnames: z.array(z.string()).default([]),
      rules: z
        .array(
          z.object({
            matches: z
              .array(match)
              .default([])
              .transform((given) => (given.length > 0 ? given : [match.parse({})])),
            backendRefs: z
              .array(
                z.object({
                  kind: z.string().default('Service'),
                  namespace: z.string().optional(),
                  name: z.string(),
                  port: z.number().optional(),
                  weight: z.number().default(1),
                }),
              )
              .default([]),
          }),
        )
        .default([]),
    })
    .prefault({}),
  status: z
    .object({
      /** One entry for each parent and controller. A controller that no longer handles the Gateway may have left its entry. */
      parents: z.array(z.object({ controllerName: z.string().optional(), parentRef, conditions })).default([]),
    })
    .default({ parents: [] }),
})
export type HttpRoute = z.infer<typeof httpRoute>

/** gateway.networking.k8s.io Gateway. */
export const gateway = z.object({
  metadata,
  spec: z.object({
    gatewayClassName: z.string(),
    listeners: z
      .array(
        z.object({
          name: z.string(),
          hostname: z.string().optional(),
          port: z.number(),
          protocol: z.string(),
          allowedRoutes: z
            .object({
              namespaces: z.object({ from: z.string().optional(), selector: labelSelector.prefault({}) }).prefault({}),
              kinds: z.array(z.object({ kind: z.string() })).default([]),
            })
            .prefault({}),
          tls: z
            .object({
              mode: z.string().default('Terminate'),
              certificateRefs: z
                .array(
                  z.object({ kind: z.string().default('Secret'), name: z.string(), namespace: z.string().optional() }),
                )
                .default([]),
            })
            .optional(),
        }),
      )
      .default([]),
  }),
  status: z
    .object({ conditions, listeners: z.array(z.object({ name: z.string(), conditions })).default([]) })
    .default({ conditions: [], listeners: [] }),
})
export type Gateway = z.infer<typeof gateway>
export type Listener = Gateway['spec']['listeners'][number]

/** gateway.networking.k8s.io GatewayClass. */
export const gatewayClass = z.object({
  metadata,
  spec: z.object({ controllerName: z.string().default('') }).prefault({}),
  status: z.object({ conditions }).default({ conditions: [] }),
})
export type GatewayClass = z.infer<typeof gatewayClass>
