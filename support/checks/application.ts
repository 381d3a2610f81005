/** Section 2: the ArgoCD Application that deploys the service. */
import { eventually } from '../basis/eventually'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'

/** 2.2 */
export async function expectApplication(platform: Platform): Promise<Application> {
  const { name } = platform.configuration.application
  const application = await platform.kubernetes.application(name)
  if (application) return application
  const { object, namespace } = described(platform)
  throw new Unmet({
    summary: `${object} does not exist.`,
    object,
    expected: 'it exists',
    found: 'none',
    remedy: [
      'kubectl apply -f platform/apps/devlake/devlake-application.yaml',
      `kubectl get applications -n ${namespace}`,
    ],
  })
}

/** 2.1: it deploys from a repository, into the namespace of the service. */
export async function expectDeploysFromRepository(platform: Platform): Promise<void> {
  const { spec } = await expectApplication(platform)
  const { object, remedy } = described(platform)
  const sources = [...(spec.source ? [spec.source] : []), ...spec.sources]
  const wanted = platform.configuration.application.repository
  const unmet: Circumstances[] = []
  const repositories = sources.map(({ repoURL }) => repoURL)
  if (!repositories.some((url) => isRepository(url) && (wanted === undefined || sameRepository(url, wanted))))
    unmet.push({
      summary: `${object} does not deploy from the platform repository.`,
      object,
      expected: wanted ?? 'the URL of a Git or Helm repository',
      found: repositories.join(', ') || 'no source',
      remedy,
    })
  if (sources.every(({ path, chart }) => !path && !chart))
    unmet.push({
      summary: `${object} names no path or chart to deploy.`,
      object,
      expected: 'path or chart',
      found: 'neither',
      remedy,
    })
  if (spec.destination.namespace !== platform.kubernetes.namespace)
    unmet.push({
      summary: `${object} deploys into another namespace.`,
      object,
      expected: `destination namespace ${platform.kubernetes.namespace}`,
      found: spec.destination.namespace ?? 'none',
      remedy,
    })
  expectNone(unmet)
}

const isRepository = (url: string) =>
  /^(https?|ssh|git|oci):\/\/\S+$|^[\w.-]+@[\w.-]+:\S+$|^[\w.-]+\.[\w.-]+\/\S+$/.test(url)

const sameRepository = (one: string, other: string) => plain(one) === plain(other)
const plain = (url: string) =>
  url
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\.git$/, '')

/** 2.3, health */
export async function expectHealthy(platform: Platform): Promise<void> {
  const { status } = await expectApplication(platform)
  const { object, remedy } = described(platform)
  if (status.health.status === 'Healthy') return
  const sick = status.resources
    .filter(({ health }) => health?.status !== undefined && health.status !== 'Healthy')
    .map(({ kind, name, health }) => `${kind} ${name} is ${health?.status}`)
  const said = [status.health.status ?? 'no health', status.health.message, ...sick].filter(Boolean)
  throw new Unmet({
    summary: `${object} is ${status.health.status ?? 'without a health'}.`,
    object,
    reliesOn: [object],
    expected: 'Healthy',
    found: said.join('; '),
    remedy,
  })
}

/** 2.3, sync */
export async function expectSynced(platform: Platform): Promise<void> {
  const { status } = await expectApplication(platform)
  const { object, name, remedy } = described(platform)
  if (status.sync.status === 'Synced') return
  const out = status.resources
    .filter((resource) => resource.status === 'OutOfSync')
    .map(({ kind, name }) => `${kind} ${name}`)
  throw new Unmet({
    summary: `${object} is ${status.sync.status ?? 'without a sync status'}.`,
    object,
    expected: 'Synced',
    found: [status.sync.status ?? 'no sync status', ...out, ...status.conditions.map(({ message }) => message)]
      .filter(Boolean)
      .join('; '),
    remedy: [`argocd app diff ${name}`, `argocd app sync ${name}`, ...remedy],
  })
}

/** 2.3, the last operation; and the end of one that was started for 2.4 */
export async function expectOperationSucceeded(platform: Platform, startedAfter = ''): Promise<void> {
  const { status } = await expectApplication(platform)
  const { object, remedy } = described(platform)
  const operation = status.operationState
  if (operation?.phase === 'Succeeded' && (operation.startedAt ?? '') > startedAfter) return
  if (startedAfter !== '' && (operation?.startedAt ?? '') <= startedAfter)
    throw new Unmet({
      summary: `No sync of ${object} has begun: nobody takes the operation up.`,
      object,
      expected: `an operation that began after ${startedAfter}`,
      found: operation?.startedAt ? `the last one began at ${operation.startedAt}` : 'no operation has ever run',
      remedy: [...remedy, '# is the application controller of ArgoCD running?'],
    })
  const when = operation?.startedAt ? ` (started at ${operation.startedAt})` : ''
  throw new Unmet({
    summary: `The last operation of ${object} did not succeed.`,
    object,
    expected: startedAfter === '' ? 'Succeeded' : `Succeeded, started after ${startedAfter}`,
    found: operation ? `${operation.phase}${when}: ${operation.message ?? 'no message'}` : 'no operation has ever run',
    remedy,
  })
}

/** 2.4: returns when the last operation before it was started, to tell the new one from it. */
export async function startSync(platform: Platform): Promise<string> {
  const { status, metadata } = await expectApplication(platform)
  await platform.kubernetes.startSync(metadata.name, 'dora-acceptance')
  return status.operationState?.startedAt ?? ''
}

/** 2.4 */
export async function expectSyncSucceeds(platform: Platform, startedAfter: string): Promise<void> {
  await eventually(() => expectOperationSucceeded(platform, startedAfter), {
    deadlineMs: platform.configuration.deadlines.condition,
  })
}

function described({ configuration }: Platform) {
  const { name, namespace } = configuration.application
  return {
    name,
    namespace,
    object: `Application ${namespace}/${name}`,
    remedy: [`argocd app get ${name}`, `kubectl describe application -n ${namespace} ${name}`],
  }
}
