/**
 * Section 2: the Applications behind an Application of Applications. ArgoCD takes it for Healthy and Synced as soon as they exist,
 * whatever their state: https://argo-cd.readthedocs.io/en/stable/operator-manual/health/#argocd-app
 */
import { command, comment } from '../basis/command'
import { Blocked, unlessBlocked } from '../basis/expectation'
import { rememberSuccess } from '../basis/memo'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { applicationNames, deliveredWorkloads, expectApplication } from './application'
import { objectOf, serviceWorkloads } from './workloads'

/** Runs a check for the Application, and then for each one behind it that delivers workloads of the service. */
export const withThoseBehind =
  (check: (platform: Platform) => Promise<void>) =>
  async (platform: Platform): Promise<void> => {
    await check(platform)
    for (const one of await foundBehind(platform)) await check(one)
  }

/** The platform with another Application of the same namespace in place of the configured one. */
const delivering = (platform: Platform, name: string): Platform =>
  Object.create(platform, {
    configuration: {
      value: { ...platform.configuration, application: { ...platform.configuration.application, name } },
      enumerable: true,
    },
  })

/** Returns the platform once for each Application behind the configured one, at any depth. */
async function behind(platform: Platform, seen = new Set<string>()): Promise<Platform[]> {
  const { name: own, namespace } = platform.configuration.application
  seen.add(own)
  const application = await expectApplication(platform)
  const children = application.status.resources.filter(
    (one) =>
      one.kind === 'Application' &&
      !one.requiresPruning &&
      (one.namespace || namespace) === namespace &&
      !seen.has(one.name),
  )
  if (children.length === 0) return []
  const workloads = (await serviceWorkloads(platform).catch(unlessBlocked([]))).map(objectOf)
  const isOfService = (one: Application) => deliveredWorkloads(one).some(({ object }) => workloads.includes(object))
  const found: Platform[] = []
  const unread: Blocked[] = []
  for (const { name } of children) {
    try {
      const child = await platform.kubernetes.application(name)
      if (!child) continue
      const view = delivering(platform, name)
      found.push(...(isOfService(child) ? [view] : []), ...(await behind(view, seen)))
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      unread.push(error)
    }
  }
  const [first] = unread
  if (found.length === 0 && first !== undefined && !isOfService(application)) throw unknownState(platform, first)
  return found
}

const foundBehind = rememberSuccess((platform: Platform) => behind(platform))

/** The rights of a scheduled run are limited to the configured Application. */
function unknownState(platform: Platform, { finding }: Blocked): Blocked {
  const { object, namespace, name } = applicationNames(platform)
  return new Blocked({
    summary: `${object} deploys Applications, whose state it does not show, and they cannot be read.`,
    object,
    expected: 'the Application that deploys the workloads of the service',
    found: finding.found,
    remedy: [
      command`kubectl get application -n ${namespace} ${name} -o jsonpath='{range .status.resources[*]}{.kind} {.name}{"\\n"}{end}'`,
      comment`name the Application among them that deploys the service: configuration key application.name`,
    ],
  })
}
