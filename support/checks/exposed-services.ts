/** Section 5 where a Service leads to the service from outside: its type, its address and the pods that it selects. */

import { type CommandLine, command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { selects } from '../basis/label-selector'
import { selectorOf } from '../basis/labels'
import type { Entry } from '../contracts/contract'
import type { Service } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { expectAlive, missing } from './lifecycle'

/** Returns true if a Service of the type LoadBalancer or NodePort takes the place of the Ingress of a role. */
export const isExposed = ({ configuration }: Platform, role: Entry): boolean =>
  configuration.ingresses[role].kind === 'Service'

interface Exposed {
  readonly service: Service
  readonly object: string
  readonly remedy: readonly CommandLine[]
}

async function exposedService(platform: Platform, role: Entry): Promise<Exposed> {
  const { namespace } = platform.kubernetes
  const { name } = platform.configuration.ingresses[role]
  const object = `Service ${namespace}/${name}`
  const service = await platform.kubernetes.service(name)
  if (!service) throw missing(object, [command`kubectl get services -n ${namespace}`])
  expectAlive('Service', { metadata: service.metadata })
  return { service, object, remedy: [command`kubectl describe service -n ${namespace} ${name}`] }
}

/** 5.1 and 5.2: checks that the Service is open outside the cluster, and that a load balancer has given it an address. */
export async function expectOpenOutside(platform: Platform, role: Entry): Promise<void> {
  const { service, object, remedy } = await exposedService(platform, role)
  const { type } = service.spec
  if (type !== 'LoadBalancer' && type !== 'NodePort')
    throw new Unmet({
      summary: `${object} cannot be reached from outside the cluster: its type is ${type}.`,
      object,
      explainsNothing: true,
      expected: 'the type LoadBalancer or NodePort',
      found: type,
      remedy,
    })
  if (type === 'NodePort' || service.status.loadBalancer.ingress.length > 0) return
  throw new Unmet({
    summary: `${object} has no address: no load balancer serves it.`,
    object,
    explainsNothing: true,
    expected: 'an address in status.loadBalancer.ingress',
    found: 'no address',
    remedy,
  })
}

/** 5.1 and 5.2: checks that the Service selects the pods of the component behind the path of the probe's host. */
export async function expectSelectsComponent(platform: Platform, role: Entry): Promise<void> {
  const { service, object, remedy } = await exposedService(platform, role)
  const { components, ingresses } = platform.configuration
  const behind = [...new Set(Object.values(ingresses[role].paths))]
  const { selector } = service.spec
  const lists = await Promise.all(behind.map((component) => platform.kubernetes.pods(components[component].labels)))
  const pods = lists.flat()
  const isSelected = (labels: Readonly<Record<string, string>>) =>
    selects({ matchLabels: selector, matchExpressions: [] }, labels)
  if (Object.keys(selector).length === 0 || !pods.some(({ metadata }) => isSelected(metadata.labels)))
    throw new Unmet({
      summary: `${object} selects no pod of ${behind.join(' or ')}.`,
      object,
      expected: `the labels of ${behind.join(' or ')}`,
      found: selectorOf(selector) || 'no selector',
      remedy,
    })
  const names = new Set(pods.map(({ metadata }) => metadata.name))
  const others = (await platform.kubernetes.pods(selector)).filter(
    ({ metadata, status }) =>
      !names.has(metadata.name) && !metadata.deletionTimestamp && ['Pending', 'Running'].includes(status.phase),
  )
  if (others.length === 0) return
  throw new Unmet({
    summary: `${object} sends connections to pods that do not belong to ${behind.join(' or ')}.`,
    object,
    expected: `a selector that matches pods of ${behind.join(' or ')} only`,
    found: others
      .map(({ metadata }) => metadata.name)
      .sort()
      .join(', '),
    remedy,
  })
}

/** The scheme and port by which the Service answers outside the cluster. */
export async function exposedOrigin(
  platform: Platform,
  role: Entry,
): Promise<{ readonly scheme: 'http' | 'https'; readonly origin: string }> {
  const { service, object, remedy } = await exposedService(platform, role)
  const { host } = platform.configuration.ingresses[role]
  const { ports, type } = service.spec
  const isSecured = ({ name, port }: (typeof ports)[number]) => port === 443 || name === 'https'
  const port = ports.find(isSecured) ?? ports[0]
  const number = type === 'NodePort' ? port?.nodePort : port?.port
  if (port === undefined || number === undefined)
    throw new Unmet({
      summary: `${object} has no port outside the cluster.`,
      object,
      explainsNothing: true,
      expected: type === 'NodePort' ? 'spec.ports with a nodePort' : 'spec.ports',
      found: 'none',
      remedy,
    })
  const scheme = isSecured(port) ? 'https' : 'http'
  const isStandard = number === (scheme === 'https' ? 443 : 80)
  return { scheme, origin: `${scheme}://${host}${isStandard ? '' : `:${number}`}` }
}
