/** The AppProject of an ArgoCD Application, of which the suite reads the sync windows and the kinds that it allows. */
import { z } from 'zod'
import { unlessBlocked } from '../basis/expectation'
import type { Application } from './custom-resources'
import type { KubernetesApi } from './kubernetes-api'
import { oneObject } from './one-object'
import { operations } from './operations'

const names = z
  .array(z.string())
  .nullish()
  .transform((given) => given ?? [])

/** https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows */
const syncWindow = z.object({
  kind: z.string().default(''),
  /** When the window opens, as in a crontab. */
  schedule: z.string().default(''),
  /** For how long it stays open, such as "1h30m". */
  duration: z.string().default(''),
  /** UTC if it is empty or unknown. */
  timeZone: z.string().default(''),
  applications: names,
  namespaces: names,
  clusters: names,
  /** True if a sync by hand may take place in spite of the window. */
  manualSync: z.boolean().default(false),
  /** True if the window holds only for what all of its lists match, instead of any. */
  andOperator: z.boolean().default(false),
})
export type SyncWindow = z.infer<typeof syncWindow>

/** Patterns of kinds, which may have wildcards. ArgoCD tells an absent list from an empty one. */
const kinds = z
  .array(z.object({ group: z.string().default(''), kind: z.string().default(''), name: z.string().default('') }))
  .nullish()

const appProject = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z
    .object({
      syncWindows: z.array(syncWindow).nullish(),
      ...{ clusterResourceWhitelist: kinds, clusterResourceBlacklist: kinds },
      ...{ namespaceResourceWhitelist: kinds, namespaceResourceBlacklist: kinds },
    })
    .prefault({}),
})
export type ProjectRules = z.infer<typeof appProject>['spec']

/** The name and namespace of the AppProject: it lies in ArgoCD's own namespace, which ArgoCD 3 writes into the status. */
export const projectOf = ({ metadata, spec, status }: Application) => ({
  name: spec.project || 'default',
  namespace: status.controllerNamespace || metadata.namespace || '',
})

/** Returns what the project of an Application allows; undefined if it does not exist, or the caller may not read it. */
export async function rulesOf(api: KubernetesApi, application: Application): Promise<ProjectRules | undefined> {
  const reference = { kind: 'AppProject', ...projectOf(application) }
  const found = await oneObject(api, appProject, operations.getAppProject, reference).catch(unlessBlocked(undefined))
  return found?.spec
}

/** Returns the sync windows of the project of an Application; undefined if the caller may not read them. */
export async function syncWindowsOf(
  api: KubernetesApi,
  application: Application,
): Promise<readonly SyncWindow[] | undefined> {
  const rules = await rulesOf(api, application)
  return rules?.syncWindows ?? (rules ? [] : undefined)
}
