/** Section 2: checks that ArgoCD attends to the Application, so that its status is what ArgoCD says about it now. */
import { refreshOf } from '../basis/argocd'
import { command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { Unmet } from '../basis/expectation'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { applicationNames, expectApplication } from './application'
import { type Outcome, settled } from './settled'

const annotation = { skip: 'argocd.argoproj.io/skip-reconcile', refresh: 'argocd.argoproj.io/refresh' } as const

/** The spellings of "true" that ArgoCD accepts: strconv.ParseBool of Go. */
const isTrue = (text: string | undefined) => /^(1|t|T|true|TRUE|True)$/.test(text ?? '')

/** The time in milliseconds within which ArgoCD takes up a change of an Application or a requested refresh. */
const takenUpWithinMs = 10_000

export const controllerOf = ({ configuration }: Platform) =>
  `workloads labelled ${configuration.dependencies.argocd.selector}`

/**
 * 2.3: checks that the status of the Application is what ArgoCD says about it now: reconciled, recently by the cluster's clock,
 * compared to the current specification, and with the manifests that its hydrator renders.
 */
export async function expectAttended(platform: Platform): Promise<void> {
  const application = await expectApplication(platform)
  expectReconciliationOn(platform, application)
  if (refusalOf(application) === undefined) expectReconciled(platform, application)
  const deadlineMs = Math.min(takenUpWithinMs, platform.configuration.deadlines.condition)
  await eventually(
    async () => {
      const now = await expectApplication(platform)
      expectAccepted(platform, now)
      expectTakenUp(platform, now)
    },
    { deadlineMs },
  )
  await settled(platform, async () => hydrationOutcome(platform, await expectApplication(platform)))
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

function expectTakenUp(platform: Platform, application: Application): void {
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
  if (!difference) return
  const place = difference === 'hydrator' ? 'status.sourceHydrator' : 'status.sync.comparedTo'
  throw new Unmet({
    summary: `The status of ${object} is about an older specification: its ${difference} has changed since.`,
    object,
    reliesOn: [controllerOf(platform)],
    expected: `the ${difference} of the specification in ${place}`,
    found: `another ${difference}`,
    remedy: [refreshOf({ namespace, name }), ...remedy],
  })
}

/**
 * The finding about manifests that the hydrator of an Application has not rendered. The Application is Synced all the same: to what
 * the hydrator committed before. Phases: HydrateOperationPhase in pkg/apis/application/v1alpha1/types.go.
 */
function hydrationOutcome(platform: Platform, { spec, status }: Application): Outcome | undefined {
  const last = status.sourceHydrator?.currentOperation
  if (!spec.sourceHydrator || !last || last.phase === 'Hydrated') return undefined
  const { object, namespace, name } = applicationNames(platform)
  const goesOn = last.phase === 'Hydrating'
  const problem = new Unmet({
    summary: `The hydrator of ${object} ${goesOn ? 'has not ended' : 'fails'}, so ArgoCD deploys no newer manifests.`,
    object,
    reliesOn: [controllerOf(platform)],
    expected: 'Hydrated',
    found: [last.phase, last.message, `started at ${last.startedAt}`].filter(Boolean).join('; '),
    remedy: [
      command`kubectl get application -n ${namespace} ${name} -o jsonpath='{.status.sourceHydrator}'`,
      comment`ArgoCD renders them again two minutes after a failure, or at once with:`,
      command`kubectl annotate application -n ${namespace} ${name} --overwrite argocd.argoproj.io/hydrate=normal`,
    ],
  })
  return { problem, mayEnd: goesOn }
}

/** Names the part of the specification that the status is not about. */
function differenceOf({ spec, status }: Application): 'source' | 'destination' | 'hydrator' | undefined {
  const { comparedTo } = status.sync
  const hydrated = status.sourceHydrator?.currentOperation?.sourceHydrator
  if (spec.sourceHydrator && hydrated && spec.sourceHydrator.digest !== hydrated.digest) return 'hydrator'
  if (comparedTo === undefined) return undefined
  const [now, then] = [spec.destination, comparedTo.destination]
  // ArgoCD may resolve the name of a cluster to its server.
  const isSame = (field: 'server' | 'name' | 'namespace') => !now[field] || !then?.[field] || now[field] === then[field]
  if (then && !(isSame('server') && isSame('name') && isSame('namespace'))) return 'destination'
  // With a hydrator, ArgoCD compares what it has committed.
  if (spec.sourceHydrator) return undefined
  const digests = ({ source, sources }: Pick<Application['spec'], 'source' | 'sources'>) =>
    (sources.length > 0 ? sources : source ? [source] : []).map(({ digest }) => digest).join()
  return digests(spec) === digests(comparedTo) ? undefined : 'source'
}
