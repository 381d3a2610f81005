/** Section 2: checks of the state of the ArgoCD Application: that ArgoCD attends to it, its health, its syncs. */
import { comparisonOf, differencesOf, refreshOf, syncOf } from '../basis/argocd'
import { command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { Unmet } from '../basis/expectation'
import type { Application, ApplicationSource } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { applicationNames, expectApplication } from './application'

const annotation = { skip: 'argocd.argoproj.io/skip-reconcile', refresh: 'argocd.argoproj.io/refresh' } as const

/** The spellings of "true" that ArgoCD accepts: strconv.ParseBool of Go. */
const isTrue = (text: string | undefined) => /^(1|t|T|true|TRUE|True)$/.test(text ?? '')

/** The time in milliseconds within which ArgoCD takes up a change of an Application or a requested refresh. */
const takenUpWithinMs = 10_000

const controllerOf = ({ configuration }: Platform) => `workloads labelled ${configuration.dependencies.argocd.selector}`

/**
 * 2.3: checks that the status of the Application is what ArgoCD says about it now, and returns it: reconciled, recently by the
 * cluster's clock, and compared to the current specification.
 */
async function expectAttended(platform: Platform): Promise<Application> {
  const application = await expectApplication(platform)
  expectReconciliationOn(platform, application)
  if (refusalOf(application) === undefined) expectReconciled(platform, application)
  const deadlineMs = Math.min(takenUpWithinMs, platform.configuration.deadlines.condition)
  return eventually(
    async () => {
      const now = await expectApplication(platform)
      expectAccepted(platform, now)
      return expectTakenUp(platform, now)
    },
    { deadlineMs },
  )
}

/**
 * The condition with which ArgoCD refuses a specification. It then sets the two statuses to Unknown, and leaves the time and the
 * compared specification as they were: processAppRefreshQueueItem in controller/appcontroller.go.
 */
const refusalOf = ({ status }: Application) =>
  status.sync.status === 'Unknown'
    ? status.conditions.find(({ type }) => type === 'InvalidSpecError' || type === 'UnknownError')
    : undefined

function expectAccepted(platform: Platform, application: Application): void {
  const refusal = refusalOf(application)
  if (refusal === undefined) return
  const { object, remedy } = applicationNames(platform)
  throw new Unmet({
    summary: `ArgoCD refuses the specification of ${object}.`,
    object,
    expected: 'a specification that its AppProject allows',
    found: `${refusal.type}: ${refusal.message ?? 'no message'}`,
    // AppProjects lie in ArgoCD's own namespace, which may differ from that of the Application.
    remedy: [...remedy, command`kubectl get appprojects --all-namespaces -o yaml`],
  })
}

function expectReconciliationOn(platform: Platform, { metadata }: Application): void {
  const { object, name, namespace } = applicationNames(platform)
  const skipped = metadata.annotations[annotation.skip]
  if (isTrue(skipped))
    throw new Unmet({
      summary: `Nobody reconciles ${object}: the annotation ${annotation.skip} turns it off.`,
      object,
      expected: `no annotation ${annotation.skip}`,
      found: `${annotation.skip}: ${skipped}`,
      remedy: [command`kubectl annotate application -n ${namespace} ${name} ${`${annotation.skip}-`}`],
    })
}

function expectReconciled(platform: Platform, { status }: Application): void {
  const { object, name, namespace, remedy } = applicationNames(platform)
  const within = platform.configuration.application.reconciledWithin
  const age = platform.kubernetes.now.getTime() - Date.parse(status.reconciledAt ?? '')
  if (age <= within) return
  throw new Unmet({
    summary: `ArgoCD has not reconciled ${object} for more than ${within / 60_000} minutes.`,
    object,
    reliesOn: [controllerOf(platform)],
    expected: `a comparison in the last ${within / 60_000} minutes`,
    found: status.reconciledAt ? `the last one was at ${status.reconciledAt}` : 'no status.reconciledAt',
    remedy: [
      refreshOf({ namespace, name }),
      ...remedy,
      comment`if ArgoCD compares less often here: configuration key application.reconciledWithin`,
    ],
  })
}

function expectTakenUp(platform: Platform, application: Application): Application {
  const { object, namespace, name, remedy } = applicationNames(platform)
  const refresh = application.metadata.annotations[annotation.refresh]
  if (refresh !== undefined)
    throw new Unmet({
      summary: `ArgoCD has not taken up the refresh of ${object}.`,
      object,
      reliesOn: [controllerOf(platform)],
      expected: `no annotation ${annotation.refresh}`,
      found: `${annotation.refresh}: ${refresh}`,
      remedy,
    })
  const difference = differenceOf(application)
  if (!difference) return application
  throw new Unmet({
    summary: `The status of ${object} is about an older specification: its ${difference} has changed since.`,
    object,
    reliesOn: [controllerOf(platform)],
    expected: `the ${difference} of the specification in status.sync.comparedTo`,
    found: `another ${difference}`,
    remedy: [refreshOf({ namespace, name }), ...remedy],
  })
}

/** Names the part of the specification that the status was not compared to. With a hydrator, ArgoCD compares a derived source. */
function differenceOf({ spec, status }: Application): 'source' | 'destination' | undefined {
  const { comparedTo } = status.sync
  if (comparedTo === undefined) return undefined
  const [now, then] = [spec.destination, comparedTo.destination]
  // ArgoCD may resolve the name of a cluster to its server.
  const isSame = (field: 'server' | 'name' | 'namespace') => !now[field] || !then?.[field] || now[field] === then[field]
  if (then && !(isSame('server') && isSame('name') && isSame('namespace'))) return 'destination'
  if (spec.sourceHydrator) return undefined
  const sources = ({ source, sources }: Pick<Application['spec'], 'source' | 'sources'>) =>
    JSON.stringify((sources.length > 0 ? sources : source ? [source] : []).map(fields))
  return sources(spec) === sources(comparedTo) ? undefined : 'source'
}

const fields = ({ repoURL, path, chart, targetRevision }: ApplicationSource) =>
  [repoURL, path, chart, targetRevision].map((field) => field ?? '')

/** 2.3: checks that the Application is healthy. */
export async function expectHealthy(platform: Platform): Promise<void> {
  const { status } = await expectAttended(platform)
  const { object, remedy } = applicationNames(platform)
  if (status.health.status === 'Healthy') return
  const unhealthy = status.resources
    .filter(({ health }) => health?.status !== undefined && health.status !== 'Healthy')
    .map(({ kind, name, health }) => `${kind} ${name} is ${health?.status}`)
  const found = [status.health.status ?? 'no health status', status.health.message, ...unhealthy].filter(Boolean)
  throw new Unmet({
    summary: `${object} ${status.health.status ? `is ${status.health.status}` : 'has no health status'}.`,
    object,
    reliesOn: [object],
    expected: 'Healthy',
    found: found.join('; '),
    remedy,
  })
}

/** 2.3: checks that the Application is synced. */
export async function expectSynced(platform: Platform): Promise<void> {
  const { spec, status } = await expectAttended(platform)
  const { object, namespace, name, remedy } = applicationNames(platform)
  if (status.sync.status === 'Synced') return
  const operation = status.operationState ?? undefined
  if (status.sync.status === 'OutOfSync' && hasFailed(operation))
    throw failedOperation(platform, operation, 'Succeeded')
  const isAutomated = spec.syncPolicy?.automated?.enabled ?? false
  const held =
    isAutomated && status.sync.status === 'OutOfSync'
      ? [comment`ArgoCD syncs it by itself, unless a sync window of its AppProject forbids that:`, syncWindows()]
      : []
  const outOfSync = status.resources
    .filter((resource) => resource.status === 'OutOfSync')
    .map(({ kind, name }) => `${kind} ${name}`)
  throw new Unmet({
    summary: `${object} ${status.sync.status ? `is ${status.sync.status}` : 'has no sync status'}.`,
    object,
    expected: 'Synced',
    found: [status.sync.status ?? 'no sync status', ...outOfSync, ...status.conditions.map(({ message }) => message)]
      .filter(Boolean)
      .join('; '),
    reliesOn: [comparisonOf(object)],
    remedy: [differencesOf({ namespace, name }), ...held, syncOf({ namespace, name }), ...remedy],
  })
}

/**
 * 2.3: checks that the last operation succeeded. One that runs gets the time to end. An Application that was Synced from the
 * start has had no operation.
 */
export async function expectOperationSucceeded(platform: Platform): Promise<void> {
  await eventually(
    async () => {
      const application = await expectApplication(platform)
      const { object, remedy } = applicationNames(platform)
      const operation = application.status.operationState
      if (application.operation)
        throw new Unmet({
          summary: `${object} has a requested operation that ArgoCD has not taken up.`,
          object,
          reliesOn: [controllerOf(platform)],
          expected: 'no field operation',
          found: 'field operation',
          remedy,
        })
      if (!operation || operation.phase === 'Succeeded') return
      throw failedOperation(platform, operation, 'Succeeded')
    },
    { deadlineMs: platform.configuration.deadlines.condition },
  )
}

/** @param startedAfter start of the operation before the sync that the suite requested, as an ISO timestamp */
async function expectSyncSucceeded(platform: Platform, startedAfter: string): Promise<void> {
  const { status } = await expectApplication(platform)
  const { object, remedy } = applicationNames(platform)
  const operation = status.operationState ?? undefined
  if (operation?.phase === 'Succeeded' && (operation.startedAt ?? '') > startedAfter) return
  if (!operation || (startedAfter !== '' && (operation.startedAt ?? '') <= startedAfter))
    throw new Unmet({
      summary: `The requested sync of ${object} has not started: ArgoCD did not pick up the operation.`,
      object,
      expected: startedAfter === '' ? 'an operation' : `an operation that started after ${startedAfter}`,
      found: operation?.startedAt ? `the last operation started at ${operation.startedAt}` : 'no operation has run yet',
      remedy: [...remedy, comment`check that the ArgoCD application controller is running`],
    })
  throw failedOperation(
    platform,
    operation,
    startedAfter === '' ? 'Succeeded' : `Succeeded, started after ${startedAfter}`,
  )
}

type Operation = NonNullable<Application['status']['operationState']>

/** True for an operation that failed, also while ArgoCD tries it again: then another sync would fail in the same way. */
const hasFailed = (operation: Operation | undefined): operation is Operation =>
  operation !== undefined &&
  operation.phase !== 'Succeeded' &&
  (operation.phase !== 'Running' || !!operation.retryCount)

/** Lists the sync windows. AppProjects lie in ArgoCD's own namespace, which may differ from that of the Application. */
const syncWindows = () =>
  command`kubectl get appprojects --all-namespaces -o custom-columns='NAME:.metadata.name,WINDOWS:.spec.syncWindows'`

/** The message of an operation that waits for the end of a sync window: SyncAppState in controller/sync.go. */
const heldByWindow = /blocked by sync window/

function failedOperation(platform: Platform, { phase, startedAt, message }: Operation, expected: string): Unmet {
  const { object, remedy } = applicationNames(platform)
  if (heldByWindow.test(message ?? ''))
    return new Unmet({
      summary: `A sync window keeps ArgoCD from syncing ${object}.`,
      object,
      expected,
      found: `${phase}${startedAt ? ` (started at ${startedAt})` : ''}: ${message}`,
      remedy: [...remedy, syncWindows(), comment`the operation goes on when the window ends`],
    })
  return new Unmet({
    summary: `The last operation of ${object} did not succeed.`,
    object,
    expected,
    found: `${phase}${startedAt ? ` (started at ${startedAt})` : ''}: ${message ?? 'no message'}`,
    remedy,
  })
}

/**
 * 2.4: starts a sync.
 * @returns when the previous operation started, which distinguishes the new one from it; empty if there was none
 */
export async function startSync(platform: Platform): Promise<string> {
  const { metadata } = await expectApplication(platform)
  return platform.kubernetes.syncs.start(metadata.name, platform.configuration.deadlines.condition)
}

/** 2.4: waits until the sync that was started has succeeded, and takes it back if nobody executes it. */
export async function expectSyncSucceeds(platform: Platform, startedAfter: string): Promise<void> {
  const { application, deadlines } = platform.configuration
  const succeeded = eventually(() => expectSyncSucceeded(platform, startedAfter), { deadlineMs: deadlines.condition })
  await platform.kubernetes.syncs.ending(application.name, succeeded)
}
