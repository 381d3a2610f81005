/** Section 2: checks of the state of the ArgoCD Application: its health, and that it is in sync with its source. */
import { comparisonOf, differencesOf, syncOf } from '../basis/argocd'
import { command, comment } from '../basis/command'
import { type Circumstances, Unmet } from '../basis/expectation'
import { matchesGlob } from '../formats/glob'
import { projectOf } from '../platform/app-project'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { applicationNames, deliveredWorkloads, expectApplication, nameOfResource, workloadKinds } from './application'
import { expectAttended } from './application-attention'
import { failedOperation, hasFailed, isUnderway } from './application-operations'
import { contestedIn } from './contested-objects'
import { forbiddenResources } from './forbidden-kinds'
import { type Outcome, settled } from './settled'
import { forbiddingWindows, goesOn, held, showWindows } from './sync-windows'
import { objectOf, serviceWorkloads } from './workloads'

/** 2.3: checks that the Application is healthy. A rollout or a sync that goes on gets the time to end. */
export async function expectHealthy(platform: Platform): Promise<void> {
  await expectAttended(platform)
  await settled(platform, () => healthOf(platform))
}

async function healthOf(platform: Platform): Promise<Outcome | undefined> {
  const application = await expectApplication(platform)
  const { health, sync, resources, conditions } = application.status
  const { object, remedy } = applicationNames(platform)
  if (health.status === 'Healthy') return undefined
  // Resources are missing because they were not synced, so the reason is the same.
  if (health.status === 'Missing' && sync.status === 'OutOfSync') return syncOutcome(platform, application)
  const isProgressing = health.status === 'Progressing'
  const unhealthy = resources
    .filter((resource) => resource.health?.status !== undefined && resource.health.status !== 'Healthy')
    .map(({ kind, name, health }) => `${kind} ${name} is ${health?.status}`)
  const errors = conditions
    .filter(({ type }) => type.endsWith('Error'))
    .map(({ type, message }) => `${type}: ${message}`)
  const found = [health.status ?? 'no health status', health.message, ...unhealthy, ...errors].filter(Boolean)
  const problem = new Unmet({
    summary: `${object} ${health.status ? `is ${isProgressing ? 'still ' : ''}${health.status}` : 'has no health status'}.`,
    object,
    reliesOn: [object],
    expected: isProgressing ? `Healthy within ${seconds(platform)} s` : 'Healthy',
    found: found.join('; '),
    remedy,
  })
  return { problem, mayEnd: isProgressing || isUnderway(application) }
}

const seconds = ({ configuration }: Platform) => configuration.deadlines.condition / 1000

/** 2.3: checks that the Application is synced. A sync that runs or is about to start gets the time to end. */
export async function expectSynced(platform: Platform): Promise<void> {
  await expectAttended(platform)
  await settled(platform, async () => {
    const application = await expectApplication(platform)
    return application.status.sync.status === 'Synced'
      ? await blindness(platform, application)
      : syncOutcome(platform, application)
  })
}

/** The manager by which ArgoCD owns the fields that it applied: ArgoCDSSAManager in common/common.go. */
const ownManager = 'argocd-controller'

/** Paths, of both notations, with which ArgoCD ignores all that matters of an object. */
const whole = /^(?:[/.]?|[/.]spec(?:[/.]template(?:[/.]spec(?:[/.]containers(?:\[\d*\]|\/\d+)?)?)?)?)$/

/** The finding about an Application that is Synced whatever runs: ArgoCD compares nothing of its workloads. */
async function blindness(platform: Platform, application: Application): Promise<Outcome | undefined> {
  const { object, namespace, name } = applicationNames(platform)
  const blinding = application.spec.ignoreDifferences.flatMap(
    ({ jsonPointers, jqPathExpressions, managedFieldsManagers, ...of }) => {
      const path = [...(jsonPointers ?? []), ...(jqPathExpressions ?? [])].find((one) => whole.test(one))
      const what = managedFieldsManagers?.includes(ownManager) ? `what ${ownManager} has applied` : path
      const isOfWorkloads =
        matchesGlob(of.group, 'apps') && workloadKinds.some((workload) => matchesGlob(of.kind, workload))
      return what !== undefined && isOfWorkloads ? [{ ...of, what }] : []
    },
  )
  // ArgoCD writes no sync status of hooks, and of what an annotation makes it skip: CompareAppState in controller/state.go.
  const uncompared = deliveredWorkloads(application).filter(({ status }) => !status)
  const excluded = application.status.conditions.flatMap(({ type, message = '' }) =>
    type === exclusion ? message : [],
  )
  if (blinding.length + uncompared.length + excluded.length === 0) return undefined
  const workloads = await serviceWorkloads(platform)
  // An entry may be about one object, or those of one namespace.
  const blind = blinding.find((one) =>
    workloads.some(
      ({ metadata }) =>
        (one.name === '' || one.name === metadata.name) &&
        (one.namespace === '' || one.namespace === metadata.namespace),
    ),
  )
  const subject = { object, explainsNothing: true } as const
  if (blind)
    return lastingly({
      ...subject,
      summary: `${object} is Synced whatever runs: ArgoCD ignores all differences of ${blind.what} in ${blind.kind}.`,
      expected: 'spec.ignoreDifferences of single fields, such as /spec/replicas',
      found: `${blind.kind}: ${blind.what}`,
      remedy: [command`kubectl get application -n ${namespace} ${name} -o jsonpath='{.spec.ignoreDifferences}'`],
    })
  const unseen = (own: string) => ({
    ...subject,
    summary: `${object} is Synced whatever runs: ArgoCD does not compare ${own}.`,
    expected: `a sync status of ${own} in status.resources`,
  })
  const skipped = workloads.map(objectOf).find((own) => uncompared.some((one) => one.object === own))
  if (skipped !== undefined)
    return lastingly({
      ...unseen(skipped),
      found: 'none, because its manifest is that of a hook, or has an annotation by which ArgoCD skips it',
      remedy: [
        differencesOf({ namespace, name }),
        comment`remove the annotation argocd.argoproj.io/hook or helm.sh/hook from its manifest in the repository`,
      ],
    })
  for (const workload of workloads) {
    const warning = excluded.find((text) => text.includes(`/${workload.kind} ${workload.metadata.name} is excluded`))
    if (warning !== undefined)
      return lastingly({
        ...unseen(objectOf(workload)),
        found: `${exclusion}: ${warning}`,
        remedy: [
          command`kubectl get configmap -n ${projectOf(application).namespace} argocd-cm -o jsonpath='{.data.resource\\.exclusions}{.data.resource\\.inclusions}'`,
          comment`ArgoCD neither deploys nor compares what the settings exclude, or do not include`,
        ],
      })
  }
  return undefined
}

/** The condition about an object that the settings of ArgoCD exclude. It is not in status.resources: CompareAppState too. */
const exclusion = 'ExcludedResourceWarning'

const lastingly = (circumstances: Circumstances): Outcome => ({ problem: new Unmet(circumstances), mayEnd: false })

/** The finding about an Application that is not synced. */
async function syncOutcome(platform: Platform, application: Application): Promise<Outcome> {
  const { status } = application
  const { object, namespace, name, remedy } = applicationNames(platform)
  const isOutOfSync = status.sync.status === 'OutOfSync'
  const operation = status.operationState ?? undefined
  const mayEnd = isUnderway(application)
  if (isOutOfSync && hasFailed(operation))
    return { problem: await failedOperation(platform, application, operation, 'Succeeded'), mayEnd }
  const outOfSync = status.resources
    .filter((resource) => resource.status === 'OutOfSync')
    .map(({ kind, name }) => `${kind} ${name}`)
  const running = mayEnd && operation?.message ? [`a sync is running: ${operation.message}`] : []
  const circumstances = {
    object,
    expected: 'Synced',
    found: [
      status.sync.status ?? 'no sync status',
      ...outOfSync,
      ...running,
      ...status.conditions.map(({ message }) => message),
    ]
      .filter(Boolean)
      .join('; '),
  }
  const show = differencesOf({ namespace, name })
  const [forbidden] = isOutOfSync ? await forbiddenResources(platform, application) : []
  if (forbidden) {
    const project = projectOf(application)
    const problem = new Unmet({
      ...circumstances,
      summary: `${object} is OutOfSync, and no sync can succeed: its project ${project.name} does not allow ${nameOfResource(forbidden)}.`,
      remedy: [
        show,
        command`kubectl get appproject -n ${project.namespace} ${project.name} -o yaml`,
        comment`allow the kind in the lists of resources of the project, or take the object out of the repository`,
      ],
    })
    return { problem, mayEnd }
  }
  const isDue = !mayEnd && isOutOfSync && syncsByItself(application)
  const windows = isDue ? await forbiddingWindows(platform, application, 'ArgoCD') : []
  if (windows && windows.length > 0)
    return {
      problem: held(platform, application, windows, { ...circumstances, remedy: [show, goesOn] }),
      mayEnd: false,
    }
  const contested = contestedIn(application)
  const problem = new Unmet({
    ...circumstances,
    summary: `${object} ${status.sync.status ? `is ${status.sync.status}` : 'has no sync status'}${contested?.why ?? ''}.`,
    reliesOn: [comparisonOf(object)],
    remedy: [
      ...[show, ...(windows ? [] : [showWindows(application)]), ...(contested?.remedy ?? [])],
      ...[syncOf({ namespace, name }), ...remedy],
    ],
  })
  return { problem, mayEnd: mayEnd || isDue }
}

/**
 * True if ArgoCD starts a sync of an Application that is OutOfSync by itself: autoSync in controller/appcontroller.go. Without
 * pruning it leaves what is no longer delivered, and without self-healing it deploys each revision once.
 */
function syncsByItself({ spec, status }: Application): boolean {
  const automated = spec.syncPolicy?.automated
  if (!automated?.enabled) return false
  const differing = status.resources.filter((resource) => resource.status === 'OutOfSync')
  if (!automated.prune && differing.length > 0 && differing.every(({ requiresPruning }) => requiresPruning))
    return false
  const last = status.operationState?.syncResult
  return automated.selfHeal || last === undefined || revisionsOf(last) !== revisionsOf(status.sync)
}

interface Revised {
  readonly revision?: string | undefined
  readonly revisions?: readonly string[] | null | undefined
}

const revisionsOf = (revised: Revised | null) => JSON.stringify(revised?.revisions ?? [revised?.revision])
