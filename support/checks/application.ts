/** Section 2: checks of the ArgoCD Application that deploys the service. */
import { command, comment } from '../basis/command'
import { eventually } from '../basis/eventually'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { publicUrl } from '../basis/public-url'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'

/** 2.2: checks that the Application exists, and returns it. */
export async function expectApplication(platform: Platform): Promise<Application> {
  const { name } = platform.configuration.application
  const application = await platform.kubernetes.application(name)
  if (application) return application
  const { object, namespace } = applicationNames(platform)
  throw new Unmet({
    summary: `${object} does not exist.`,
    object,
    expected: 'exists',
    found: 'does not exist',
    remedy: [
      command`kubectl apply -f platform/apps/devlake/devlake-application.yaml`,
      command`kubectl get applications -n ${namespace}`,
    ],
  })
}

/** 2.1: checks that the Application deploys from a repository to the namespace of the service. */
export async function expectDeploysFromRepository(platform: Platform): Promise<void> {
  const { spec } = await expectApplication(platform)
  const { object, remedy } = applicationNames(platform)
  const sources = [...(spec.source ? [spec.source] : []), ...spec.sources]
  const expected = platform.configuration.application.repository
  const unmet: Circumstances[] = []
  const repositories = sources.map(({ repoURL }) => repoURL)
  if (!repositories.some((url) => isRepository(url) && (expected === undefined || sameRepository(url, expected))))
    unmet.push({
      summary: `${object} does not deploy from the platform repository.`,
      object,
      expected: expected ?? 'the URL of a Git or Helm repository',
      found: repositories.join(', ') || 'no source',
      remedy,
    })
  if (sources.every(({ path, chart }) => !path && !chart))
    unmet.push({
      summary: `${object} names neither a path nor a chart to deploy.`,
      object,
      expected: 'a path or a chart',
      found: 'neither',
      remedy,
    })
  if (spec.destination.namespace !== platform.kubernetes.namespace)
    unmet.push({
      summary: `${object} deploys to the wrong namespace.`,
      object,
      expected: `destination namespace ${platform.kubernetes.namespace}`,
      found: spec.destination.namespace ?? 'no destination namespace',
      remedy,
    })
  expectNone(unmet)
}

const isRepository = (url: string) =>
  /^(https?|ssh|git|oci):\/\/\S+$|^[\w.-]+@[\w.-]+:\S+$|^[\w.-][\w-]*\.[\w.-]+\/\S+$/.test(url)

const sameRepository = (one: string, other: string) => normalized(one) === normalized(other)
const normalized = (url: string) =>
  publicUrl(url)
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\.git$/, '')

/** 2.3: checks that the Application is healthy. */
export async function expectHealthy(platform: Platform): Promise<void> {
  const { status } = await expectApplication(platform)
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
  const { status } = await expectApplication(platform)
  const { object, name, remedy } = applicationNames(platform)
  if (status.sync.status === 'Synced') return
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
    remedy: [command`argocd app diff ${name}`, command`argocd app sync ${name}`, ...remedy],
  })
}

/**
 * 2.3: checks that the last operation succeeded. Also used for 2.4, to check how a sync that the suite started has ended.
 * @param startedAfter start of the operation before that sync, as an ISO timestamp
 */
export async function expectOperationSucceeded(platform: Platform, startedAfter = ''): Promise<void> {
  const { status } = await expectApplication(platform)
  const { object, remedy } = applicationNames(platform)
  const operation = status.operationState
  if (operation?.phase === 'Succeeded' && (operation.startedAt ?? '') > startedAfter) return
  if (startedAfter !== '' && (operation?.startedAt ?? '') <= startedAfter)
    throw new Unmet({
      summary: `The requested sync of ${object} has not started: ArgoCD did not pick up the operation.`,
      object,
      expected: `an operation that started after ${startedAfter}`,
      found: operation?.startedAt ? `the last operation started at ${operation.startedAt}` : 'no operation has run yet',
      remedy: [...remedy, comment`check that the ArgoCD application controller is running`],
    })
  const when = operation?.startedAt ? ` (started at ${operation.startedAt})` : ''
  throw new Unmet({
    summary: `The last operation of ${object} did not succeed.`,
    object,
    expected: startedAfter === '' ? 'Succeeded' : `Succeeded, started after ${startedAfter}`,
    found: operation ? `${operation.phase}${when}: ${operation.message ?? 'no message'}` : 'no operation has run yet',
    remedy,
  })
}

/**
 * 2.4: starts a sync.
 * @returns when the previous operation started, which distinguishes the new one from it; empty if there was none
 */
export async function startSync(platform: Platform): Promise<string> {
  const { status, metadata } = await expectApplication(platform)
  await platform.kubernetes.startSync(metadata.name, 'dora-acceptance')
  return status.operationState?.startedAt ?? ''
}

/** 2.4: waits until the sync that was started has succeeded. */
export async function expectSyncSucceeds(platform: Platform, startedAfter: string): Promise<void> {
  await eventually(() => expectOperationSucceeded(platform, startedAfter), {
    deadlineMs: platform.configuration.deadlines.condition,
  })
}

function applicationNames({ configuration }: Platform) {
  const { name, namespace } = configuration.application
  return {
    name,
    namespace,
    object: `Application ${namespace}/${name}`,
    remedy: [command`argocd app get ${name}`, command`kubectl describe application -n ${namespace} ${name}`],
  }
}
