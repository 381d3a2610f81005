/** The service deployed through an Application behind the configured one, with the real ArgoCD. */
import { git } from '../../sandbox/platform/repository'
import { inService, namespace } from '../catalogue/breaking'
import type { Doors, Reference } from '../doors/doors'
import { until } from '../doors/until'
import {
  application,
  byHand,
  committing,
  compared,
  deployedPath,
  manifests,
  repositoryOf,
  statusOf,
  withChanges,
} from './deploying'

const behind = inService('application', 'devlake-workloads')

/** The folder of the Application behind the configured one. */
export const behindPath = 'platform/apps/devlake-workloads'

export const configMap = (name: string, where = namespace) => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: ${where} }
data: { greeting: hello }
`

/** Commits the manifests of the service to the other folder, and an Application that deploys it to the configured one. */
const moved = async (doors: Doors) => {
  const spec = {
    project: 'default',
    source: { repoURL: await repositoryOf(doors), path: behindPath, targetRevision: 'main' },
    destination: { server: 'https://kubernetes.default.svc', namespace },
  }
  const metadata = { name: behind.name, namespace }
  const manifest = JSON.stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec })
  const undo = await committing(`${behindPath}/manifests.yaml`, await git('show', `HEAD:${manifests}`))()
  await committing(manifests, undefined)()
  await committing(`${deployedPath}/workloads.yaml`, manifest)()
  return undo
}

const syncing = (doors: Doors, reference: Reference) => doors.patch(reference, { operation: { sync: {} } })

/** Syncs the configured Application, which creates the other one, and then that one, which takes the workloads over. */
const handedOver = async (doors: Doors) => {
  await compared(doors)
  await syncing(doors, application)
  await until('the Application behind to exist', () => doors.exists(behind), 60_000)
  await compared(doors, behind)
  await syncing(doors, behind)
  const isSynced = async () => (await statusOf(doors, behind)).sync?.status === 'Synced'
  await until('the Application behind to take the workloads over', isSynced, 60_000)
  return async () => undefined
}

/**
 * Deploys the service through another Application, and makes further changes.
 * @param shows the sign of them
 */
export const throughAnother =
  (
    changes: Parameters<typeof withChanges>[1] = [],
    shows: (doors: Doors, behind: Reference) => Promise<boolean> = async () => true,
  ) =>
  async (doors: Doors): Promise<() => Promise<void>> => {
    const heal = await withChanges(doors, [byHand, moved, handedOver, ...changes])
    const undo = async () => {
      await heal()
      await until('the Application behind to be pruned', async () => !(await doors.exists(behind)), 60_000)
    }
    try {
      await compared(doors, behind)
      await until('ArgoCD to show the change', () => shows(doors, behind), 60_000)
    } catch (error) {
      await undo()
      throw error
    }
    return undo
  }
