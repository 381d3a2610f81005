/** Section 2: checks of the operations of the ArgoCD Application, which are its syncs. */
import { syncOf } from '../basis/argocd'
import { command, comment } from '../basis/command'
import { Blocked, Unmet } from '../basis/expectation'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { applicationNames, expectApplication, nameOfResource } from './application'
import { controllerOf } from './application-attention'
import { type Outcome, settled } from './settled'
import { forbiddingWindows, goesOn, held, type Starter } from './sync-windows'

type Operation = NonNullable<Application['status']['operationState']>

const hasEnded = ({ phase }: Operation) => phase !== 'Running' && phase !== 'Terminating'

/** The message of an operation that waits for the end of a sync window: SyncAppState in controller/sync.go. */
const isHeld = ({ phase, message = '' }: Operation) => phase === 'Running' && /blocked by sync window/.test(message)

/** True if an operation was requested or runs, and no sync window holds it. */
export const isUnderway = ({ operation, status: { operationState: state } }: Application): boolean =>
  state && !hasEnded(state) ? !isHeld(state) : Boolean(operation)

/** True for an operation that failed, also while ArgoCD tries it again, and for one that a sync window holds. */
export const hasFailed = (operation: Operation | undefined): operation is Operation =>
  operation !== undefined &&
  operation.phase !== 'Succeeded' &&
  (hasEnded(operation) || isHeld(operation) || !!operation.retryCount)

/**
 * 2.3: checks that the last operation succeeded. One that runs gets the time to end. An Application that was Synced from the
 * start has had no operation.
 */
export async function expectOperationSucceeded(platform: Platform): Promise<void> {
  await settled(platform, async () => {
    const application = await expectApplication(platform)
    const { object, remedy } = applicationNames(platform)
    const { operation, status } = application
    if (operation) {
      const problem = new Unmet({
        summary: `${object} has a requested operation that ArgoCD has not taken up.`,
        object,
        reliesOn: [controllerOf(platform)],
        expected: 'no field operation',
        found: 'field operation',
        remedy,
      })
      return { problem, mayEnd: true }
    }
    const last = status.operationState
    if (!last || last.phase === 'Succeeded') return undefined
    const problem = await failedOperation(platform, application, last, 'Succeeded')
    return { problem, mayEnd: isUnderway(application) }
  })
}

/** @param startedAfter start of the operation before the sync that the suite requested, as an ISO timestamp */
async function syncOutcome(platform: Platform, startedAfter: string): Promise<Outcome | undefined> {
  const application = await expectApplication(platform)
  const { object, remedy } = applicationNames(platform)
  const operation = application.status.operationState ?? undefined
  if (operation?.phase === 'Succeeded' && (operation.startedAt ?? '') > startedAfter) return undefined
  if (!operation || (startedAfter !== '' && (operation.startedAt ?? '') <= startedAfter)) {
    const problem = new Unmet({
      summary: `The requested sync of ${object} has not started: ArgoCD did not pick up the operation.`,
      object,
      expected: startedAfter === '' ? 'an operation' : `an operation that started after ${startedAfter}`,
      found: operation?.startedAt ? `the last operation started at ${operation.startedAt}` : 'no operation has run yet',
      remedy: [...remedy, comment`check that the ArgoCD application controller is running`],
    })
    return { problem, mayEnd: true }
  }
  const expected = startedAfter === '' ? 'Succeeded' : `Succeeded, started after ${startedAfter}`
  const problem = await failedOperation(platform, application, operation, expected)
  return { problem, mayEnd: isUnderway(application) }
}

/**
 * The tasks of an operation that failed: hooks, and resources that could not be applied or did not become healthy. ArgoCD lists
 * the resources that it could not apply in a new order each time.
 */
function failedTasks({ syncResult }: Operation) {
  const all = syncResult?.resources ?? []
  const unapplied = all.filter(({ status }) => status === 'SyncFailed')
  const others = all.filter(
    ({ status, hookPhase }) => status !== 'SyncFailed' && (hookPhase === 'Failed' || hookPhase === 'Error'),
  )
  return [...unapplied.sort((one, other) => nameOfResource(one).localeCompare(nameOfResource(other))), ...others]
}

/**
 * Who ArgoCD takes for the starter of the next sync: the starter of the last operation. It looks at that one, and a sync by hand
 * that follows an automated sync even keeps its mark, because the state of operations is merged: syncWindowPreventsSync in
 * controller/sync.go, setOperationState in controller/appcontroller.go.
 */
const starterOf = ({ status }: Application): Starter =>
  status.operationState?.operation.initiatedBy.automated ? 'ArgoCD' : 'hand'

/** The finding about an operation that has not succeeded. */
export async function failedOperation(
  platform: Platform,
  application: Application,
  operation: Operation,
  expected: string,
): Promise<Unmet> {
  const { object, namespace, name, remedy } = applicationNames(platform)
  const { phase, startedAt, message } = operation
  const found = `${phase}${startedAt ? ` (started at ${startedAt})` : ''}: ${message ?? 'no message'}`
  if (isHeld(operation)) {
    const windows = await forbiddingWindows(platform, application, starterOf(application))
    return held(platform, application, windows ?? [], { object, expected, found, remedy: [...remedy, goesOn] })
  }
  const failed = failedTasks(operation)
  const [first] = failed.map(nameOfResource)
  const tasks = failed.slice(0, 3).map((one) => `${one.kind} ${one.name}: ${one.message}`)
  return new Unmet({
    summary: `The last operation of ${object} ${hasFailed(operation) ? 'did not succeed' : 'has not ended'}${first ? `: ${first} failed` : ''}.`,
    object,
    expected,
    found: [found, ...tasks].join('; '),
    remedy: [
      ...(first ? [tasksOf({ namespace, name })] : []),
      ...remedy,
      ...(hasEnded(operation) ? [comment`when the reason is mended:`, syncOf({ namespace, name })] : []),
    ],
  })
}

/** Lists what an operation applied and which hooks it ran, with their results. */
const tasksOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
  command`kubectl get application -n ${namespace} ${name} -o jsonpath='{range .status.operationState.syncResult.resources[*]}{.kind} {.namespace}/{.name} {.status} {.hookPhase}: {.message}{"\\n"}{end}'`

/**
 * 2.4: starts a sync.
 * @returns when the previous operation started, which distinguishes the new one from it; empty if there was none
 * @throws Blocked while a sync window forbids it: ArgoCD would keep the operation and execute it when the window allows it
 */
export async function startSync(platform: Platform): Promise<string> {
  const application = await expectApplication(platform)
  await expectSyncAllowed(platform, application, applicationNames(platform))
  return platform.kubernetes.syncs.start(application.metadata.name, platform.configuration.deadlines.condition)
}

/** Checks that no sync window forbids the sync that the suite is about to start. @throws Blocked */
export async function expectSyncAllowed(
  platform: Platform,
  application: Application,
  { object, remedy }: Pick<ReturnType<typeof applicationNames>, 'object' | 'remedy'>,
): Promise<void> {
  const windows = (await forbiddingWindows(platform, application, starterOf(application))) ?? []
  if (windows.length === 0) return
  const expected = 'a time at which a sync by hand is allowed'
  throw new Blocked(
    held(platform, application, windows, { object, expected, found: 'no sync was started', remedy }).finding,
  )
}

/** 2.4: waits until the sync that was started has succeeded, and takes it back if nobody executes it. */
export async function expectSyncSucceeds(platform: Platform, startedAfter: string): Promise<void> {
  const succeeded = settled(platform, () => syncOutcome(platform, startedAfter))
  await platform.kubernetes.syncs.ending(platform.configuration.application.name, succeeded)
}
