/** Certificate authorities and the certificates that they sign. All are created at the first start and trusted nowhere else. */
import 'reflect-metadata'
import { createPrivateKey } from 'node:crypto'
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

cryptoProvider.set(crypto)

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 24 * 60 * 60 * 1000

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface Subject {
  readonly commonName: string
  readonly organizations?: readonly string[]
  readonly dnsNames?: readonly string[]
  readonly addresses?: readonly string[]
  readonly days: number
}

type PrivateKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

async function keyOf(pair: PrivateKey): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', pair), 'PRIVATE KEY')
}

const quoted = (value: string) => value.replace(/([,+"\\<>;=])/g, '\\$1')

/** A minute before now, so that small clock differences do not make a fresh certificate invalid. */
const notBefore = () => new Date(Date.now() - 60_000)

/** Creates a self-signed authority. */
export async function createAuthority(commonName: string, days = 365): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${quoted(commonName)}`,
    notBefore: notBefore(),
    notAfter: new Date(Date.now() + days * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await keyOf(keys.privateKey) }
}

/** Signs a certificate for a server (names and addresses) or a client (common name and organizations are user and groups). */
export async function issue(authority: KeyPair, subject: Subject): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    new Uint8Array(createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' })),
    algorithm,
    false,
    ['sign'],
  )
  const names = [
    ...(subject.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(subject.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ]
  const certificate = await X509CertificateGenerator.create({
    subject: [
      ...(subject.organizations ?? []).map((name) => `O=${quoted(name)}`),
      `CN=${quoted(subject.commonName)}`,
    ].join(', '),
    issuer: new X509Certificate(authority.certificate).subject,
    notBefore: notBefore(),
    notAfter: new Date(Date.now() + subject.days * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ],
  })
  return { certificate: certificate.toString('pem'), key: await keyOf(keys.privateKey) }
}
