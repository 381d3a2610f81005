/** The namespaces to which an Application of ArgoCD delivers. */

interface Delivering {
  readonly spec: { readonly destination: { readonly namespace?: string | undefined } }
  readonly status: { readonly resources: readonly Delivered[] }
}

interface Delivered {
  readonly namespace?: string | undefined
  readonly requiresPruning: boolean
}

/**
 * Returns the namespaces of the resources that ArgoCD delivers for the Application. Its destination holds only for manifests that
 * name no namespace, so it decides as long as no resource is known. What is only left to be pruned is no longer delivered.
 * Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml, the comment on spec.destination.namespace
 */
export function targetsOf({ spec, status }: Delivering): readonly string[] {
  const found = status.resources.flatMap(({ namespace, requiresPruning }) => (requiresPruning ? [] : namespace || []))
  return found.length > 0 ? [...new Set(found)].sort() : [spec.destination.namespace ?? ''].filter(Boolean)
}
