/** Section 2 where Flux delivers the service: checks of its Kustomization or HelmRelease, and of the source behind it. */
import { type CommandLine, command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { type FluxSource, type HelmRelease, type Kustomization, targetsOf } from '../platform/flux-resources'
import type { ObjectReference } from '../platform/one-object'
import type { Platform } from '../platform/platform'
import { samePath, sameRepository, sameRevision } from './application-source'
import { fluxCandidates } from './candidates'
import { conditionOf, describeCondition } from './dependencies'
import { expectAlive, lifecycleProblems, missing } from './lifecycle'

/** The delivery as Flux has it: what is delivered, and the reference to the source it comes from. */
interface Delivery {
  readonly object: Kustomization | HelmRelease
  readonly source: ObjectReference | undefined
  readonly path: string | undefined
  readonly chart: string | undefined
  readonly version: string | undefined
}

function namesOf({ configuration }: Platform) {
  const { kind, name, namespace } = configuration.application
  const resource = kind.toLowerCase()
  return {
    ...{ kind, name, namespace, resource, object: `${kind} ${namespace}/${name}` },
    remedy: [command`kubectl describe ${resource} -n ${namespace} ${name}`],
    controllers: [`workloads labelled ${configuration.dependencies.flux.selector}`],
  }
}

/** 2.2: checks that the object exists and is not being deleted, and returns it. */
export async function expectFluxObject(platform: Platform): Promise<void> {
  await deliveryOf(platform)
}

async function deliveryOf(platform: Platform): Promise<Delivery> {
  const { kind, name, namespace, object, resource } = namesOf(platform)
  const found =
    kind === 'HelmRelease'
      ? await platform.kubernetes.flux.helmRelease(name)
      : await platform.kubernetes.flux.kustomization(name)
  if (!found)
    throw missing(object, [...(await fluxCandidates(platform)), command`kubectl get ${resource} -n ${namespace}`])
  // A suspended object keeps an old generation: its own finding says so.
  expectAlive(kind, { metadata: { ...found.metadata, generation: undefined } }, { object })
  if ('sourceRef' in found.spec)
    return { object: found, source: found.spec.sourceRef, path: found.spec.path, chart: undefined, version: undefined }
  const { chart, chartRef } = found.spec
  return {
    object: found,
    source: chart?.spec.sourceRef ?? chartRef,
    path: undefined,
    chart: chart?.spec.chart,
    version: chart?.spec.version,
  }
}

/** 2.1: checks that Flux delivers what the configuration names, to the namespace of the service in this cluster. */
export async function expectFluxDelivers(platform: Platform): Promise<void> {
  const delivery = await deliveryOf(platform)
  const source = await sourceOf(platform, delivery)
  expectNone([...sourceProblems(platform, delivery, source), ...destinationProblems(platform, delivery)])
}

async function sourceOf(platform: Platform, { source }: Delivery): Promise<FluxSource> {
  const { object, namespace, remedy } = namesOf(platform)
  if (source === undefined)
    throw new Unmet({
      summary: `${object} names no source.`,
      object,
      expected: 'a reference to a source',
      found: 'none',
      remedy,
    })
  const found = await platform.kubernetes.flux.source({ ...source, namespace: source.namespace ?? namespace })
  if (found) return found
  const place = source.namespace ?? namespace
  throw missing(
    `${source.kind} ${place}/${source.name}`,
    [command`kubectl get ${source.kind.toLowerCase()} -n ${place}`],
    [`${source.kind} ${place}/${source.name}`],
  )
}

function sourceProblems(platform: Platform, delivery: Delivery, { spec }: FluxSource): Circumstances[] {
  const { object, remedy } = namesOf(platform)
  const { repository, path, chart, revision } = platform.configuration.application
  const refs = [spec.ref?.branch, spec.ref?.tag, spec.ref?.semver, spec.ref?.commit, spec.ref?.name, delivery.version]
  const named = refs.filter((ref) => ref !== undefined)
  const isWanted =
    (path === undefined || samePath(delivery.path, path)) &&
    (chart === undefined || delivery.chart === chart) &&
    (revision === undefined || named.some((ref) => sameRevision(ref, revision)))
  return [
    ...(repository === undefined || sameRepository(spec.url ?? '', repository)
      ? []
      : [
          {
            summary: `${object} does not deploy from the platform repository.`,
            object,
            expected: repository,
            found: spec.url ?? 'a source without a URL',
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
            found: described(delivery.path, delivery.chart, named),
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

/** 2.3: checks that Flux attends to the object now and says that it is ready. */
export async function expectFluxHealthy(platform: Platform): Promise<void> {
  const { object, remedy } = namesOf(platform)
  const { status } = await attendedTo(platform)
  for (const type of ['Ready', 'Healthy']) {
    const condition = conditionOf(status.conditions, type)
    // Only a Kustomization that waits for its objects has the condition Healthy.
    if (condition?.status === 'True' || (type === 'Healthy' && condition === undefined)) continue
    throw new Unmet({
      summary: `${object} is not ${type}.`,
      object,
      reliesOn: [object],
      expected: type,
      found: describeCondition(condition),
      remedy,
    })
  }
}

async function attendedTo(platform: Platform): Promise<Kustomization | HelmRelease> {
  const { kind, object, controllers, resource, namespace, name } = namesOf(platform)
  const { object: found } = await deliveryOf(platform)
  if (found.spec.suspend) throw suspended(object, resource, namespace, name)
  expectAlive(kind, found, { object, attendedBy: controllers })
  return found
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
}

async function expectApplied(platform: Platform): Promise<void> {
  const { object, remedy, controllers } = namesOf(platform)
  const { status } = await attendedTo(platform)
  const delivery = await deliveryOf(platform)
  const source = await sourceOf(platform, delivery)
  const { kind, name, namespace = source.metadata.namespace } = delivery.source ?? { kind: 'source', name: '' }
  const origin = `${kind} ${namespace}/${name}`
  if (source.spec.suspend) throw suspended(origin, kind.toLowerCase(), namespace, name)
  expectNone(lifecycleProblems(kind, source, { object: origin, attendedBy: controllers }))
  const ready = conditionOf(source.status.conditions, 'Ready')
  if (ready?.status !== 'True' && kind !== 'HelmRepository')
    throw new Unmet({
      summary: `${origin}, the source of ${object}, is not Ready.`,
      object: origin,
      reliesOn: [origin],
      expected: 'Ready',
      found: describeCondition(ready),
      remedy: [command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`],
    })
  const problem = 'history' in status ? releaseProblem(status) : revisionProblem(status, source)
  if (!problem) return
  throw new Unmet({ summary: `${object} ${problem.says}.`, object, ...problem, reliesOn: controllers, remedy })
}

interface Problem {
  readonly says: string
  readonly expected: string
  readonly found: string
}

function revisionProblem(
  { lastAppliedRevision: applied, lastAttemptedRevision: attempted }: Kustomization['status'],
  { status }: FluxSource,
): Problem | undefined {
  const newest = status.artifact?.revision
  if (newest !== undefined && applied === newest && (attempted === undefined || attempted === applied)) return undefined
  return {
    says: 'has not applied the newest revision of its source',
    expected: newest ?? 'a revision of the source (status.artifact)',
    found: `${applied ?? 'nothing'} applied${attempted === undefined || attempted === applied ? '' : `, ${attempted} attempted`}`,
  }
}

function releaseProblem({ history }: HelmRelease['status']): Problem | undefined {
  const [newest] = history
  if (newest?.status === 'deployed') return undefined
  return {
    says: 'has no deployed release',
    expected: 'deployed',
    found: newest
      ? `${newest.status ?? 'no status'} (chart ${newest.chartVersion ?? 'of unknown version'})`
      : 'no release',
  }
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
      await expectFluxHealthy(platform)
    },
    { deadlineMs: deadlines.condition },
  )
}
