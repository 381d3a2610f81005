/** Section 2: checks of the ArgoCD Application that deploys the service: that it exists, and from where to where it deploys. */
import { posix } from 'node:path'
import { command, comment } from '../basis/command'
import { type Circumstances, expectNone, unlessBlocked } from '../basis/expectation'
import { targetsOf } from '../platform/application-targets'
import type { Application, ApplicationSource } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { samePath, sameRepository, sameRevision } from './application-source'
import { applicationCandidates } from './candidates'
import { expectAlive, missing } from './lifecycle'
import { objectOf, serviceWorkloads } from './workloads'

/** The name in findings of an object that an Application deploys. */
export const nameOfResource = (resource: { kind: string; namespace?: string | undefined; name: string }): string =>
  `${resource.kind} ${resource.namespace ? `${resource.namespace}/` : ''}${resource.name}`

/** 2.2: checks that the Application exists and is not being deleted, and returns it. */
export async function expectApplication(platform: Platform): Promise<Application> {
  const { name } = platform.configuration.application
  const application = await platform.kubernetes.application(name)
  const { object, namespace } = applicationNames(platform)
  if (application) {
    expectAlive('Application', application, { object })
    return application
  }
  throw missing(object, [
    ...(await applicationCandidates(platform)),
    command`kubectl apply -f platform/apps/devlake/devlake-application.yaml`,
    command`kubectl get applications -n ${namespace}`,
  ])
}

/**
 * Returns the sources that ArgoCD deploys from. It ignores `source` where `sources` has entries, and both where a hydrator
 * renders the manifests.
 */
function sourcesOf({ spec }: Application): readonly ApplicationSource[] {
  if (spec.sourceHydrator) return [spec.sourceHydrator.drySource]
  if (spec.sources.length > 0) return spec.sources
  return spec.source ? [spec.source] : []
}

/** 2.1: checks that the Application deploys what the configuration names, to the namespace of the service in this cluster. */
export async function expectDeploysFromRepository(platform: Platform): Promise<void> {
  const application = await expectApplication(platform)
  expectNone([
    ...sourceProblems(platform, application),
    ...destinationProblems(platform, application),
    ...emptiness(platform, application),
    ...(await astray(platform, application)),
  ])
}

/** Returns a problem where ArgoCD has compared the sources and found no manifest in them: nothing is Synced and Healthy too. */
function emptiness(platform: Platform, application: Application): Circumstances[] {
  const { object, remedy } = applicationNames(platform)
  const { status } = application
  if (status.sync.status !== 'Synced' || status.resources.some(({ requiresPruning }) => !requiresPruning)) return []
  return [
    {
      summary: `${object} deploys nothing: ArgoCD finds no manifest in its sources.`,
      object,
      expected: 'the resources of the service in status.resources',
      found: `no resource, from ${sourcesOf(application).map(described).join('; ')}`,
      remedy,
    },
  ]
}

/** Kinds of resources by which ArgoCD may deliver workloads that it does not list. */
const delivering = ['Application', 'ApplicationSet', 'HelmRelease', 'Kustomization']
const deliversThroughOthers = ({ status }: Application) =>
  status.resources.some(({ kind, requiresPruning }) => delivering.includes(kind) && !requiresPruning)

export const workloadKinds: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet']

/** The workloads that an Application delivers, each with its object as findings name it. */
export const deliveredWorkloads = ({ spec, status }: Application) =>
  status.resources
    .filter(({ kind, requiresPruning }) => workloadKinds.includes(kind) && !requiresPruning)
    .map((one) => ({ ...one, object: `${one.kind} ${one.namespace || spec.destination.namespace}/${one.name}` }))

/** Returns a problem where ArgoCD delivers workloads, and none of them runs a component. Those of an operator are its own business. */
async function astray(platform: Platform, application: Application): Promise<Circumstances[]> {
  const { object, name, namespace } = applicationNames(platform)
  const delivered = deliveredWorkloads(application).map((one) => one.object)
  if (delivered.length === 0 || deliversThroughOthers(application)) return []
  const running = await serviceWorkloads(platform).catch(unlessBlocked([]))
  const own = running.map(objectOf)
  const isMade = running.some(({ metadata }) => metadata.ownerReferences.length > 0)
  if (own.length === 0 || isMade || own.some((one) => delivered.includes(one))) return []
  return [
    {
      summary: `${object} deploys no workload of the service.`,
      object,
      expected: own.join(', '),
      found: delivered.join(', '),
      remedy: [
        command`kubectl get application -n ${namespace} ${name} -o jsonpath='{range .status.resources[*]}{.kind} {.name}{"\\n"}{end}'`,
        comment`if another Application deploys the service: configuration key application.name`,
      ],
    },
  ]
}

function sourceProblems(platform: Platform, application: Application): Circumstances[] {
  const { object, remedy } = applicationNames(platform)
  const { repository, path, chart, revision } = platform.configuration.application
  const all = sourcesOf(application)
  const sources = all.flatMap((one) => [one, ...valuesFrom(one, all)]).filter(({ repoURL }) => isRepository(repoURL))
  const fromHere = sources.filter(({ repoURL }) => repository === undefined || sameRepository(repoURL, repository))
  if (fromHere.length === 0)
    return [
      {
        summary: `${object} does not deploy from the platform repository.`,
        object,
        expected: repository ?? 'the URL of a Git or Helm repository',
        found:
          sourcesOf(application)
            .map(({ repoURL }) => repoURL)
            .join(', ') || 'no source',
        remedy,
      },
    ]
  // A source of the registry oci:// is the chart itself.
  const deployed = fromHere.filter((source) => source.path || source.chart || source.repoURL.startsWith('oci://'))
  if (deployed.length === 0)
    return [
      {
        summary: `${object} names neither a path nor a chart to deploy.`,
        object,
        expected: 'a path or a chart',
        found: 'neither',
        remedy,
      },
    ]
  const isWanted = (source: ApplicationSource) =>
    (path === undefined || samePath(source.path, path)) &&
    (chart === undefined || chartOf(source) === chart) &&
    (revision === undefined || sameRevision(source.targetRevision, revision))
  if (deployed.some(isWanted)) return []
  return [
    {
      summary: `${object} does not deploy the configured part of the repository.`,
      object,
      expected: described({ path, chart, targetRevision: revision }),
      found: deployed.map(described).join('; '),
      remedy,
    },
  ]
}

/**
 * Returns a source for each folder from which the charts of other sources take their values: such a source deploys the chart as much
 * as the repository that holds it. Source: https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources
 */
function valuesFrom({ ref, ...source }: ApplicationSource, all: readonly ApplicationSource[]): ApplicationSource[] {
  if (ref === undefined) return []
  const prefix = `$${ref}/`
  return all.flatMap(({ chart, helm }) =>
    (helm?.valueFiles ?? [])
      .filter((file) => file.startsWith(prefix))
      .map((file) => ({ ...source, path: posix.dirname(file.slice(prefix.length)), chart })),
  )
}

const described = ({ path, chart, targetRevision }: Partial<ApplicationSource>): string =>
  [
    path === undefined ? '' : `path ${path}`,
    chart === undefined ? '' : `chart ${chart}`,
    `revision ${targetRevision || 'HEAD'}`,
  ]
    .filter(Boolean)
    .join(', ')

const chartOf = ({ chart, repoURL }: ApplicationSource) => chart ?? repoURL.split('/').at(-1)

function destinationProblems(platform: Platform, application: Application): Circumstances[] {
  const { object, remedy } = applicationNames(platform)
  const { server, name } = application.spec.destination
  const targets = targetsOf(application)
  const { destination } = platform.configuration.application
  const unmet: Circumstances[] = []
  const here = destination === undefined ? ['in-cluster', inCluster, platform.kubernetes.api.server] : [destination]
  const isHere = [server, name].some((given) => given && here.some((one) => sameServer(given, one)))
  if (!isHere)
    unmet.push({
      summary: `${object} deploys to another cluster.`,
      object,
      expected: `destination ${destination ?? inCluster}`,
      found: server || name || 'no destination cluster',
      remedy: [
        ...remedy,
        command`kubectl get secret -n ${platform.configuration.application.namespace} -l argocd.argoproj.io/secret-type=cluster`,
      ],
    })
  if (!targets.includes(platform.kubernetes.namespace) && !deliversThroughOthers(application))
    unmet.push({
      summary: `${object} deploys to the wrong namespace.`,
      object,
      expected: `resources in ${platform.kubernetes.namespace}`,
      found: targets.join(', ') || 'no destination namespace',
      remedy,
    })
  return unmet
}

/** The URL by which ArgoCD knows the cluster that it runs in. */
const inCluster = 'https://kubernetes.default.svc'

const sameServer = (one: string, other: string) => normalizedServer(one) === normalizedServer(other)
const normalizedServer = (url: string) =>
  url
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/:443$/, '')
    .replace(/^(https:\/\/kubernetes\.default)\.svc\.cluster\.local$/, '$1.svc')

const isRepository = (url: string) =>
  /^(https?|ssh|git|oci):\/\/\S+$|^[\w.-]+@[\w.-]+:\S+$|^[\w.-][\w-]*\.[\w.-]+\/\S+$/.test(url)

/** The names of the Application in findings, and the commands that show it. */
export function applicationNames({ configuration }: Platform) {
  const { name, namespace } = configuration.application
  return {
    name,
    namespace,
    object: `Application ${namespace}/${name}`,
    remedy: [command`kubectl describe application -n ${namespace} ${name}`],
  }
}
