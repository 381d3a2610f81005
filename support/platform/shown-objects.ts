/** Evidence of the Kubernetes API: of each kind the fields that the suite reads, and of any other object only its name. */
import { z } from 'zod'
import * as core from './core-resources'
import * as custom from './custom-resources'
import * as flux from './flux-resources'
import * as gateways from './gateway-resources'
import { node } from './node-resources'
import type { Operation } from './operations'

const named = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
})

/** Schemas by resource. They drop every field that they do not name, such as environment values, arguments and annotations. */
const shown: Readonly<Record<string, z.ZodType>> = {
  nodes: node,
  namespaces: core.namespace,
  persistentvolumeclaims: core.persistentVolumeClaim,
  ingressclasses: core.ingressClass,
  deployments: core.workload,
  statefulsets: core.workload,
  daemonsets: core.workload,
  pods: core.shownPod,
  services: core.service,
  endpointslices: core.endpointSlice,
  ingresses: core.ingress,
  secrets: core.shownSecret,
  events: core.event,
  certificates: custom.certificate,
  prometheuses: custom.prometheus,
  servicemonitors: custom.serviceMonitor,
  externalsecrets: custom.externalSecret,
  secretstores: custom.secretStore,
  clustersecretstores: custom.secretStore,
  clustergenerators: custom.clusterGenerator,
  applications: custom.application,
  httproutes: gateways.httpRoute,
  gateways: gateways.gateway,
  gatewayclasses: gateways.gatewayClass,
  kustomizations: flux.kustomization,
  helmreleases: flux.helmRelease,
  gitrepositories: flux.fluxSource,
  ocirepositories: flux.fluxSource,
  buckets: flux.fluxSource,
  helmrepositories: flux.fluxSource,
  helmcharts: flux.fluxSource,
}

/** Returns what a report may show of an object of the API. An object that does not match its schema is shown by name only. */
export function shownObject(operation: Pick<Operation, 'resource'>, object: unknown): unknown {
  if (typeof object !== 'object' || object === null) return shownOf(operation, object)
  // Many scenarios read the same object, which is kept for a moment (recent.ts).
  const known = shownBefore.get(object) ?? shownOf(operation, object)
  shownBefore.set(object, known)
  return known
}

const shownBefore = new WeakMap<object, unknown>()

function shownOf({ resource }: Pick<Operation, 'resource'>, object: unknown): unknown {
  for (const schema of [shown[resource] ?? named, named]) {
    const result = schema.safeParse(object)
    if (result.success) return result.data
  }
  return '(an object without a name)'
}

/** Objects of a list that a report shows. */
const mostShown = 200

/** Returns what a report may show of a list: its first objects, and the number of the others. */
export function shownObjects(operation: Pick<Operation, 'resource'>, objects: readonly unknown[]): unknown[] {
  const shown = objects.slice(0, mostShown).map((object) => shownObject(operation, object))
  const omitted = objects.length - shown.length
  return omitted === 0 ? shown : [...shown, `… (${omitted.toLocaleString('en')} more objects)`]
}
