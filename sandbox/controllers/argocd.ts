/**
 * Stand-in for ArgoCD's application controller. While the controller's pods are ready, it gives a new Application its first
 * status, executes an Application's `operation`, and handles refresh requests. Its regular comparisons write only their time and
 * the specification that they are about, so that a status set by hand (a fault) stays. The revisions do not exist in any repository.
 */
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubernetesObject, V1Deployment, V1StatefulSet } from '@kubernetes/client-node'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { ignoreMissing, merge, now } from './writing'

interface Source {
  repoURL: string
  path?: string
  targetRevision?: string
}

interface HistoryEntry {
  id: number
  revision: string
}

interface Compared {
  source?: Source
  sources?: readonly Source[]
  destination?: { namespace?: string; server?: string }
}

export interface Application extends KubernetesObject {
  spec?: Compared
  operation?: { sync?: { revision?: string }; initiatedBy?: object }
  status?: {
    history?: HistoryEntry[]
    sync?: { revision?: string; comparedTo?: Compared }
    health?: { status?: string }
  }
}

interface Workload {
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  readonly healthy: boolean
}

const refreshAnnotation = 'argocd.argoproj.io/refresh'
const skipAnnotation = 'argocd.argoproj.io/skip-reconcile'
/** The interval of ArgoCD's comparisons in milliseconds, its default `timeout.reconciliation`. */
const comparedEveryMs = 120_000
const tick = 1_000
/** The label with which ArgoCD marks the resources of an application. */
const instanceLabel = 'app.kubernetes.io/instance'

const revisionOf = (source: Source | undefined): string =>
  createHash('sha1')
    .update(JSON.stringify(source ?? {}))
    .digest('hex')

interface Workloads {
  readonly statefulSets: Cache<V1StatefulSet>
  readonly deployments: Cache<V1Deployment>
}

/** The workloads of an application, in its destination namespace. */
function workloadsOf({ metadata: own, spec }: Application, { statefulSets, deployments }: Workloads): Workload[] {
  const belongs = ({ metadata }: KubernetesObject) =>
    metadata?.labels?.[instanceLabel] === own?.name && metadata?.namespace === spec?.destination?.namespace
  const entry = (kind: string, { metadata, spec, status }: V1StatefulSet | V1Deployment): Workload => ({
    kind,
    name: metadata?.name ?? '',
    namespace: metadata?.namespace,
    healthy: (status?.readyReplicas ?? 0) >= (spec?.replicas ?? 1),
  })
  return [
    ...statefulSets
      .items()
      .filter(belongs)
      .map((item) => entry('StatefulSet', item)),
    ...deployments
      .items()
      .filter(belongs)
      .map((item) => entry('Deployment', item)),
  ]
}

/** The part of the specification that a comparison is about. */
const comparedTo = ({ spec }: Application): Compared => ({
  ...(spec?.source ? { source: spec.source } : {}),
  ...(spec?.sources ? { sources: spec.sources } : {}),
  ...(spec?.destination ? { destination: spec.destination } : {}),
})

/** The status fields of a comparison, which always finds the application in sync. */
function comparisonOf(application: Application, revision: string, found: readonly Workload[]) {
  const health = (healthy: boolean) => (healthy ? 'Healthy' : 'Progressing')
  return {
    reconciledAt: now(),
    sourceType: 'Kustomize',
    sync: {
      status: 'Synced',
      revision,
      comparedTo: comparedTo(application),
    },
    health: { status: health(found.length > 0 && found.every(({ healthy }) => healthy)), lastTransitionTime: now() },
    resources: found.map(({ kind, name, namespace, healthy }) => ({
      group: 'apps',
      version: 'v1',
      kind,
      name,
      namespace,
      status: 'Synced',
      health: { status: health(healthy) },
    })),
  }
}

export async function runArgoCd(
  cluster: Cluster,
  applications: Cache<Application>,
  workloads: Workloads,
): Promise<void> {
  const comparison = (application: Application, revision: string) =>
    comparisonOf(application, revision, workloadsOf(application, workloads))

  const patch = (application: Application, fields: object) => {
    const { name, namespace } = application.metadata ?? {}
    const target = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name, namespace } }
    return ignoreMissing(merge(cluster.api, { ...target, ...fields } as KubernetesObject))
  }

  /** The last executed version of each application. The cache may return it again before it returns the result. */
  const executed = new Map<string, string | undefined>()

  const execute = async (application: Application, operation: NonNullable<Application['operation']>): Promise<void> => {
    const { uid = '', resourceVersion } = application.metadata ?? {}
    if (executed.get(uid) === resourceVersion) return
    executed.set(uid, resourceVersion)
    const startedAt = now()
    const source = application.spec?.source
    const revision = operation.sync?.revision ?? revisionOf(source)
    const running = { operation, phase: 'Running', startedAt, message: 'one or more tasks are running' }
    await patch(application, {
      operation: null,
      status: { operationState: { ...running, finishedAt: null, syncResult: null } },
    })
    const finishedAt = now()
    const history = application.status?.history ?? []
    const entry = {
      id: (history.at(-1)?.id ?? -1) + 1,
      revision,
      deployedAt: finishedAt,
      deployStartedAt: startedAt,
      source,
    }
    await patch(application, {
      status: {
        ...comparison(application, revision),
        operationState: {
          operation,
          phase: 'Succeeded',
          startedAt,
          finishedAt,
          message: 'successfully synced (all tasks run)',
          syncResult: { revision, source },
        },
        history: [...history, { ...entry, initiatedBy: operation.initiatedBy ?? { automated: true } }].slice(-10),
        controllerNamespace: application.metadata?.namespace,
      },
    })
  }

  /** When each application was compared last, by the monotonic clock. */
  const compared = new Map<string, number>()

  const compareRegularly = async (application: Application): Promise<void> => {
    const uid = application.metadata?.uid ?? ''
    const at = compared.get(uid)
    const isOther = !isDeepStrictEqual(application.status?.sync?.comparedTo, comparedTo(application))
    const isDue = performance.now() - (at ?? Number.NEGATIVE_INFINITY) >= comparedEveryMs
    if (!isDue && !isOther) return
    compared.set(uid, performance.now())
    // A merge would keep the fields that the specification no longer has.
    if (isOther) await patch(application, { status: { sync: { comparedTo: null } } })
    await patch(application, { status: { reconciledAt: now(), sync: { comparedTo: comparedTo(application) } } })
  }

  const isRunning = (): boolean =>
    workloads.statefulSets
      .items()
      .some(
        ({ metadata, status }) =>
          metadata?.name === 'argocd-application-controller' && (status?.readyReplicas ?? 0) > 0,
      )

  /**
   * Syncs a new application once its workloads exist and are healthy. Later, a sync or a refresh updates the health, and a
   * progressing application becomes healthy without either.
   */
  const reconcileOne = async (application: Application): Promise<void> => {
    const name = application.metadata?.name ?? ''
    if (application.metadata?.annotations?.[skipAnnotation] === 'true') return
    if (application.operation !== undefined) return execute(application, application.operation)
    if (application.status?.sync === undefined) {
      const found = workloadsOf(application, workloads)
      if (found.length > 0 && found.every(({ healthy }) => healthy)) {
        await execute(application, {
          sync: { revision: revisionOf(application.spec?.source) },
          initiatedBy: { automated: true },
        })
      }
      return
    }
    const revision = application.status.sync.revision ?? revisionOf(application.spec?.source)
    const health = application.status.health?.status
    if (health === 'Progressing' && comparison(application, revision).health.status === 'Healthy')
      return patch(application, { status: comparison(application, revision) })
    if (application.metadata?.annotations?.[refreshAnnotation] !== undefined) {
      await patch(application, {
        metadata: { name, namespace: application.metadata.namespace, annotations: { [refreshAnnotation]: null } },
        status: comparison(application, revision),
      })
    }
    await compareRegularly(application)
  }

  await reconcile(
    'argocd',
    [applications, workloads.statefulSets, workloads.deployments],
    async () => {
      if (isRunning()) await Promise.all(applications.items().map(reconcileOne))
    },
    tick,
  )
}
