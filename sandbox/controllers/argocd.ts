/**
 * Stand-in for ArgoCD's application controller. While the controller's pods are ready, it gives a new Application its first
 * status, executes an Application's `operation`, and handles refresh requests. Its regular comparisons write only their time and
 * the specification that they are about, so that a status set by hand (a fault) stays. The revisions do not exist in any repository.
 * `up --real` runs ArgoCD 3.2 itself, from which the form of the status is taken.
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
}

interface Compared {
  project?: string
  source?: Source
  sources?: readonly Source[]
  destination?: { namespace?: string; server?: string }
}

export interface Application extends KubernetesObject {
  spec?: Compared
  operation?: { sync?: { revision?: string }; initiatedBy?: object }
  status?: {
    history?: HistoryEntry[]
    sync?: { comparedTo?: Compared }
    conditions?: readonly { type: string }[]
    health?: { status?: string }
    resources?: readonly Resource[]
  }
}

interface Resource {
  readonly kind: string
  readonly name: string
  readonly namespace?: string | undefined
  readonly requiresPruning?: boolean
}

interface Workload extends Resource {
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

/** The compared or synced sources: one with its revision, or several with a list of theirs and an empty single one. */
export function revisionsOf({ spec }: Application, revision = revisionOf(spec?.source)) {
  return spec?.sources ? { revision: '', revisions: spec.sources.map(revisionOf) } : { revision }
}
const sourcesOf = ({ spec }: Application) => (spec?.sources ? { sources: spec.sources } : { source: spec?.source })

/** The condition of an Application whose project does not exist. ArgoCD's conditions have no status. */
const invalid = 'InvalidSpecError'

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
export function comparisonOf(application: Application, found: readonly Workload[], revision?: string) {
  const health = (healthy: boolean) => (healthy ? 'Healthy' : 'Progressing')
  return {
    reconciledAt: now(),
    sourceType: 'Directory',
    sync: {
      status: 'Synced',
      // A merge would keep the list of an application that had several sources.
      revisions: null,
      ...revisionsOf(application, revision),
      comparedTo: comparedTo(application),
    },
    health: { status: health(found.length > 0 && found.every(({ healthy }) => healthy)), lastTransitionTime: now() },
    // ArgoCD 3 keeps the health of the resources in its own cache.
    resourceHealthSource: 'appTree',
    resources: found.map(({ kind, name, namespace }) => ({
      group: 'apps',
      version: 'v1',
      kind,
      name,
      namespace,
      status: 'Synced',
    })),
    controllerNamespace: application.metadata?.namespace,
  }
}

export async function runArgoCd(
  cluster: Cluster,
  applications: Cache<Application>,
  projects: Cache<KubernetesObject>,
  workloads: Workloads,
): Promise<void> {
  const comparison = (application: Application, revision?: string) =>
    comparisonOf(application, workloadsOf(application, workloads), revision)

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
    const revisions = revisionsOf(application, operation.sync?.revision)
    const running = { operation, phase: 'Running', startedAt, message: 'one or more tasks are running' }
    await patch(application, {
      operation: null,
      status: { operationState: { ...running, finishedAt: null, syncResult: null } },
    })
    const finishedAt = now()
    const history = application.status?.history ?? []
    const entry = {
      id: (history.at(-1)?.id ?? -1) + 1,
      ...revisions,
      deployedAt: finishedAt,
      deployStartedAt: startedAt,
      ...sourcesOf(application),
    }
    await patch(application, {
      status: {
        ...comparison(application, operation.sync?.revision),
        operationState: {
          operation,
          phase: 'Succeeded',
          startedAt,
          finishedAt,
          message: 'successfully synced (all tasks run)',
          syncResult: { ...revisions, ...sourcesOf(application) },
        },
        history: [...history, { ...entry, initiatedBy: operation.initiatedBy ?? { automated: true } }].slice(-10),
      },
    })
  }

  const isRefused = ({ status }: Application) => status?.conditions?.some(({ type }) => type === invalid) === true

  /** The name of the application's project if it does not exist. Projects lie in ArgoCD's namespace, applications in any. */
  const missingProject = ({ spec }: Application): string | undefined => {
    const project = spec?.project ?? 'default'
    return projects.items().some(({ metadata }) => metadata?.name === project) ? undefined : project
  }

  /** Writes what ArgoCD writes for a project that does not exist: no comparison, and no time of one. */
  const refuse = async (application: Application, project: string): Promise<void> => {
    const message = `Application referencing project ${project} which does not exist`
    if (application.operation !== undefined) {
      const operation = { operation: application.operation, startedAt: now(), finishedAt: now(), phase: 'Error' }
      await patch(application, {
        operation: null,
        status: { operationState: { ...operation, message: `${invalid}: ${message}` } },
      })
    }
    if (isRefused(application)) return
    await patch(application, {
      status: {
        sync: { status: 'Unknown' },
        health: { status: 'Unknown', lastTransitionTime: now() },
        conditions: [{ type: invalid, message, lastTransitionTime: now() }],
      },
    })
  }

  /** The resources of another specification: what the one before delivered and this one does not is left to be pruned. */
  const delivered = (application: Application): readonly Resource[] => {
    const { resources } = comparison(application)
    const isKept = ({ kind, name, namespace }: Resource) =>
      resources.some((one) => one.kind === kind && one.name === name && one.namespace === namespace)
    const left = (application.status?.resources ?? []).filter((one) => !isKept(one))
    return [...resources, ...left.map((one) => ({ ...one, status: 'OutOfSync', requiresPruning: true }))]
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
    if (isOther) await patch(application, { status: { resources: delivered(application), sync: { comparedTo: null } } })
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
   * Compares a new application once its workloads exist and are healthy: there is nothing to sync, so it has had no operation.
   * Later, a sync or a refresh updates the health, and a progressing application becomes healthy without either.
   */
  const reconcileOne = async (application: Application): Promise<void> => {
    const name = application.metadata?.name ?? ''
    if (application.metadata?.annotations?.[skipAnnotation] === 'true') return
    const project = missingProject(application)
    if (project !== undefined) return refuse(application, project)
    if (application.operation !== undefined) return execute(application, application.operation)
    if (application.status?.sync === undefined) {
      const found = workloadsOf(application, workloads)
      if (found.length > 0 && found.every(({ healthy }) => healthy))
        await patch(application, { status: comparison(application) })
      return
    }
    if (isRefused(application)) return patch(application, { status: { ...comparison(application), conditions: null } })
    const health = application.status.health?.status
    if (health === 'Progressing' && comparison(application).health.status === 'Healthy')
      return patch(application, { status: comparison(application) })
    if (application.metadata?.annotations?.[refreshAnnotation] !== undefined) {
      await patch(application, {
        metadata: { name, namespace: application.metadata.namespace, annotations: { [refreshAnnotation]: null } },
        status: comparison(application),
      })
    }
    await compareRegularly(application)
  }

  await reconcile(
    'argocd',
    [applications, projects, workloads.statefulSets, workloads.deployments],
    async () => {
      await projects.filled
      if (isRunning()) await Promise.all(applications.items().map(reconcileOne))
    },
    tick,
  )
}
