/**
 * Stand-in for the controllers of Flux: they report each source, Kustomization and HelmRelease as ready once for each generation and
 * each request, so that a status set by hand (a fault) stays. The revisions do not exist in any repository.
 */
import { createHash } from 'node:crypto'
import type { KubernetesObject } from '@kubernetes/client-node'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import type { Kind } from '../cluster/kinds'
import { type Condition, condition } from './writing'

interface FluxObject extends KubernetesObject {
  readonly spec?: {
    readonly suspend?: boolean
    readonly url?: string
    readonly ref?: { readonly branch?: string }
    readonly version?: string
    readonly sourceRef?: { readonly name: string; readonly namespace?: string }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly conditions?: readonly Condition[]
    readonly lastHandledReconcileAt?: string
    readonly artifact?: { readonly revision?: string }
  }
}

const requested = ({ metadata }: FluxObject) => metadata?.annotations?.['reconcile.fluxcd.io/requestedAt']

const isHandled = (object: FluxObject): boolean =>
  object.spec?.suspend === true ||
  (object.status?.observedGeneration === object.metadata?.generation &&
    object.status?.lastHandledReconcileAt === requested(object))

const revisionOf = ({ spec }: FluxObject): string =>
  `${spec?.ref?.branch ?? 'main'}@sha1:${createHash('sha1')
    .update(JSON.stringify(spec ?? {}))
    .digest('hex')}`

export async function runFlux(cluster: Cluster): Promise<void> {
  const sources = cluster.follow<FluxObject>('GitRepository')
  const kustomizations = cluster.follow<FluxObject>('Kustomization')
  const repositories = cluster.follow<FluxObject>('HelmRepository')
  const charts = cluster.follow<FluxObject>('HelmChart')
  const releases = cluster.follow<FluxObject>('HelmRelease')

  const report = async (kind: Kind, object: FluxObject, types: readonly string[], status: object): Promise<void> => {
    const observedGeneration = object.metadata?.generation
    await cluster.mergeStatus(kind, object, {
      observedGeneration,
      lastHandledReconcileAt: requested(object) ?? null,
      conditions: types.map((type) => ({
        ...condition(object.status?.conditions, { type, status: 'True', reason: 'Succeeded', message: '' }),
        observedGeneration,
      })),
      ...status,
    })
  }

  const unhandled = (cache: Cache<FluxObject>) => cache.items().filter((object) => !isHandled(object))

  await reconcile('flux', [sources, kustomizations, repositories, charts, releases], async () => {
    for (const source of unhandled(sources))
      await report('GitRepository', source, ['Ready', 'ArtifactInStorage'], {
        artifact: { revision: revisionOf(source) },
      })
    for (const object of unhandled(kustomizations)) {
      const { name = '', namespace = object.metadata?.namespace } = object.spec?.sourceRef ?? {}
      const revision = sources.find(namespace, name)?.status?.artifact?.revision
      if (revision === undefined) continue
      await report('Kustomization', object, ['Ready', 'Healthy'], {
        lastAppliedRevision: revision,
        lastAttemptedRevision: revision,
      })
    }
    for (const repository of unhandled(repositories)) await report('HelmRepository', repository, ['Ready'], {})
    for (const chart of unhandled(charts))
      await report('HelmChart', chart, ['Ready'], { artifact: { revision: chart.spec?.version ?? '' } })
    for (const release of unhandled(releases)) {
      const { name = '', namespace = '' } = release.metadata ?? {}
      const chart = charts.find(namespace, `${namespace}-${name}`)
      const version = chart?.status?.artifact?.revision
      if (version === undefined) continue
      await report('HelmRelease', release, ['Ready', 'Released'], {
        helmChart: `${namespace}/${namespace}-${name}`,
        lastAttemptedRevision: version,
        history: [
          { name, namespace: 'fawkes', version: 1, status: 'deployed', chartName: 'devlake', chartVersion: version },
        ],
      })
    }
  })
}
