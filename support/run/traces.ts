/** Traces of the parts that a platform need not have. A trace that the caller may not read counts too. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { OptionalPart } from '../basis/checklist'
import { Blocked, NotApplicable, Unmet } from '../basis/expectation'
import { connectionsTo } from '../checks/data-sources'
import { valueAt } from '../configuration/effective'
import { entries, hostsOf } from '../configuration/hosts'
import { components } from '../contracts/contract'
import type { DataSource } from '../contracts/data-sources'
import type { Platform } from '../platform/platform'

/** Returns the first trace of a part, in words; undefined if there is none. */
export type Trace = (platform: Platform) => Promise<string | undefined>

/** The first trace that one of the looks finds; later looks are then left out. */
const firstOf =
  (...looks: readonly Trace[]): Trace =>
  async (platform) => {
    for (const look of looks) {
      const trace = await look(platform)
      if (trace !== undefined) return trace
    }
    return undefined
  }

/**
 * Keys by which the configuration names a part, or says where to look for it: a part that is not there needs no other name, and under
 * a wrong one none of its traces is found.
 */
const naming =
  (...keys: readonly string[]): Trace =>
  async ({ configuration, contract: { names } }) => {
    const key = keys.find((one) => !isDeepStrictEqual(valueAt(configuration, one), valueAt(names, one)))
    return key && `the configuration key ${key}, which names it`
  }

const ingressNames: Trace = async (platform) => {
  const roles = entries.filter((role) => platform.configuration.ingresses[role].kind === 'Ingress')
  return naming(...roles.map((role) => `ingresses.${role}.name`))(platform)
}

/** The token with which the service reads from a data source. */
const token =
  (source: DataSource): Trace =>
  ({ kubernetes, configuration: { tokens } }) => {
    const { name, key } = tokens[source]
    return found(`Secret ${kubernetes.namespace}/${name} with the key ${key}`, async () => {
      const data = await kubernetes.secret(name)
      return data?.get(key)
    })
  }

/** A service that cannot be reached is not a trace. Other items report that it cannot be reached. */
const connection =
  (source: DataSource): Trace =>
  async (platform) => {
    try {
      const [first] = await connectionsTo(platform, source)
      return first && `the connection ${first.name} of the service`
    } catch (error) {
      if (error instanceof Blocked || error instanceof Unmet || error instanceof NotApplicable) return undefined
      throw error
    }
  }

const jenkinsSecret: Trace = ({ kubernetes, configuration: { tokens } }) =>
  found(`Secret ${kubernetes.namespace}/${tokens.jenkins.name}`, () => kubernetes.secret(tokens.jenkins.name))

const jenkinsService: Trace = ({ kubernetes, configuration: { jenkins } }) =>
  found(`Service ${kubernetes.namespace}/${jenkins.service}`, () => kubernetes.service(jenkins.service))

const application: Trace = ({ kubernetes, configuration: { application } }) =>
  found(`Application ${application.namespace}/${application.name}`, () => kubernetes.application(application.name))

/** A workload of a dependency, in its namespace or in any. */
const workloads =
  (dependency: 'argocd' | 'certManager'): Trace =>
  ({ kubernetes, configuration: { dependencies } }) =>
    found(`workloads labelled ${dependencies[dependency].selector}`, async () => {
      const [first] = await kubernetes.workloads(dependencies[dependency])
      return first
    })

const certificates: Trace = ({ kubernetes }) =>
  found('a Certificate of cert-manager', async () => {
    const [first] = await kubernetes.certificates()
    return first
  })

/** The objects that lead to the service and to Grafana from outside, each with the client for its namespace. */
const waysIn = ({ kubernetes, configuration }: Pick<Platform, 'kubernetes' | 'configuration'>) =>
  entries.flatMap((role) => hostsOf(configuration, role).map((host) => ({ ...host, here: kubernetes.entry(role) })))

const ingress: Trace = async ({ kubernetes, configuration }) => {
  for (const { here, name, kind } of waysIn({ kubernetes, configuration })) {
    if (kind !== 'Ingress') continue
    const trace = await found(`Ingress ${here.namespace}/${name}`, () => here.ingress(name))
    if (trace !== undefined) return trace
  }
  return undefined
}

const alertmanager: Trace = ({ kubernetes, configuration: { monitoring } }) => {
  const { service } = monitoring.alertmanager
  return found(`Service ${monitoring.namespace}/${service}`, () => kubernetes.service(service, 'monitoring'))
}

const claim: Trace = ({ kubernetes, configuration: { storage } }) =>
  found(`PersistentVolumeClaim ${kubernetes.namespace}/${storage.claim}`, () => kubernetes.claim(storage.claim))

const admitted = z.looseObject({
  status: z.looseObject({ loadBalancer: z.looseObject({ ingress: z.array(z.unknown()).min(1) }) }),
})

/** An ingress with an address, or a Service that is open outside the cluster. */
const externalAccess: Trace = async ({ kubernetes, configuration }) => {
  const ways = waysIn({ kubernetes, configuration })
  for (const { here, kind, name } of ways) {
    if (kind === 'Service') continue
    const trace = await (kind === 'HTTPRoute'
      ? found(`HTTPRoute ${here.namespace}/${name}`, () => here.gateways.route(name))
      : found(`the address of Ingress ${here.namespace}/${name}`, async () => {
          const { success } = admitted.safeParse(await here.ingress(name))
          return success || undefined
        }))
    if (trace !== undefined) return trace
  }
  const exposed = ways.filter(({ kind }) => kind === 'Service')
  const own = components.map((one) => ({ here: kubernetes.of(one), name: configuration.components[one].service }))
  for (const { here, name } of [...exposed, ...own]) {
    const trace = await found(`the type of Service ${here.namespace}/${name}`, async () => {
      const type = (await here.service(name))?.spec.type
      return type === 'NodePort' || type === 'LoadBalancer' || undefined
    })
    if (trace !== undefined) return trace
  }
  return undefined
}

/** The traces of each part. */
export const traces: Readonly<Record<OptionalPart, Trace>> = {
  jenkins: firstOf(
    ...[jenkinsSecret, jenkinsService, connection('jenkins')],
    naming('tokens.jenkins.name', 'tokens.jenkins.key', 'jenkins.service', 'dataSources.jenkins.endpoint'),
  ),
  externalAccess,
  argocd: firstOf(
    ...[token('argocd'), connection('argocd')],
    naming('tokens.argocd.name', 'tokens.argocd.key', 'dataSources.argocd.endpoint'),
  ),
  delivery: firstOf(
    ...[application, workloads('argocd')],
    naming('application.name', 'dependencies.argocd.selector', 'dependencies.argocd.namespace'),
  ),
  github: firstOf(
    ...[token('github'), connection('github')],
    naming('tokens.github.name', 'tokens.github.key', 'dataSources.github.endpoint'),
  ),
  certManager: firstOf(
    ...[workloads('certManager'), certificates],
    naming('dependencies.certManager.selector', 'dependencies.certManager.namespace'),
  ),
  ingress: firstOf(ingress, ingressNames),
  routes: firstOf(ingress, ingressNames),
  alertmanager: firstOf(alertmanager, naming('monitoring.alertmanager.service')),
  storage: firstOf(claim, naming('storage.claim')),
}

/** Returns the first ExternalSecret that writes a Secret of the service; undefined if there is none. */
export const traceOfExternalSecrets: Trace = async ({ kubernetes, configuration }) => {
  for (const role of ['service', 'database', 'grafana'] as const) {
    const { name, externalSecret = name } = configuration.secretNames[role]
    const here = kubernetes.of(role)
    const trace = await found(`ExternalSecret ${here.namespace}/${externalSecret}`, () => here.externalSecretOf(role))
    if (trace !== undefined) return trace
  }
  return undefined
}

/** An object that does not have the form of its kind is there all the same. */
async function found(what: string, look: () => Promise<unknown>): Promise<string | undefined> {
  try {
    return (await look()) === undefined ? undefined : what
  } catch (error) {
    if (error instanceof Blocked || error instanceof Unmet) return `${what} (${error.finding.summary})`
    throw error
  }
}
