/** Section 5: the ingresses, what they lead to, and whether their hosts answer from outside. */
import { lookup } from 'node:dns/promises'
import { applicable, Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'
import { type Component, components } from '../contracts/contract'
import type { Ingress } from '../platform/core-resources'
import type { Platform } from '../platform/platform'
import { serverCertificate } from '../platform/server-certificate'
import { expectIngressClass } from './dependencies'
import { expectPodsReady } from './pods'
import { expectReadyEndpoints, serviceOf } from './services'

export type IngressRole = 'service' | 'grafana'

/** The components that an ingress must lead to. */
function targetsOf({ configuration }: Platform, role: IngressRole): Component[] {
  const wanted = new Set(Object.values(configuration.ingresses[role].paths))
  return components.filter((component) => wanted.has(component))
}

export async function expectTargetsExist(platform: Platform, role: IngressRole): Promise<void> {
  for (const component of targetsOf(platform, role)) await serviceOf(platform, component)
}

export async function expectTargetsReady(platform: Platform, role: IngressRole): Promise<void> {
  for (const component of targetsOf(platform, role)) await expectReadyEndpoints(platform, component)
}

export async function expectTargetsRunning(platform: Platform, role: IngressRole): Promise<void> {
  for (const component of targetsOf(platform, role)) await expectPodsReady(platform, component)
}

async function ingressOf(
  platform: Platform,
  role: IngressRole,
): Promise<Ingress & { object: string; remedy: string[] }> {
  const { namespace } = platform.kubernetes
  const { name } = platform.configuration.ingresses[role]
  const object = `Ingress ${namespace}/${name}`
  const remedy = [`kubectl describe ingress -n ${namespace} ${name}`]
  const ingress = await platform.kubernetes.ingress(name)
  if (ingress) return { ...ingress, object, remedy }
  throw new Unmet({
    summary: `${object} does not exist.`,
    object,
    expected: 'it exists',
    found: 'none',
    remedy: [`kubectl get ingress -n ${namespace}`],
  })
}

/** 5.1: some controller takes the ingress up. */
export async function expectIngressClassOf(platform: Platform, role: IngressRole): Promise<void> {
  await expectIngressClass(platform)
  const { spec, metadata, object, remedy } = await ingressOf(platform, role)
  const annotations = metadata.annotations as Record<string, string> | undefined
  const wanted = spec.ingressClassName ?? annotations?.['kubernetes.io/ingress.class']
  const classes = await platform.kubernetes.ingressClasses()
  if (
    classes.some(({ metadata: { name, annotations } }) =>
      wanted === undefined ? isDefault(annotations) : name === wanted,
    )
  )
    return
  throw new Unmet({
    summary:
      wanted === undefined
        ? `${object} names no class, and none is the default.`
        : `${object} has a class that does not exist: ${wanted}.`,
    object,
    expected: `one of ${classes.map(({ metadata }) => metadata.name).join(', ') || 'no classes at all'}`,
    found: wanted ?? 'no class',
    remedy: [...remedy, 'kubectl get ingressclass'],
  })
}

const isDefault = (annotations: unknown) =>
  (annotations as Record<string, string> | undefined)?.['ingressclass.kubernetes.io/is-default-class'] === 'true'

/** 5.1: each path of the host leads to its component's service and port. */
export async function expectRouting(platform: Platform, role: IngressRole): Promise<void> {
  const { host, paths } = platform.configuration.ingresses[role]
  const { spec, object, remedy } = await ingressOf(platform, role)
  const rules = spec.rules.filter((rule) => rule.host === undefined || rule.host === host)
  if (rules.length === 0)
    throw new Unmet({
      summary: `${object} has no rule for the host ${host}.`,
      object,
      expected: `host ${host}`,
      found: spec.rules.map((rule) => rule.host ?? 'any').join(', ') || 'no rules',
      remedy: [...remedy, `# with another host: configuration key ingresses.${role}.host`],
    })
  const unmet: Circumstances[] = []
  for (const [path, component] of Object.entries(paths)) {
    const { service, port } = platform.configuration.components[component]
    // Controllers for Nginx are often given patterns; the path before the pattern is what it is about.
    const backend = rules
      .flatMap(({ http }) => http?.paths ?? [])
      .find((candidate) => plainPath(candidate.path) === path)?.backend.service
    const found = backend ? `${backend.name}:${backend.port.number ?? backend.port.name ?? '?'}` : 'no rule'
    const named = await portNamed(platform, component, port)
    if (backend?.name === service && (backend.port.number === port || (named && backend.port.name === named))) continue
    const missing = backend && backend.name !== service && !(await platform.kubernetes.service(backend.name))
    unmet.push({
      summary: missing
        ? `${object} sends ${path} to a service that does not exist: ${backend.name}.`
        : `${object} does not send ${path} to ${service}:${port}.`,
      object,
      expected: `${host}${path} → ${service}:${port}`,
      found: missing ? `${found}, which does not exist` : found,
      remedy,
    })
  }
  expectNone(unmet)
}

/** The name that a service gives to one of its ports. */
async function portNamed(platform: Platform, component: Component, port: number): Promise<string | undefined> {
  const service = await platform.kubernetes.service(platform.configuration.components[component].service)
  return service?.spec.ports.find((candidate) => candidate.port === port)?.name
}

const plainPath = (path: string) => path.replace(/\(.*$/, '').replace(/(?<=.)\/$/, '') || '/'

/** 5.2: the host answers from outside; over TLS where the ingress has it, with a certificate that is valid for the host. */
export async function expectAnswerFromOutside(platform: Platform, role: IngressRole): Promise<void> {
  const { host, probe } = platform.configuration.ingresses[role]
  const { spec } = await ingressOf(platform, role)
  await expectResolvable(platform, host)
  await expectProbe(platform, 'http', role)
  await expectEveryPath(platform, role)
  const tls = spec.tls.find(({ hosts }) => hosts.length === 0 || hosts.includes(host))
  if (tls) {
    await expectTrusted(platform, host, role, tls.secretName)
    await expectProbe(platform, 'https', role)
  }
  const at = platform.routes.ingressAddress('http')
  platform.routes.note(
    role === 'service' ? 'lake' : 'grafana',
    `ingress http://${host}${probe}${at ? ` by way of ${at.host}:${at.port}` : ''}`,
  )
}

/** 5.2: whoever reaches the host writes nothing without a login. What is sent would change nothing, were it let in. */
export async function expectNoOpenRoute(platform: Platform): Promise<void> {
  const { path, body, isOpen, remedy } = applicable(platform.contract.openRoute)
  const { host } = platform.configuration.ingresses.service
  await expectResolvable(platform, host)
  const ask = (scheme: 'http' | 'https') =>
    platform.http.query(platform.routes.ingressUrl(scheme, host, path), body, {
      at: platform.routes.ingressAddress(scheme),
      headers: { 'content-type': 'application/json' },
    })
  const plain = await ask('http')
  const isSentOn = String(plain.headers.location).startsWith('https:')
  const { url, status, body: said } = isSentOn ? await ask('https') : plain
  if (!isOpen(status, said)) return
  throw new Unmet({
    summary: `Whoever reaches ${host} writes into the database of the service without a login, by ${path}.`,
    object: `host ${host}, ${path}`,
    expected: 'a refusal, or no such route from outside',
    found: `status ${status}: ${excerpt(said)}`,
    remedy: [`curl -i -X POST -H 'Content-Type: application/json' -d '${body}' '${url}'`, ...remedy],
  })
}

async function expectResolvable(platform: Platform, host: string): Promise<void> {
  if (platform.routes.ingressAddress('http')) return
  try {
    await lookup(host)
  } catch {
    throw unresolvable(host)
  }
}

async function expectProbe(platform: Platform, scheme: 'http' | 'https', role: IngressRole): Promise<void> {
  const { host, probe } = platform.configuration.ingresses[role]
  const url = platform.routes.ingressUrl(scheme, host, probe)
  const at = platform.routes.ingressAddress(scheme)
  const { status, headers, body } = await platform.http.get(url, { at })
  // An ingress with TLS may send everybody to HTTPS, which is then looked at anyway.
  if (scheme === 'http' && status >= 300 && status < 400 && String(headers.location).startsWith(`https://${host}`))
    return
  if (status === 200) return
  throw new Unmet({
    summary: `${url} answers ${status} from outside.`,
    object: `host ${host}`,
    expected: 'status 200',
    found: `status ${status}: ${excerpt(body)}`,
    remedy: [
      `curl -v ${at ? `--resolve ${host}:${at.port}:${at.host} ` : ''}${at ? url.replace(host, `${host}:${at.port}`) : url}`,
      `kubectl describe ingress -n ${platform.kubernetes.namespace} ${platform.configuration.ingresses[role].name}`,
    ],
  })
}

/** Nothing but the controller itself answers these: behind the path is nobody who does. */
const gatewayStatuses = [502, 503, 504]

async function expectEveryPath(platform: Platform, role: IngressRole): Promise<void> {
  const { name, host, paths } = platform.configuration.ingresses[role]
  const at = platform.routes.ingressAddress('http')
  for (const [path, component] of Object.entries(paths)) {
    const url = platform.routes.ingressUrl('http', host, path)
    const { status } = await platform.http.get(url, { at })
    if (!gatewayStatuses.includes(status)) continue
    throw new Unmet({
      summary: `${url} answers ${status}: the ingress leads to nobody who answers.`,
      object: `host ${host}`,
      reliesOn: [`Service ${platform.kubernetes.namespace}/${platform.configuration.components[component].service}`],
      expected: 'an answer from behind the ingress',
      found: `status ${status}`,
      remedy: [`kubectl describe ingress -n ${platform.kubernetes.namespace} ${name}`],
    })
  }
}

async function expectTrusted(
  platform: Platform,
  host: string,
  role: IngressRole,
  secretName: string | undefined,
): Promise<void> {
  const at = platform.routes.ingressAddress('https') ?? { host, port: platform.configuration.ingress.httpsPort }
  const { trusted, reason, validTo } = await serverCertificate(host, at, platform.http.options)
  if (trusted) return
  // Without its Secret a controller shows a certificate of its own, which says nothing about why.
  if (secretName !== undefined && !(await platform.kubernetes.secret(secretName)))
    throw certificateMissing(platform, role, secretName)
  throw new Unmet({
    summary: `The certificate of ${host} is not trusted: ${distrusts[reason] ?? reason}.`,
    object: `host ${host}`,
    expected: `a certificate for ${host} from a known authority`,
    found: `${reason}, valid to ${validTo.toISOString()}`,
    remedy: [
      `openssl s_client -connect ${at.host}:${at.port} -servername ${host} </dev/null`,
      '# with an authority of your own: configuration key certificateAuthority',
    ],
  })
}

/** What the codes of OpenSSL and of Node mean. */
const distrusts: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is unknown',
}

function certificateMissing({ kubernetes, configuration }: Platform, role: IngressRole, secretName: string): Unmet {
  const { namespace } = kubernetes
  const { name } = configuration.ingresses[role]
  return new Unmet({
    summary: `Ingress ${namespace}/${name} names the Secret ${secretName}, which does not exist.`,
    object: `Ingress ${namespace}/${name}`,
    expected: 'a Secret with the certificate of the host',
    found: 'none',
    remedy: [`kubectl get certificates,secrets -n ${namespace}`, `kubectl describe ingress -n ${namespace} ${name}`],
  })
}

/** The name is a matter of DNS, which the checklist leaves open: it is the configuration that lacks an address. */
function unresolvable(host: string): Blocked {
  return new Blocked({
    summary: `The host name ${host} does not resolve here.`,
    object: `host ${host}`,
    expected: 'a DNS entry, or the configuration key ingress.address',
    found: 'no address',
    remedy: [
      `getent hosts ${host}`,
      'echo "ingress: { address: ADDRESS-OF-THE-INGRESS-CONTROLLER }" >> acceptance.yaml',
    ],
  })
}
