/** Section 2 where Flux delivers the service: checks of its Kustomization or HelmRelease, and of the source behind it. */
import { type CommandLine, command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { type FluxSource, type HelmRelease, type Kustomization, targetsOf } from '../platform/flux-resources'
import type { Platform } from '../platform/platform'
import { samePath, sameRepository, sameRevision } from './application-source'
import { conditionOf, describeCondition, describeWithReasons, reasonsBeside } from './conditions'
import { type Delivery, deliveryOf, inWords, namesOf, sourcesOf } from './flux-delivery'
import { expectAlive, lifecycleProblems } from './lifecycle'

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

/** 2.3: checks that Flux attends to the object now and says that it is ready. */
export async function expectFluxHealthy(platform: Platform): Promise<void> {
  const { object, remedy, kind, name, namespace } = namesOf(platform)
  const { status } = await attendedTo(platform)
  const { sources } = await deliveryOf(platform)
  const stalled = conditionOf(status.conditions, 'Stalled')
  if (stalled?.status === 'True')
    throw new Unmet({
      summary: `Flux has given up on ${object}: it is stalled.`,
      object,
      reliesOn: [object, ...sources.map(inWords)],
      expected: 'no condition Stalled',
      found: [describeCondition(stalled), ...reasonsBeside(status.conditions, 'Stalled')].join('; '),
      remedy: [
        ...remedy,
        comment`Flux tries again after a change, or at once with: flux reconcile ${kind.toLowerCase()} -n ${namespace} ${name}${kind === 'HelmRelease' ? ' --reset' : ''}`,
      ],
    })
  for (const type of ['Ready', 'Healthy']) {
    const condition = conditionOf(status.conditions, type)
    // Only a Kustomization that waits for its objects has the condition Healthy.
    if (condition?.status === 'True' || (type === 'Healthy' && condition === undefined)) continue
    throw new Unmet({
      summary: `${object} is not ${type}.`,
      object,
      reliesOn: [object, ...sources.map(inWords)],
      expected: type,
      found: describeWithReasons(status.conditions, type),
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

/** The version of a chart without the digest or the revision that Flux appends to it. */
const versionOf = (revision: string) => revision.split(/[+@]/, 1)[0]

function releaseProblem(
  { history }: HelmRelease['status'],
  { sources }: Delivery,
  { status }: FluxSource,
): Problem | undefined {
  const [newest] = history
  if (newest?.status !== 'deployed')
    return {
      says: 'has no deployed release',
      expected: 'deployed',
      found: newest
        ? `${newest.status ?? 'no status'} (chart ${newest.chartVersion ?? 'of unknown version'})`
        : 'no release',
    }
  const revision = sources[0]?.kind === 'HelmRepository' ? undefined : status.artifact?.revision
  const { chartVersion } = newest
  if (revision === undefined || chartVersion === undefined || versionOf(chartVersion) === versionOf(revision))
    return undefined
  return {
    says: 'has not installed the newest version of its chart',
    expected: `chart ${revision}`,
    found: `chart ${chartVersion}`,
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
