/**
 * Schemas for the fields of Flux's resources that the suite reads (https://fluxcd.io/flux/components). They drop every other field,
 * like the schemas in core-resources.ts.
 */
import { z } from 'zod'
import { publicUrl } from '../basis/public-url'
import { conditionFields, lifecycleFields } from './lifecycle-fields'

const metadata = z.object({ name: z.string(), namespace: z.string().default(''), ...lifecycleFields })
const conditions = z.array(z.object(conditionFields)).default([])
const reference = z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() })

const status = {
  observedGeneration: z.number().optional(),
  conditions,
  lastAttemptedRevision: z.string().optional(),
  /** The annotation reconcile.fluxcd.io/requestedAt that was handled last. */
  lastHandledReconcileAt: z.string().optional(),
}
const spec = {
  suspend: z.boolean().default(false),
  targetNamespace: z.string().optional(),
  /** A reference to the kubeconfig of another cluster. */
  kubeConfig: z
    .looseObject({})
    .transform(() => ({}))
    .optional(),
}

/** kustomize.toolkit.fluxcd.io Kustomization. */
export const kustomization = z.object({
  metadata,
  spec: z.object({ ...spec, path: z.string().optional(), sourceRef: reference }),
  status: z
    .object({
      ...status,
      lastAppliedRevision: z.string().optional(),
      /** The applied objects, each as "namespace_name_group_kind". */
      inventory: z.object({ entries: z.array(z.object({ id: z.string() })).default([]) }).optional(),
    })
    .default({ conditions: [] }),
})
export type Kustomization = z.infer<typeof kustomization>

/** helm.toolkit.fluxcd.io HelmRelease. */
export const helmRelease = z.object({
  metadata,
  spec: z.object({
    ...spec,
    chart: z
      .object({ spec: z.object({ chart: z.string(), version: z.string().optional(), sourceRef: reference }) })
      .optional(),
    chartRef: reference.optional(),
  }),
  status: z
    .object({
      ...status,
      /** The HelmChart that Flux made of spec.chart, as "namespace/name". */
      helmChart: z.string().optional(),
      /** The releases of Helm, the newest first. */
      history: z.array(z.object({ status: z.string().optional(), chartVersion: z.string().optional() })).default([]),
      /** Before Flux 2.2, in the place of the history: the version of the chart that was installed last. */
      lastAppliedRevision: z.string().optional(),
    })
    .default({ conditions: [], history: [] })
    .transform(({ lastAppliedRevision: chartVersion, history, ...rest }) => ({
      ...rest,
      history: history.length > 0 || chartVersion === undefined ? history : [{ status: 'deployed', chartVersion }],
    })),
})
export type HelmRelease = z.infer<typeof helmRelease>

/** source.toolkit.fluxcd.io: GitRepository, OCIRepository, Bucket, HelmRepository and HelmChart. */
export const fluxSource = z.object({
  metadata,
  spec: z.object({
    suspend: z.boolean().default(false),
    /** The chart of a HelmChart, with its version and its repository. */
    chart: z.string().optional(),
    version: z.string().optional(),
    sourceRef: reference.optional(),
    url: z.string().transform(publicUrl).optional(),
    ref: z
      .object({
        branch: z.string().optional(),
        tag: z.string().optional(),
        semver: z.string().optional(),
        commit: z.string().optional(),
        name: z.string().optional(),
      })
      .optional(),
  }),
  status: z
    .object({
      observedGeneration: z.number().optional(),
      conditions,
      artifact: z.object({ revision: z.string().optional() }).optional(),
    })
    .default({ conditions: [] }),
})
export type FluxSource = z.infer<typeof fluxSource>

/**
 * Returns the namespaces that an object delivers to. A Helm release goes to its own namespace; a Kustomization goes where its
 * manifests say, as far as they were applied.
 */
export function targetsOf({ metadata, spec, status }: Kustomization | HelmRelease): readonly string[] {
  if (spec.targetNamespace !== undefined) return [spec.targetNamespace]
  if (!('sourceRef' in spec)) return [metadata.namespace]
  const entries = 'inventory' in status ? (status.inventory?.entries ?? []) : []
  return [...new Set(entries.map(({ id }) => id.split('_', 1)[0] ?? ''))].filter((namespace) => namespace !== '')
}

export const deliversTo = (object: Kustomization | HelmRelease, namespace: string): boolean =>
  targetsOf(object).includes(namespace)
