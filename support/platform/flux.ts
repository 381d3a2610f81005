/** Reads the resources of Flux, and requests reconciliations. */
import {
  type FluxSource,
  fluxSource,
  type HelmRelease,
  helmRelease,
  type Kustomization,
  kustomization,
} from './flux-resources'
import type { KubernetesApi } from './kubernetes-api'
import { type ObjectReference, oneObject } from './one-object'
import { type Operation, operations } from './operations'

const sources: Readonly<Record<string, Operation>> = {
  GitRepository: operations.getGitRepository,
  OCIRepository: operations.getOciRepository,
  Bucket: operations.getBucket,
  HelmRepository: operations.getHelmRepository,
  HelmChart: operations.getHelmChart,
}

export class Flux {
  /** @param namespace of the Kustomization or HelmRelease */
  constructor(
    private readonly api: KubernetesApi,
    private readonly namespace: string,
  ) {}

  kustomization(name: string): Promise<Kustomization | undefined> {
    const reference = { kind: 'Kustomization', name, namespace: this.namespace }
    return oneObject(this.api, kustomization, operations.getKustomization, reference)
  }

  helmRelease(name: string): Promise<HelmRelease | undefined> {
    const reference = { kind: 'HelmRelease', name, namespace: this.namespace }
    return oneObject(this.api, helmRelease, operations.getHelmRelease, reference)
  }

  /** Returns a source; undefined also for a kind that Flux does not have. */
  async source(reference: ObjectReference): Promise<FluxSource | undefined> {
    const operation = sources[reference.kind]
    return operation && oneObject(this.api, fluxSource, operation, { namespace: this.namespace, ...reference })
  }

  /** Requests a reconciliation by the annotation that the controllers of Flux copy to the status. */
  async reconcile(kind: string, name: string, request: string): Promise<void> {
    const operation = kind === 'HelmRelease' ? operations.patchHelmRelease : operations.patchKustomization
    const body = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': request } } }
    await this.api.change(operation, { namespace: this.namespace, name, body })
  }
}
