/**
 * The signature of a record, verdict.json.sig: Ed25519 over the record's digest, so that it holds whatever becomes of the
 * blanks and the order of the keys. Whoever changes the record and its digests cannot make it anew.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'

export const signatureSchema = z.strictObject({
  algorithm: z.literal('Ed25519'),
  /** SHA-256, hex, over the public key in DER (SubjectPublicKeyInfo). */
  keyFingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.base64(),
})
export type Signature = z.infer<typeof signatureSchema>

/** Where the signature of a record is. */
export const signatureOf = (recordFile: string) => `${recordFile}.sig`

/** @throws Error for anything but an Ed25519 key in PKCS #8, unencrypted, as PEM; it quotes nothing of the content */
export const privateKeyIn = (pem: string): KeyObject =>
  keyIn(pem, createPrivateKey, 'an unencrypted Ed25519 private key in PEM form ("-----BEGIN PRIVATE KEY-----")')

/** @throws Error for anything but an Ed25519 key as PEM */
export const publicKeyIn = (pem: string): KeyObject =>
  keyIn(pem, createPublicKey, 'an Ed25519 public key in PEM form ("-----BEGIN PUBLIC KEY-----")')

function keyIn(pem: string, parse: (pem: string) => KeyObject, expected: string): KeyObject {
  const key = parsed(pem, parse)
  if (key?.asymmetricKeyType === 'ed25519') return key
  const found = key === undefined ? 'none that can be read' : `one of the type ${key.asymmetricKeyType}`
  throw new Error(`expected ${expected}, found ${found}`)
}

/** OpenSSL's own messages say nothing to a reader, and may quote what they could not read. */
function parsed(pem: string, parse: (pem: string) => KeyObject): KeyObject | undefined {
  try {
    return parse(pem)
  } catch {
    return undefined
  }
}

/** @param key a private or a public one: both have the same fingerprint */
export function fingerprintOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/** @param digest that of a record, hex */
export const signatureFor = (digest: string, privateKey: KeyObject): Signature => ({
  algorithm: 'Ed25519',
  keyFingerprint: fingerprintOf(privateKey),
  signature: sign(null, Buffer.from(digest), privateKey).toString('base64'),
})

export const isSignedBy = (digest: string, { signature }: Signature, publicKey: KeyObject): boolean =>
  verify(null, Buffer.from(digest), publicKey, Buffer.from(signature, 'base64'))
