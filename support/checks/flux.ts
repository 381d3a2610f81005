/** Section 2 where Flux delivers the service: checks of its Kustomization or HelmRelease, and of the source behind it. */
import { type CommandLine, command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { type FluxSource, type HelmRelease, type Kustomization, targetsOf } from '../platform/flux-resources'
import type { Platform } from '../platform/platform'
import { samePath, sameRepository, sameRevision } from './application-source'
import { conditionOf, describeCondition, describeWithReasons, reasonsBeside } from './conditions'
import { type Delivery, deliveryOf, inWords, namesOf, sourcesOf } from './flux-delivery'
import { releaseProblem, revisionProblem } from './flux-revisions'
import { skippedByFlux } from './flux-skipped'
import { expectAlive, lifecycleHindrances, lifecycleProblems } from './lifecycle'
import { type Outcome, outcomeOf, settled } from './settled'

/** 2.2: checks that the object exists and is not being deleted, and returns it. */
export async function expectFluxObject(platform: Platform): Promise<void> {
  await deliveryOf(platform)
}

/** 2.1: checks that Flux delivers what the configuration names, to the namespace of the service in this cluster. */
export async function expectFluxDelivers(platform: Platform): Promise<void> {
  const delivery = await deliveryOf(platform)
  const sources = await sourcesOf(platform, delivery)
  expectNone([...sourceProblems(platform, delivery, sources), ...destinationProblems(platform, delivery)])
}

function sourceProblems(platform: Platform, delivery: Delivery, sources: readonly FluxSource[]): Circumstances[] {
  const { object, remedy } = namesOf(platform)
  const { repository, path, chart, revision } = platform.configuration.application
  const url = sources.at(-1)?.spec.url
  const refs = sources.flatMap(({ spec: { ref } }) => [ref?.branch, ref?.tag, ref?.semver, ref?.commit, ref?.name])
  const named = [...refs, delivery.version].filter((ref) => ref !== undefined)
  // An OCIRepository is that of one chart, by whose name its address ends.
  const { chart: delivered = 'chartRef' in delivery.object.spec ? url?.split('/').at(-1) : undefined } = delivery
  const isWanted =
    (path === undefined || samePath(delivery.path, path)) &&
    (chart === undefined || delivered === chart) &&
    (revision === undefined || named.some((ref) => sameRevision(ref, revision)))
  return [
    ...(repository === undefined || sameRepository(url ?? '', repository)
      ? []
      : [
          {
            summary: `${object} does not deploy from the platform repository.`,
            object,
            expected: repository,
            found: url ?? 'a source without a URL',
            remedy,
          },
        ]),
    ...(isWanted
      ? []
      : [
          {
            summary: `${object} does not deploy the configured part of the repository.`,
            object,
            expected: described(path, chart, revision === undefined ? [] : [revision]),
            found: described(delivery.path, delivered, named),
            remedy,
          },
        ]),
  ]
}

const described = (path: string | undefined, chart: string | undefined, revisions: readonly string[]): string =>
  [
    path === undefined ? '' : `path ${path}`,
    chart === undefined ? '' : `chart ${chart}`,
    revisions.length === 0 ? '' : `revision ${revisions.join(', ')}`,
  ]
    .filter(Boolean)
    .join(', ') || 'nothing of it'

function destinationProblems(platform: Platform, { object: delivered }: Delivery): Circumstances[] {
  const { spec } = delivered
  const { object, remedy } = namesOf(platform)
  const { namespace } = platform.kubernetes
  const targets = targetsOf(delivered)
  return [
    ...(spec.kubeConfig === undefined
      ? []
      : [
          {
            summary: `${object} deploys to another cluster.`,
            object,
            expected: 'no spec.kubeConfig',
            found: 'spec.kubeConfig',
            remedy,
          },
        ]),
    ...(targets.includes(namespace)
      ? []
      : [
          {
            summary: `${object} deploys nothing to the namespace of the service.`,
            object,
            expected: `objects in ${namespace}`,
            found: targets.join(', ') || 'no object with a namespace',
            remedy,
          },
        ]),
  ]
}

/** 2.3: checks that Flux attends to the object now and says that it is ready. A reconciliation that runs gets the time to end. */
export async function expectFluxHealthy(platform: Platform): Promise<void> {
  await settled(platform, () => healthOf(platform))
}

/** Flux's reason for a reconciliation that it gave up because the next one begins: HealthCheckCanceledReason in fluxcd/pkg. */
const replaced = 'HealthCheckCanceled'

async function healthOf(platform: Platform): Promise<Outcome | undefined> {
  const { object, remedy, kind, name, namespace, controllers } = namesOf(platform)
  const { object: found, sources } = await deliveryOf(platform)
  expectNotSuspended(platform, found)
  const unattended = outcomeOf(lifecycleHindrances(kind, found, { object, attendedBy: controllers }))
  if (unattended) return unattended
  const { conditions } = found.status
  const reliesOn = [object, ...sources.map(inWords)]
  const stalled = conditionOf(conditions, 'Stalled')
  if (stalled?.status === 'True') {
    const problem = new Unmet({
      summary: `Flux has given up on ${object}: it is stalled.`,
      object,
      reliesOn,
      expected: 'no condition Stalled',
      found: [describeCondition(stalled), ...reasonsBeside(conditions, 'Stalled')].join('; '),
      remedy: [
        ...remedy,
        comment`Flux tries again after a change, or at once with: flux reconcile ${kind.toLowerCase()} -n ${namespace} ${name}${kind === 'HelmRelease' ? ' --reset' : ''}`,
      ],
    })
    return { problem, mayEnd: false }
  }
  // Only a Kustomization that waits for its objects has the condition Healthy.
  const needed = ['Ready', ...(conditionOf(conditions, 'Healthy') ? ['Healthy'] : [])]
  const type = needed.find((one) => conditionOf(conditions, one)?.status !== 'True')
  if (type === undefined) return undefined
  const problem = new Unmet({
    summary: `${object} is not ${type}.`,
    object,
    reliesOn,
    expected: type,
    found: describeWithReasons(conditions, type),
    remedy,
  })
  // Each reconciliation begins with Unknown: reconcile in internal/controller/kustomization_controller.go of kustomize-controller.
  const { status, reason } = conditionOf(conditions, type) ?? {}
  return { problem, mayEnd: status === 'Unknown' || reason === replaced }
}

async function attendedTo(platform: Platform): Promise<Kustomization | HelmRelease> {
  const { kind, object, controllers } = namesOf(platform)
  const { object: found } = await deliveryOf(platform)
  expectNotSuspended(platform, found)
  expectAlive(kind, found, { object, attendedBy: controllers })
  return found
}

function expectNotSuspended(platform: Platform, { spec }: Kustomization | HelmRelease): void {
  const { object, resource, namespace, name } = namesOf(platform)
  if (spec.suspend) throw suspended(object, resource, namespace, name)
}

const suspended = (object: string, resource: string, namespace: string, name: string): Unmet =>
  new Unmet({
    summary: `Nobody reconciles ${object}: it is suspended.`,
    object,
    expected: 'spec.suspend: false',
    found: 'spec.suspend: true',
    remedy: [
      command`kubectl patch ${resource} -n ${namespace} ${name} --type merge -p '${JSON.stringify({ spec: { suspend: false } })}'`,
    ],
  })

/** 2.3: checks that the newest revision of the source is applied. A reconciliation that runs gets the time to end. */
export async function expectFluxSynced(platform: Platform): Promise<void> {
  const { deadlines } = platform.configuration
  await eventually(() => expectApplied(platform), { deadlineMs: deadlines.condition })
  expectNone(await skippedByFlux(platform))
}

async function expectApplied(platform: Platform): Promise<void> {
  const { object, remedy, controllers } = namesOf(platform)
  const { status } = await attendedTo(platform)
  const delivery = await deliveryOf(platform)
  const sources = await sourcesOf(platform, delivery)
  // The farthest first: a HelmChart cannot be ready without its repository.
  for (const [index, source] of [...sources.entries()].toReversed()) expectFetched(platform, delivery, index, source)
  const [source] = sources
  const problem =
    source && ('history' in status ? releaseProblem(status, delivery, source) : revisionProblem(status, source))
  if (!problem) return
  throw new Unmet({ summary: `${object} ${problem.says}.`, object, ...problem, reliesOn: controllers, remedy })
}

/** Checks that Flux attends to a source and has fetched it. */
function expectFetched(platform: Platform, { sources }: Delivery, index: number, source: FluxSource): void {
  const { object, controllers } = namesOf(platform)
  const reference = sources[index]
  if (!reference) return
  const { kind, name, namespace } = reference
  const origin = inWords(reference)
  if (source.spec.suspend) throw suspended(origin, kind.toLowerCase(), namespace, name)
  expectNone(lifecycleProblems(kind, source, { object: origin, attendedBy: controllers }))
  const ready = conditionOf(source.status.conditions, 'Ready')
  // Flux reports nothing about a HelmRepository of OCI charts.
  if (ready?.status === 'True' || (ready === undefined && kind === 'HelmRepository')) return
  throw new Unmet({
    summary: `${origin}, the source of ${object}, is not Ready.`,
    object: origin,
    reliesOn: [origin, ...sources.slice(index + 1).map(inWords)],
    expected: 'Ready',
    found: describeCondition(ready),
    remedy: [command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`],
  })
}

/** 2.4: requests a reconciliation as `flux reconcile` does. @returns the request, by which its end is recognised */
export async function startReconciliation(platform: Platform): Promise<string> {
  await attendedTo(platform)
  const { kind, name } = namesOf(platform)
  const request = platform.kubernetes.now.toISOString()
  await platform.kubernetes.flux.reconcile(kind, name, request)
  return request
}

/** 2.4: checks that the requested reconciliation was handled and succeeded. */
export async function expectReconciled(platform: Platform, request: string): Promise<void> {
  const { object, namespace, name, resource, controllers, remedy } = namesOf(platform)
  const { deadlines } = platform.configuration
  const again: CommandLine[] = [
    ...remedy,
    command`kubectl annotate ${resource} -n ${namespace} ${name} --overwrite reconcile.fluxcd.io/requestedAt=$(date +%s)`,
    comment`then look at status.lastHandledReconcileAt`,
  ]
  await eventually(
    async () => {
      const { status } = await attendedTo(platform)
      if (status.lastHandledReconcileAt !== request)
        throw new Unmet({
          summary: `Flux has not handled the requested reconciliation of ${object}.`,
          object,
          reliesOn: controllers,
          expected: `status.lastHandledReconcileAt ${request}`,
          found: status.lastHandledReconcileAt ?? 'no status.lastHandledReconcileAt',
          remedy: again,
        })
      const outcome = await healthOf(platform)
      if (outcome) throw outcome.problem
    },
    { deadlineMs: deadlines.condition },
  )
}
