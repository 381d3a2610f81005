/** The identities in the cluster: a certificate for each client of the API server, and the kubeconfig that holds it. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { writeWhole } from '../basis/files'
import { certificateOf, files, kubeconfigOf } from '../basis/layout'
import { createAuthority, issue, type KeyPair, type Subject } from './certificates'

export const contextName = 'sandbox'
const days = 30
const admins = ['system:masters']

const subjects: Readonly<Record<string, Subject>> = {
  server: {
    commonName: 'sandbox',
    dnsNames: [
      'localhost',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
    ],
    addresses: ['127.0.0.1', '10.96.0.1'],
    days,
  },
  'api-server': { commonName: 'kube-apiserver', organizations: admins, days },
  admin: { commonName: 'sandbox-admin', organizations: admins, days },
  'controller-manager': { commonName: 'system:kube-controller-manager', organizations: admins, days },
  scheduler: { commonName: 'system:kube-scheduler', organizations: admins, days },
  kwok: { commonName: 'kwok', organizations: admins, days },
  // A separate user, so that the audit log distinguishes the stand-ins from people working on the cluster.
  controllers: { commonName: 'sandbox-controllers', organizations: admins, days },
  'external-secrets': { commonName: 'external-secrets', organizations: admins, days },
  'prometheus-operator': { commonName: 'prometheus-operator', organizations: admins, days },
  argocd: { commonName: 'argocd', organizations: admins, days },
}

const callers: Readonly<Record<string, string>> = {
  admin: files.kubeconfig,
  'controller-manager': kubeconfigOf('controller-manager'),
  scheduler: kubeconfigOf('scheduler'),
  kwok: kubeconfigOf('kwok'),
  controllers: kubeconfigOf('controllers'),
  'external-secrets': kubeconfigOf('external-secrets'),
  argocd: kubeconfigOf('argocd'),
}

function store(name: string, pair: KeyPair): KeyPair {
  const { certificate, key } = certificateOf(name)
  writeWhole(certificate, pair.certificate)
  writeWhole(key, pair.key)
  return pair
}

function kubeconfig(server: string, authority: KeyPair, caller: string, client: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contextName,
    clusters: [{ name: contextName, cluster: { server, 'certificate-authority-data': base64(authority.certificate) } }],
    users: [
      {
        name: caller,
        user: { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) },
      },
    ],
    contexts: [{ name: contextName, context: { cluster: contextName, user: caller } }],
  })
}

/** Creates every certificate and kubeconfig at the first start of a sandbox. */
export async function createIdentities(apiServerPort: number): Promise<void> {
  if (existsSync(files.kubeconfig)) return
  const [authority, issuer] = await Promise.all([
    createAuthority('sandbox cluster', days),
    createAuthority('sandbox ingress', days),
  ])
  store('cluster-authority', authority)
  store('ingress-authority', issuer)
  const accounts = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  store('service-accounts', {
    certificate: accounts.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    key: accounts.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  })
  const issued = await Promise.all(
    Object.entries(subjects).map(
      async ([name, subject]) => [name, store(name, await issue(authority, subject))] as const,
    ),
  )
  const pairs = new Map(issued)
  for (const [name, path] of Object.entries(callers)) {
    const pair = pairs.get(name)
    if (pair === undefined)
      throw new Error(
        `no certificate was created for ${name}; add it to the subjects in sandbox/credentials/identities.ts`,
      )
    writeWhole(path, kubeconfig(`https://127.0.0.1:${apiServerPort}`, authority, name, pair))
  }
}

/** The authority that signs the certificates of the ingresses. */
export function ingressAuthority(): KeyPair {
  const { certificate, key } = certificateOf('ingress-authority')
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}
