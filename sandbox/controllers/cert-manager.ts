/** Stand-in for cert-manager: issues the requested certificates, signed by the authority of their issuer. */
import { X509Certificate } from 'node:crypto'
import type { KubernetesObject, V1Secret } from '@kubernetes/client-node'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { issue, type KeyPair } from '../credentials/certificates'
import { apply, type Condition, condition, isUnchanged, time } from './writing'

interface ClusterIssuer extends KubernetesObject {
  spec?: { ca?: { secretName?: string } }
  status?: { conditions?: Condition[] }
}

interface Certificate extends KubernetesObject {
  spec?: { secretName: string; dnsNames?: string[]; duration?: string; issuerRef: { kind?: string; name: string } }
  status?: { notAfter?: string; revision?: number; conditions?: Condition[] }
}

/** The namespace in which cert-manager expects the secrets of cluster issuers. */
const issuersNamespace = 'cert-manager'
const hour = 60 * 60 * 1000

const decoded = (secret: V1Secret | undefined, key: string): string | undefined => {
  const data = secret?.data?.[key]
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString()
}

/** Hours of a Go duration such as 2160h; cert-manager's default is 90 days. */
const hoursOf = (duration: string | undefined): number => Number(/^(\d+)h/.exec(duration ?? '')?.[1] ?? 2160)

/** The Secret that holds an issued certificate. */
const secretOf = ({ metadata, spec }: Certificate, pair: KeyPair, authority: KeyPair): KubernetesObject =>
  ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: spec?.secretName,
      namespace: metadata?.namespace,
      annotations: {
        'cert-manager.io/certificate-name': metadata?.name ?? '',
        'cert-manager.io/issuer-name': spec?.issuerRef.name,
      },
    },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': pair.certificate, 'tls.key': pair.key, 'ca.crt': authority.certificate },
  }) as KubernetesObject

export async function runCertManager(cluster: Cluster, secrets: Cache<V1Secret>): Promise<void> {
  const issuers = cluster.follow<ClusterIssuer>('ClusterIssuer')
  const certificates = cluster.follow<Certificate>('Certificate')

  const authorityOf = (issuer: ClusterIssuer | undefined) => {
    const secret = secrets.find(issuersNamespace, issuer?.spec?.ca?.secretName ?? '')
    const [certificate, key] = [decoded(secret, 'tls.crt'), decoded(secret, 'tls.key')]
    return certificate === undefined || key === undefined ? undefined : { certificate, key }
  }

  const checkIssuer = async (issuer: ClusterIssuer): Promise<void> => {
    const next: Condition =
      authorityOf(issuer) === undefined
        ? { type: 'Ready', status: 'False', reason: 'ErrGetKeyPair', message: 'Error getting keypair for CA issuer' }
        : { type: 'Ready', status: 'True', reason: 'KeyPairVerified', message: 'Signing CA verified' }
    if (isUnchanged(issuer.status?.conditions, next)) return
    await cluster.mergeStatus('ClusterIssuer', issuer, { conditions: [condition(issuer.status?.conditions, next)] })
  }

  const issueCertificate = async (certificate: Certificate): Promise<void> => {
    const { spec, status } = certificate
    const { namespace, name = '' } = certificate.metadata ?? {}
    // An issued certificate is never renewed, so that one that expires (a fault) looks expired.
    if (
      spec === undefined ||
      (status?.notAfter !== undefined && secrets.find(namespace, spec.secretName) !== undefined)
    )
      return
    const authority = authorityOf(issuers.find(undefined, spec.issuerRef.name))
    if (authority === undefined) {
      const failed: Condition = {
        type: 'Ready',
        status: 'False',
        reason: 'DoesNotExist',
        message: 'Issuing certificate as Secret does not exist',
      }
      if (!isUnchanged(status?.conditions, failed)) {
        await cluster.mergeStatus('Certificate', certificate, { conditions: [condition(status?.conditions, failed)] })
      }
      return
    }
    const dnsNames = spec.dnsNames ?? []
    const pair = await issue(authority, {
      commonName: dnsNames[0] ?? name,
      dnsNames,
      days: hoursOf(spec.duration) / 24,
    })
    await apply(cluster.api, secretOf(certificate, pair, authority))
    const { validFrom, validTo } = new X509Certificate(pair.certificate)
    const notAfter = new Date(validTo)
    const ready: Condition = {
      type: 'Ready',
      status: 'True',
      reason: 'Ready',
      message: 'Certificate is up to date and has not expired',
    }
    await cluster.mergeStatus('Certificate', certificate, {
      notBefore: time(new Date(validFrom)),
      notAfter: time(notAfter),
      renewalTime: time(new Date(notAfter.getTime() - (hoursOf(spec.duration) / 3) * hour)),
      revision: (status?.revision ?? 0) + 1,
      conditions: [condition(status?.conditions, ready)],
    })
  }

  await reconcile('cert-manager', [issuers, certificates, secrets], async () => {
    await Promise.all(issuers.items().map(checkIssuer))
    await Promise.all(certificates.items().map(issueCertificate))
  })
}
