/** Section 5: checks of the answers of the service and of Grafana from outside the cluster. */

import { lookup } from 'node:dns/promises'
import { type CommandLine, command, comment } from '../basis/command'
import { connectionOf } from '../basis/connection'
import { applicable, Blocked, Unmet, unless } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import type { Configuration } from '../configuration/schema'
import type { Component, Entry } from '../contracts/contract'
import { databaseOf } from '../platform/database-commands'
import type { Address } from '../platform/exchange'
import type { Platform } from '../platform/platform'
import { blockedBy, isRefusal } from '../service/refusals'
import { exposedOrigin, isExposed } from './exposed-services'
import { expectAttached, isRouted } from './http-routes'
import { expectFittingHosts, expectHostCertificates, isServedBy, type Tls } from './ingress-certificates'
import { handlerOf, ingressOf } from './ingresses'
import { longestPrefix } from './path-prefixes'
import { placed } from './placed'

/** 5.2: checks that the host answers from outside, and if the ingress has TLS, also over HTTPS with a valid certificate. */
export async function expectAnswerFromOutside(platform: Platform, role: Entry): Promise<void> {
  const { host, probe } = platform.configuration.ingresses[role]
  await expectResolvable(platform, role)
  const part = role === 'service' ? 'lake' : 'grafana'
  if (isExposed(platform, role)) {
    const { scheme, origin } = await exposedOrigin(platform, role)
    await expectAnswers(platform, scheme, role)
    platform.routes.note(part, `service ${origin}${probe}`)
    return
  }
  const { tls, hasHttp, isSecured } = await entryOf(platform, role)
  const overHttp = hasHttp ? await unmetIn(expectAnswers(platform, 'http', role)) : undefined
  if (overHttp && !isSecured) throw overHttp
  const overTls = await unmetIn(expectSecured(platform, role, tls, isSecured))
  // TLS is enough: a controller may close plain HTTP. If both fail, its answer says more than the certificate of a stranger.
  if (overTls) throw overHttp?.finding.object === `host ${host}` ? overHttp : overTls
  const scheme = overHttp || !hasHttp ? 'https' : 'http'
  const at = platform.routes.ingressAddress(scheme)
  platform.routes.note(part, `ingress ${scheme}://${host}${probe}${at ? ` by way of ${at.host}:${at.port}` : ''}`)
}

type Scheme = 'http' | 'https'

/** Returns the finding with which a check fails; undefined if it passes. */
async function unmetIn(check: Promise<void>): Promise<Unmet | undefined> {
  try {
    await check
    return undefined
  } catch (error) {
    if (error instanceof Unmet) return error
    throw error
  }
}

async function expectAnswers(platform: Platform, scheme: Scheme, role: Entry): Promise<void> {
  await expectProbe(platform, scheme, role)
  await expectEveryPath(platform, scheme, role)
}

async function expectSecured(platform: Platform, role: Entry, tls: readonly Tls[], isSecured: boolean): Promise<void> {
  await expectHostCertificates(platform, role, tls)
  if (isSecured) await expectAnswers(platform, 'https', role)
  else if (!isRouted(platform, role))
    expectFittingHosts(await ingressOf(platform, role), platform.configuration.ingresses[role].host)
}

/** The base URL of a role from outside, and the address to connect to in place of its host. */
async function wayIn(
  platform: Platform,
  scheme: Scheme,
  role: Entry,
): Promise<{ readonly base: string; readonly at: Address | undefined }> {
  if (isExposed(platform, role)) return { base: (await exposedOrigin(platform, role)).origin, at: undefined }
  const { host } = platform.configuration.ingresses[role]
  return { base: platform.routes.ingressUrl(scheme, host, ''), at: platform.routes.ingressAddress(scheme) }
}

interface Entrance {
  readonly tls: readonly Tls[]
  /** True if it may take plain HTTP too. */
  readonly hasHttp: boolean
  /** True if it has TLS for the role's host. */
  readonly isSecured: boolean
}

async function entryOf(platform: Platform, role: Entry): Promise<Entrance> {
  if (isExposed(platform, role)) return { tls: [], hasHttp: true, isSecured: false }
  const { host } = platform.configuration.ingresses[role]
  if (!isRouted(platform, role)) {
    const { spec, object } = await ingressOf(platform, role)
    const { namespace } = platform.kubernetes
    const tls = spec.tls.map(({ hosts, secretName }) => ({ hosts, secretName, namespace, namedBy: object }))
    return { tls, hasHttp: true, isSecured: isServedBy(tls, host) }
  }
  const listeners = await expectAttached(platform, role)
  const tls = listeners
    .filter(({ protocol }) => protocol === 'HTTPS')
    .map(({ gateway, namespace, tls }): Tls => {
      const [first, ...others] = tls?.certificateRefs ?? []
      // Of several certificates the requested host chooses one, and without a Secret the controller has its own way to them.
      const secret = others.length === 0 && first?.kind === 'Secret' ? first : undefined
      return {
        hosts: [host],
        secretName: secret?.name,
        namespace: secret?.namespace ?? namespace,
        namedBy: `Gateway ${namespace}/${gateway}`,
      }
    })
  return { tls, hasHttp: listeners.some(({ protocol }) => protocol === 'HTTP'), isSecured: isServedBy(tls, host) }
}

/** 5.2: checks that nothing can be written through the host without a login. The request changes nothing even if accepted. */
export async function expectNoOpenRoute(platform: Platform): Promise<void> {
  const { path, body, isOpen, beside, remedy } = applicable(platform.contract.openRoute)
  const { host } = platform.configuration.ingresses.service
  await expectResolvable(platform, 'service')
  const send = async (scheme: Scheme) => {
    const { base, at } = await wayIn(platform, scheme, 'service')
    return platform.http.query(`${base}${path}`, body, { at, headers: { 'content-type': 'application/json' } })
  }
  const { hasHttp, isSecured } = await entryOf(platform, 'service')
  // A controller may close plain HTTP where the host has TLS, or leave it open.
  const overHttp = hasHttp ? await send('http').catch(isSecured ? unless(undefined, Unmet) : undefined) : undefined
  const isRedirected = String(overHttp?.headers.location).startsWith('https:')
  const isDecided = overHttp && (isSecured ? isOpen(overHttp.status, overHttp.body) : !isRedirected)
  const scheme = isDecided ? 'http' : 'https'
  const answered = isDecided ? overHttp : await send('https')
  const { url, status, body: answer } = answered
  if (isRefusal(answered)) return
  if (!isOpen(status, answer)) {
    // The host may keep the route to itself, if it leads to the service.
    const { base, at } = await wayIn(platform, scheme, 'service')
    const other = await platform.http.get(`${base}${beside.path}`, { at })
    const leadsToService = other.status === beside.refusal.status && beside.refusal.says.test(other.body)
    if (status === 404 && leadsToService) return
    const reliesOn = status >= 500 ? behindHost(platform) : []
    throw blockedBy({ ...answered, reliesOn }, 'rows from a caller without a login', 'a refusal with status 401 or 403')
  }
  throw new Unmet({
    summary: `${host} lets anyone write to the database of the service without a login, through ${path}.`,
    object: `host ${host}, ${path}`,
    expected: 'a refusal, or no such route',
    found: `status ${status}: ${excerpt(answer)}`,
    remedy: [command`curl -i -X POST -H 'Content-Type: application/json' -d '${body}' '${url}'`, ...remedy],
  })
}

/** The objects without which the host of the service answers with an error. */
const behindHost = ({ configuration }: Platform): readonly string[] => {
  const { namespace, components } = configuration
  return [`Service ${namespace}/${components.lake.service}`, ...databaseOf(configuration)]
}

async function expectResolvable(platform: Platform, role: Entry): Promise<void> {
  const { host } = platform.configuration.ingresses[role]
  if (platform.routes.ingressAddress('http') && !isExposed(platform, role)) return
  try {
    await lookup(host)
  } catch {
    throw unresolvable(platform, role)
  }
}

/** The commands that list the classes of a way in. A Service has none. */
function showClasses(kind: Configuration['ingresses']['service']['kind']): CommandLine[] {
  if (kind === 'Service') return []
  return [kind === 'Ingress' ? command`kubectl get ingressclass` : command`kubectl get gatewayclass`]
}

async function expectProbe(platform: Platform, scheme: Scheme, role: Entry): Promise<void> {
  const { kind, name, host, paths, probe } = platform.configuration.ingresses[role]
  const { base, at } = await wayIn(platform, scheme, role)
  const url = `${base}${probe}`
  const { status, headers, body } = await platform.http.get(url, { at })
  // An ingress with TLS may redirect to HTTPS, which is checked anyway.
  if (scheme === 'http' && status >= 300 && status < 400 && String(headers.location).startsWith(`https://${host}`))
    return
  if (status === 200) return
  const [, component] = longestPrefix(probe, Object.entries(paths), ([path]) => path) ?? []
  throw new Unmet({
    summary: `${url} answers ${status} from outside.`,
    object: `host ${host}`,
    reliesOn: component === undefined ? [] : behindGateway(platform, component, status),
    expected: 'status 200',
    found: [`status ${status}: ${excerpt(body)}`, await handlerOf(platform, role)].filter(Boolean).join('; '),
    remedy: [
      at
        ? command`curl -v --resolve ${`${host}:${at.port}:${at.host}`} ${url.replace(host, () => `${host}:${at.port}`)}`
        : command`curl -v ${url}`,
      command`kubectl describe ${kind.toLowerCase()} -n ${platform.kubernetes.namespace} ${name}`,
      ...showClasses(kind),
    ],
  })
}

/** The controller itself answers with these when no backend answers. */
const timedOut = 504
const gatewayStatuses = [502, 503, timedOut]

/** The objects whose failure could explain the status with which a controller answers for a component. */
function behindGateway(platform: Platform, component: Component, status: number): string[] {
  if (!gatewayStatuses.includes(status)) return []
  const { namespace } = placed(platform, component).kubernetes
  const target = `Service ${namespace}/${platform.configuration.components[component].service}`
  return [target, ...(status === timedOut ? [connectionOf('ingress controller', target)] : [])]
}

async function expectEveryPath(platform: Platform, scheme: Scheme, role: Entry): Promise<void> {
  const { kind, name, host, paths } = platform.configuration.ingresses[role]
  const { base, at } = await wayIn(platform, scheme, role)
  for (const [path, component] of Object.entries(paths)) {
    const url = `${base}${path}`
    const { status } = await platform.http.get(url, { at })
    if (!gatewayStatuses.includes(status)) continue
    throw new Unmet({
      summary: `${url} answers ${status}: no backend answers behind the ${kind === 'Service' ? 'service' : 'ingress'}.`,
      object: `host ${host}`,
      reliesOn: behindGateway(platform, component, status),
      expected: 'an answer of the backend',
      found: `status ${status}`,
      remedy: [command`kubectl describe ${kind.toLowerCase()} -n ${platform.kubernetes.namespace} ${name}`],
    })
  }
}

/** The checklist does not require DNS entries, so a host that cannot be resolved blocks the check instead of failing it. */
function unresolvable(platform: Platform, role: Entry): Blocked {
  const { kind, name, host } = platform.configuration.ingresses[role]
  const { namespace } = platform.kubernetes
  return new Blocked({
    summary: `The host name ${host} cannot be resolved on this machine.`,
    object: `host ${host}`,
    expected: `a DNS entry${kind === 'Service' ? '' : ', or the configuration key ingress.address'}`,
    found: 'no address',
    remedy: [
      command`getent hosts ${host}`,
      kind === 'HTTPRoute'
        ? command`kubectl get gateways --all-namespaces`
        : command`kubectl get ${kind.toLowerCase()} -n ${namespace} ${name}`,
      kind === 'Service'
        ? comment`if DNS has no entry for it: the host may be that address, configuration key ingresses.${role}.host`
        : comment`while DNS has no entry: configuration key ingress.address, one address for the hosts of all ingresses and routes`,
    ],
  })
}
