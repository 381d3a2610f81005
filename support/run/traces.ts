/** Traces of the parts that a platform need not have. A trace that the caller may not read counts too. */
import { z } from 'zod'
import { Blocked, NotApplicable, Unmet } from '../basis/expectation'
import { connectionsTo } from '../checks/data-sources'
import type { Platform } from '../platform/platform'

/** Returns the first trace of Jenkins: its token, its Service or a connection to it; undefined if there is none. */
export async function traceOfJenkins(platform: Platform): Promise<string | undefined> {
  const { kubernetes, configuration } = platform
  const { namespace } = kubernetes
  const { name } = configuration.tokens.jenkins
  const { service } = configuration.jenkins
  return (
    (await found(`Secret ${namespace}/${name}`, () => kubernetes.secret(name))) ??
    (await found(`Service ${namespace}/${service}`, () => kubernetes.service(service))) ??
    (await connectionToJenkins(platform))
  )
}

const admitted = z.looseObject({
  status: z.looseObject({ loadBalancer: z.looseObject({ ingress: z.array(z.unknown()).min(1) }) }),
})

/** Returns the first way in from outside: an ingress with an address, or a Service that is open outside the cluster. */
export async function traceOfExternalAccess({ kubernetes, configuration }: Platform): Promise<string | undefined> {
  for (const { name } of Object.values(configuration.ingresses)) {
    const trace = await found(`the address of Ingress ${kubernetes.namespace}/${name}`, async () => {
      const { success } = admitted.safeParse(await kubernetes.ingress(name))
      return success || undefined
    })
    if (trace !== undefined) return trace
  }
  for (const { service } of Object.values(configuration.components)) {
    const trace = await found(`the type of Service ${kubernetes.namespace}/${service}`, async () => {
      const type = (await kubernetes.service(service))?.spec.type
      return type === 'NodePort' || type === 'LoadBalancer' || undefined
    })
    if (trace !== undefined) return trace
  }
  return undefined
}

/** Returns the first ExternalSecret that writes a Secret of the service; undefined if there is none. */
export async function traceOfExternalSecrets({ kubernetes, configuration }: Platform): Promise<string | undefined> {
  for (const { name } of Object.values(configuration.secretNames)) {
    const trace = await found(`ExternalSecret ${kubernetes.namespace}/${name}`, () => kubernetes.externalSecret(name))
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

/** A service that cannot be reached is not a trace of Jenkins. Other items report that it cannot be reached. */
async function connectionToJenkins(platform: Platform): Promise<string | undefined> {
  try {
    const [connection] = await connectionsTo(platform, 'jenkins')
    return connection && `the connection ${connection.name} of the service`
  } catch (error) {
    if (error instanceof Blocked || error instanceof Unmet || error instanceof NotApplicable) return undefined
    throw error
  }
}
