/** Ways to change what the real ArgoCD deploys: the Application, its project and its repository. */
import { clone, commit, git } from '../../sandbox/platform/repository'
import { inService } from '../catalogue/breaking'
import type { Doors, Reference } from '../doors/doors'
import { until, untilShown } from '../doors/until'

export const application = inService('application', 'devlake')
export const project = inService('appproject', 'default')

/** The folder of the Application in the repository. */
export const deployedPath = 'platform/apps/devlake'
export const manifests = `${deployedPath}/manifests.yaml`

/** Milliseconds within which ArgoCD renders, compares and syncs a change. */
const patience = 60_000

interface Status {
  readonly sync?: { readonly status?: string; readonly comparedTo?: object }
  readonly health?: { readonly status?: string }
  readonly operationState?: { readonly phase?: string; readonly message?: string }
  readonly conditions?: readonly { readonly type: string; readonly message?: string }[]
}

export const statusOf = async (doors: Doors, reference: Reference = application): Promise<Status> =>
  ((await doors.get(reference)).status ?? {}) as Status

const refresh = 'argocd.argoproj.io/refresh'

/** Requests a comparison with the newest commit, and waits until ArgoCD has written its result. */
export async function compared(doors: Doors, reference: Reference = application): Promise<void> {
  await doors.patch(reference, { metadata: { annotations: { [refresh]: 'normal' } } })
  await until(
    'ArgoCD to compare',
    async () => !(refresh in (((await doors.get(reference)).metadata.annotations ?? {}) as object)),
    patience,
  )
}

const isWell = ({ sync, health, operationState, conditions = [] }: Status) =>
  sync?.status === 'Synced' &&
  health?.status === 'Healthy' &&
  [undefined, 'Succeeded'].includes(operationState?.phase) &&
  !conditions.some(({ type }) => type.endsWith('Error'))

/**
 * Waits until the Application is deployed again. An operation that ArgoCD tries again is ended,
 * and one that failed stays the last until somebody starts another.
 */
async function deployed(doors: Doors): Promise<void> {
  await compared(doors)
  if ((await statusOf(doors)).operationState?.phase === 'Running')
    await doors.patch(application, { status: { operationState: { phase: 'Terminating' } } })
  await until(
    'the operation to end',
    async () => !/^(Running|Terminating)$/.test((await statusOf(doors)).operationState?.phase ?? ''),
    patience,
  )
  const { sync, operationState } = await statusOf(doors)
  if (sync?.status === 'Synced' && /^(Failed|Error)$/.test(operationState?.phase ?? ''))
    await doors.patch(application, { operation: { sync: {} } })
  await until('ArgoCD to deploy again', async () => isWell(await statusOf(doors)), patience)
}

/**
 * Makes changes one after the other, compares, and waits until ArgoCD shows the result. The undo takes them back in reverse order.
 * @param shows the sign of it; by default an Application that is synced and healthy
 */
export async function withChanges(
  doors: Doors,
  changes: readonly ((doors: Doors) => Promise<() => Promise<void>>)[],
  shows: (status: Status) => boolean = isWell,
): Promise<() => Promise<void>> {
  const undone: (() => Promise<void>)[] = []
  const undo = async () => {
    for (const one of undone.reverse()) await one()
    await deployed(doors)
  }
  for (const change of changes) undone.push(await change(doors))
  await compared(doors)
  return untilShown(undo, 'ArgoCD to show the change', async () => shows(await statusOf(doors)))
}

/** True while a rollout of what ArgoCD has synced goes on. */
export const progressing = ({ health, sync }: Status): boolean =>
  health?.status === 'Progressing' && sync?.status === 'Synced'

/** The manifest of a Deployment that nothing of the service needs. */
export const exporter = (spec: { readonly minReadySeconds?: number; readonly nodeSelector?: object }): string => {
  const { nodeSelector, ...own } = spec
  const labels = { app: 'exporter' }
  const containers = [{ name: 'exporter', image: 'docker.io/library/busybox:1.37' }]
  const template = { metadata: { labels }, spec: { ...(nodeSelector ? { nodeSelector } : {}), containers } }
  const metadata = { name: 'exporter', namespace: 'fawkes' }
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata }
  return JSON.stringify({ ...object, spec: { ...own, selector: { matchLabels: labels }, template } })
}

/** Patches an object, by default the Application. */
export const patching =
  (patch: object, reference: Reference = application) =>
  (doors: Doors) =>
    doors.patch(reference, patch)

/** Without it, ArgoCD deploys only when somebody asks for it. */
export const byHand = patching({ spec: { syncPolicy: null } })

/** Commits a change of a file to the branch that ArgoCD deploys; without a text, the file is deleted. */
export const committing = (path: string, text: string | undefined) => async () => {
  const before = await git('rev-parse', 'HEAD')
  await commit(path, text)
  return async () => {
    await git('reset', '--quiet', '--hard', before)
  }
}

/** Commits a copy of a file. */
export const copying = (from: string, to: string) => async () => committing(to, await git('show', `HEAD:${from}`))()

/** Makes the same repository available below another owner. */
export const cloned = async () => {
  const remove = await clone('jo')
  return async () => remove()
}

/** The URL of the repository of the Application. */
export async function repositoryOf(doors: Doors): Promise<string> {
  const { spec } = (await doors.get(application)) as unknown as { spec: { source: { repoURL: string } } }
  return spec.source.repoURL
}
