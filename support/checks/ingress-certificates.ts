/** Section 5, TLS: checks the certificates that an ingress names, for each of their hosts. */

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type CommandLine, command, comment, onlyReads } from '../basis/command'
import { Blocked, type Circumstances, expectNone, Unmet } from '../basis/expectation'
import type { Entry } from '../contracts/contract'
import type { Ingress } from '../platform/core-resources'
import type { Certificate } from '../platform/custom-resources'
import type { SecretData } from '../platform/kubernetes'
import type { Platform } from '../platform/platform'
import { serverCertificate } from '../platform/server-certificate'
import { lifecycleProblems } from './lifecycle'

/** The hosts of a certificate, its Secret and the object that names it. */
export interface Tls {
  readonly hosts: readonly string[]
  /** Undefined if the Secret is not named. */
  readonly secretName: string | undefined
  /** The namespace of the Secret. */
  readonly namespace: string
  /** The Ingress, or the Gateway of an HTTPRoute. */
  readonly namedBy: string
}

/** Returns true if a host name, or one with a wildcard for its first label, stands for a host. */
export function covers(pattern: string, host: string): boolean {
  const [known, wanted] = [pattern.toLowerCase(), host.toLowerCase()]
  return known === wanted || (known.startsWith('*.') && wanted.split('.').slice(1).join('.') === known.slice(2))
}

/** Returns true if one of the certificates is named for a host. */
export const isServedBy = (tls: readonly Pick<Tls, 'hosts'>[], host: string): boolean =>
  tls.some(({ hosts }) => hosts.length === 0 || hosts.some((pattern) => covers(pattern, host)))

/**
 * Checks that an ingress with TLS has it for the host, unless each host that it has TLS for is one of its rules: an ingress may serve
 * another host without TLS.
 */
export function expectFittingHosts(
  {
    object,
    spec,
    remedy,
  }: Pick<Ingress, 'spec'> & { readonly object: string; readonly remedy: readonly CommandLine[] },
  host: string,
): void {
  const secured = spec.tls.flatMap(({ hosts }) => hosts)
  const ruled = spec.rules.map((rule) => rule.host ?? '')
  const isRuled = (one: string) => ruled.some((rule) => rule === '' || covers(one, rule) || covers(rule, one))
  const [astray] = isServedBy(spec.tls, host) ? [] : secured.filter((one) => !isRuled(one))
  if (astray === undefined) return
  throw new Unmet({
    summary: `${object} has TLS for ${astray}, which none of its rules is for, and not for ${host}.`,
    object,
    explainsNothing: true,
    expected: `spec.tls with the host ${host}; a wildcard stands for one label`,
    found: `TLS for ${secured.join(', ')}; rules for ${ruled.join(', ') || 'no host'}`,
    remedy,
  })
}

/**
 * 5.2: checks that each Secret of the ingress or the Gateway exists and holds a valid certificate for each host that it is named
 * for, and that clients trust the certificate of the role's host.
 */
export async function expectHostCertificates(platform: Platform, role: Entry, tls: readonly Tls[]): Promise<void> {
  const { host } = platform.configuration.ingresses[role]
  const secrets = await Promise.all(tls.map((entry) => certificateOf(platform, entry)))
  // Without a usable Secret, a controller serves its own certificate, whose error would hide the reason.
  expectNone(secrets.flatMap((secret) => unusable(secret) ?? secret.lifecycle))
  if (isServedBy(tls, host)) await expectTrusted(platform, host)
  expectNone(secrets.flatMap((secret) => invalid(platform, secret, host)))
  const certificates = await platform.kubernetes.certificates()
  expectNone(secrets.flatMap((secret) => unnamed(secret, host, certificates)))
}

/** Returns the hosts that the Certificate behind a Secret does not name: its next renewal would not cover them. */
function unnamed(
  { hosts, secretName: name, namespace }: Named,
  own: string,
  certificates: readonly Certificate[],
): Circumstances[] {
  return certificates
    .filter(({ metadata, spec }) => metadata.namespace === namespace && name !== undefined && spec.secretName === name)
    .flatMap(({ metadata, spec }) => {
      const names = [...spec.dnsNames, ...spec.ipAddresses, ...(spec.commonName ? [spec.commonName] : [])]
      const missing = (hosts.length > 0 ? hosts : [own]).filter((host) => !names.some((known) => covers(known, host)))
      if (missing.length === 0) return []
      const object = `Certificate ${namespace}/${metadata.name}`
      return [
        {
          summary: `${object} does not name ${missing.join(', ')}, so its next renewal does not cover it.`,
          object,
          explainsNothing: true,
          expected: `spec.dnsNames that cover ${missing.join(', ')}`,
          found: names.join(', ') || 'no names',
          remedy: [command`kubectl get certificate -n ${namespace} ${metadata.name} -o jsonpath='{.spec.dnsNames}'`],
        },
      ]
    })
}

/** A Secret that an ingress names. One that the caller may not read can exist: the rights are limited to the configuration. */
interface Named extends Tls {
  readonly data: SecretData | undefined | 'not readable'
  /** The problems with the lifecycle of the Secret. */
  readonly lifecycle: readonly Circumstances[]
}

async function certificateOf({ kubernetes }: Platform, tls: Tls): Promise<Named> {
  const unread: Named = { ...tls, data: 'not readable', lifecycle: [] }
  const { secretName: name, namespace } = tls
  // The rights are limited to the namespace of the service.
  if (name === undefined || namespace !== kubernetes.namespace) return unread
  try {
    const [data, metadata] = await Promise.all([kubernetes.secret(name), kubernetes.secretMetadata(name)])
    return { ...tls, data, lifecycle: metadata ? lifecycleProblems('Secret', { metadata }) : [] }
  } catch (error) {
    if (error instanceof Blocked) return unread
    throw error
  }
}

/** Returns the problem of a Secret that is missing, or whose certificate and key do not fit. */
function unusable({ secretName: name = '', namespace, namedBy, data }: Named): Circumstances | undefined {
  if (data === 'not readable') return undefined
  const finding = (summary: string, expected: string, found: string) => ({
    summary,
    object: namedBy,
    explainsNothing: true,
    expected,
    found,
    remedy: [
      command`kubectl get certificates,secrets -n ${namespace}`,
      command`kubectl describe certificates -n ${namespace}`,
    ],
  })
  if (data === undefined)
    return finding(
      `${namedBy} names the Secret ${name}, which does not exist.`,
      'a Secret with the certificate of the host',
      'no such Secret',
    )
  const pair = pairIn(data)
  return typeof pair === 'object'
    ? undefined
    : finding(
        `${namedBy} names the Secret ${name}, which holds no usable certificate.`,
        'a certificate in tls.crt, and its private key in tls.key',
        pair,
      )
}

const endOfCertificate = '-----END CERTIFICATE-----'

/** The certificates of a chain. No chain has more than a few. */
const chainIn = (pem: string): string[] =>
  pem
    .split(endOfCertificate, 10)
    .filter((part) => part.includes('-----BEGIN CERTIFICATE-----'))
    .map((part) => `${part}${endOfCertificate}`)

/** Returns the certificate of a Secret, or the reason why it cannot be used. */
function pairIn(data: SecretData): X509Certificate | string {
  const [certificate, key] = [data.get('tls.crt'), data.get('tls.key')]
  if (!certificate || !key) return `no value for ${certificate ? 'tls.key' : 'tls.crt'}`
  try {
    const parsed = new X509Certificate(certificate)
    const privateKey = createPrivateKey(key)
    if (parsed.checkPrivateKey(privateKey)) return parsed
    const isOf = (pem: string) => new X509Certificate(pem).checkPrivateKey(privateKey)
    return chainIn(certificate).some(isOf)
      ? 'the certificate of the private key behind that of its authority; it must come first'
      : 'a private key of another certificate'
  } catch {
    return 'values that are no certificate and private key in PEM'
  }
}

/** Returns the problems of a certificate with its time, by the clock of the cluster, and with its hosts. */
function invalid({ kubernetes }: Platform, { hosts, secretName: name, data }: Named, own: string): Circumstances[] {
  if (data === undefined || data === 'not readable') return []
  const certificate = pairIn(data)
  if (typeof certificate === 'string') return []
  const object = `Secret ${kubernetes.namespace}/${name}`
  const { validFrom, validTo, subjectAltName = '' } = certificate
  const finding = (problem: string, expected: string, found: string) => ({
    summary: `The certificate in ${object} ${problem}.`,
    object,
    expected,
    found,
    remedy: [
      command`kubectl get certificates -n ${kubernetes.namespace} -o wide`,
      command`kubectl describe certificates -n ${kubernetes.namespace}`,
    ],
  })
  const now = kubernetes.now.getTime()
  if (Date.parse(validTo) < now) return [finding('has expired', 'a valid certificate', `valid until ${validTo}`)]
  if (Date.parse(validFrom) > now)
    return [finding('is not valid yet', 'a valid certificate', `valid from ${validFrom}`)]
  const names = subjectAltName.split(', ').flatMap((entry) => /^(?:DNS|IP Address):(.*)$/.exec(entry)?.[1] ?? [])
  const uncovered = (hosts.length > 0 ? hosts : [own]).filter((host) => !names.some((known) => covers(known, host)))
  return uncovered.length === 0
    ? []
    : [finding(`does not cover ${uncovered.join(', ')}`, uncovered.join(', '), names.join(', ') || 'no host')]
}

async function expectTrusted(platform: Platform, host: string): Promise<void> {
  const at = platform.routes.ingressAddress('https') ?? { host, port: platform.configuration.ingress.httpsPort }
  const { trusted, reason, validTo } = await serverCertificate(host, at, platform.http.options)
  if (trusted) return
  // OpenSSL gives one code for each certificate of the chain.
  const isOfAuthority = reason === 'CERT_HAS_EXPIRED' && validTo > platform.kubernetes.now
  const why = isOfAuthority ? 'the certificate of one of its authorities has expired' : (trustErrors[reason] ?? reason)
  throw new Unmet({
    summary: `The certificate of ${host} is not trusted: ${why}.`,
    object: `host ${host}`,
    expected: `a certificate for ${host} from a known authority`,
    found: `${reason}, valid until ${validTo.toISOString()}`,
    remedy: [
      onlyReads(command`openssl s_client -connect ${at.host}:${at.port} -servername ${host} </dev/null`),
      comment`if you use your own certificate authority: configuration key certificateAuthority`,
    ],
  })
}

/** Explains the error codes of OpenSSL and Node. */
const trustErrors: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is unknown, or the server does not send the certificates in between',
}
