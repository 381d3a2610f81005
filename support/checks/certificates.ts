/** Section 0: checks of the certificates that cert-manager issues. */
import { command, comment } from '../basis/command'
import { type Circumstances, expectData, expectNone } from '../basis/expectation'
import type { Certificate } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'
import { conditionOf, describeCondition } from './dependencies'
import { lifecycleProblems } from './lifecycle'

/** 0.5: checks that all certificates of cert-manager are Ready, valid by the cluster's clock, and renewed in time. */
export async function expectCertificates({ kubernetes, configuration }: Platform): Promise<void> {
  const { expect, validFor } = configuration.certificates
  const certificates = await kubernetes.certificates()
  if (expect === 'some')
    expectData(certificates, 'certificate of cert-manager', 'Certificates in all namespaces', [
      command`kubectl get certificates --all-namespaces`,
      comment`if cert-manager issues no certificates here: configuration key certificates.expect: none`,
    ])
  const issuer = `workloads labelled ${configuration.dependencies.certManager.selector}`
  const now = kubernetes.now.getTime()
  expectNone(certificates.flatMap((certificate) => problemOf(certificate, { validFor, now, issuer }) ?? []))
}

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
    found,
    remedy,
  })
  const ready = conditionOf(status.conditions, 'Ready')
  if (ready?.status !== 'True') return problem('is not Ready', 'Ready', describeCondition(ready), [issuer])
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
