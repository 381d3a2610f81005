/** Section 0: checks of the certificates that cert-manager issues. */
import { command, comment } from '../basis/command'
import { byObject, type Circumstances, expectData, Unmet } from '../basis/expectation'
import { entries, hostsOf } from '../configuration/hosts'
import { components } from '../contracts/contract'
import type { Certificate, Issuer } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { conditionOf, describeCondition, reasonsBeside } from './conditions'
import { lifecycleProblems } from './lifecycle'
import { type Hindrance, lasting, type Outcome, settled, startingMs } from './settled'

/**
 * 0.5: checks that the certificates of cert-manager are Ready, valid by the cluster's clock, and renewed in time, and that their
 * issuers can renew them again. Those in the namespaces of other teams prove that cert-manager works, but their troubles are not
 * of the platform. One that is being issued gets the time for it.
 */
export async function expectCertificates(platform: Platform): Promise<void> {
  await settled(platform, () => certificateOutcome(platform))
}

async function certificateOutcome(platform: Platform): Promise<Outcome | undefined> {
  const { kubernetes, configuration } = platform
  const { expect, validFor } = configuration.certificates
  const certificates = await kubernetes.certificates()
  if (expect === 'some')
    expectData(certificates, 'certificate of cert-manager', 'Certificates in all namespaces', [
      command`kubectl get certificates --all-namespaces`,
      comment`if cert-manager issues no certificates here: configuration key certificates.expect: none`,
    ])
  const issuer = `workloads labelled ${configuration.dependencies.certManager.selector}`
  const now = kubernetes.now.getTime()
  const issuers = certificates.length > 0 ? await kubernetes.issuers() : []
  const problemsOf = (some: readonly Certificate[]) => {
    const ofIssuers = issuerProblems(some, issuers, issuer)
    // The problem of an issuer explains why its certificates are not issued or renewed, though they do not say so.
    const isExplained = (certificate: Certificate, { reliesOn = [] }: Circumstances) =>
      reliesOn.length > 0 && ofIssuers.some(({ object }) => object === issuerOf(certificate))
    const ofCertificates = some.flatMap((certificate): Hindrance[] => {
      const problem = problemOf(certificate, { validFor, now, issuer })
      if (!problem || isExplained(certificate, problem)) return []
      return [{ circumstances: problem, mayEnd: isBeingIssued(certificate, now) }]
    })
    return [...ofCertificates, ...ofIssuers.map(lasting)]
  }
  if (problemsOf(certificates).length === 0) return undefined
  const [own, served] = await Promise.all([namespacesOf(platform), listenerSecrets(platform)])
  const isOwn = ({ metadata: { namespace = '' }, spec: { secretName } }: Certificate) =>
    own.has(namespace) || served.has(`${namespace}/${secretName}`)
  const problems = problemsOf(certificates.filter(isOwn))
  const [first, ...others] = byObject(problems.map(({ circumstances }) => circumstances))
  return first && { problem: new Unmet(first, others), mayEnd: problems.every(({ mayEnd }) => mayEnd) }
}

/** True while cert-manager obtains a certificate, as long as a pod may take to start: an authority may never answer. */
function isBeingIssued({ status }: Certificate, now: number): boolean {
  const issuing = conditionOf(status.conditions, 'Issuing')
  return issuing?.status === 'True' && now - Date.parse(issuing.lastTransitionTime ?? '') < startingMs
}

/** The namespaces of the service, of what leads to it, of what delivers and monitors it, and of the dependencies. */
async function namespacesOf({ kubernetes, configuration }: Platform): Promise<ReadonlySet<string>> {
  const workloads = await Promise.all(Object.values(configuration.dependencies).map((one) => kubernetes.workloads(one)))
  return new Set([
    ...components.map((component) => kubernetes.of(component).namespace),
    ...entries.map((role) => kubernetes.entry(role).namespace),
    ...[configuration.monitoring.namespace, configuration.application.namespace],
    ...workloads.flat().map(({ namespace }) => namespace),
  ])
}

/** The Secrets, as namespace/name, with which Gateways serve the hosts. They share their namespace with those of other teams. */
async function listenerSecrets(platform: Platform): Promise<ReadonlySet<string>> {
  const { kubernetes, configuration } = platform
  const routed = entries.flatMap((role) =>
    hostsOf(configuration, role).flatMap(({ kind, name, host }) =>
      kind === 'HTTPRoute' ? [kubernetes.entry(role).gateways.listenersOf(name, host)] : [],
    ),
  )
  return new Set(
    (await Promise.all(routed))
      .flat()
      .flatMap(({ namespace: own, tls }) =>
        (tls?.certificateRefs ?? []).map(({ name, namespace = own }) => `${namespace}/${name}`),
      ),
  )
}

/** Returns a problem for each issuer that can renew none of its certificates. */
function issuerProblems(
  certificates: readonly Certificate[],
  issuers: readonly Issuer[],
  operator: string,
): Circumstances[] {
  const own = certificates.filter(
    ({ spec }) => spec.issuerRef.group === 'cert-manager.io' && spec.issuerRef.name !== '',
  )
  const byIssuer = Map.groupBy(own, issuerOf)
  return [...byIssuer].flatMap(([object, issued]) => {
    const lacking = issued.find(({ status }) => conditionOf(status.conditions, 'Ready')?.status !== 'True')
    const certificate = lacking ?? issued[0]
    if (!certificate) return []
    const found = issuers.find(({ kind, metadata }) => `${kind} ${scoped(metadata)}` === object)
    const { namespace = '' } = certificate.metadata
    const { kind, name } = certificate.spec.issuerRef
    const scope = kind === 'Issuer' ? ['-n', namespace] : []
    const finding = (what: string, expected: string, state: string) => ({
      summary: `${object} ${what}, so Certificate ${scoped(certificate.metadata)} cannot be ${lacking ? 'issued' : 'renewed'}.`,
      object,
      reliesOn: [operator],
      expected,
      found: state,
      remedy: [
        found
          ? command`kubectl describe ${kind.toLowerCase()} ${[...scope, name]}`
          : command`kubectl get issuers,clusterissuers --all-namespaces`,
      ],
    })
    if (!found) return [finding('does not exist', 'exists', 'no such issuer')]
    const [first] = lifecycleProblems(kind, found, { object, attendedBy: [operator] })
    if (first) return [first]
    const ready = conditionOf(found.status.conditions, 'Ready')
    return ready?.status === 'True' ? [] : [finding('is not ready', 'Ready', describeCondition(ready))]
  })
}

const scoped = ({ namespace, name }: { readonly namespace?: string | undefined; readonly name: string }) =>
  namespace ? `${namespace}/${name}` : name

const issuerOf = ({ metadata, spec: { issuerRef } }: Certificate) =>
  `${issuerRef.kind} ${issuerRef.kind === 'Issuer' ? `${metadata.namespace}/` : ''}${issuerRef.name}`

interface Terms {
  /** Milliseconds that a certificate without a renewal must remain valid. */
  readonly validFor: number
  /** Milliseconds since 1970 by the cluster's clock. */
  readonly now: number
  /** The workloads that issue certificates. */
  readonly issuer: string
}

/** The most that a renewal may be late, in milliseconds: an authority may refuse for a while. */
const renewalGraceMs = 86_400_000

function problemOf(certificate: Certificate, { validFor, now, issuer }: Terms): Circumstances | undefined {
  const { metadata, status } = certificate
  const object = `Certificate ${metadata.namespace}/${metadata.name}`
  const remedy = [command`kubectl describe certificate -n ${metadata.namespace ?? ''} ${metadata.name}`]
  const [first] = lifecycleProblems('Certificate', certificate, { attendedBy: [issuer] })
  if (first) return first
  const problem = (summary: string, expected: string, found: string, reliesOn?: readonly string[]) => ({
    summary: `${object} ${summary}.`,
    object,
    ...(reliesOn ? { reliesOn } : {}),
    expected,
    found: [found, ...reasonsBeside(status.conditions, 'Ready')].join('; '),
    remedy,
  })
  const ready = conditionOf(status.conditions, 'Ready')
  if (ready?.status !== 'True') return problem('is not Ready', 'Ready', describeCondition(ready), [issuer])
  if (Date.parse(status.notBefore ?? '') > now)
    return problem('is not valid yet', 'valid now', `valid from ${status.notBefore}`)
  const days = `valid for ${Math.floor(validFor / 86_400_000)} days or more`
  const end = Date.parse(status.notAfter ?? '')
  if (Number.isNaN(end)) return problem('has no expiry date', days, 'no status.notAfter')
  if (end <= now) return problem('has expired', days, `expired at ${status.notAfter}`)
  const renewal = Date.parse(status.renewalTime ?? '')
  // A renewal that is planned before the end decides, however short the certificate lives.
  if (!(renewal < end))
    return end - now >= validFor ? undefined : problem('is about to expire', days, `expires at ${status.notAfter}`)
  const grace = Math.min(renewalGraceMs, (end - renewal) / 2)
  return now - renewal <= grace
    ? undefined
    : problem(
        'was not renewed in time',
        `a renewal at ${status.renewalTime}`,
        `the certificate that expires at ${status.notAfter}`,
        [issuer],
      )
}
