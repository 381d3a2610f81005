/** The namespaces to which an Application of ArgoCD delivers. */

interface Delivering {
  readonly spec: { readonly destination: { readonly namespace?: string | undefined } }
  readonly status: { readonly resources: readonly { readonly namespace?: string | undefined }[] }
}

/**
 * Returns the namespaces of the resources that ArgoCD manages for the Application. Its destination holds only for manifests that
 * name no namespace, so it decides as long as no resource is known.
 * Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml, the comment on spec.destination.namespace
 */
export function targetsOf({ spec, status }: Delivering): readonly string[] {
  const found = status.resources.flatMap(({ namespace }) => namespace || [])
  return found.length > 0 ? [...new Set(found)].sort() : [spec.destination.namespace ?? ''].filter(Boolean)
}
