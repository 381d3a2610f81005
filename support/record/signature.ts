/**
 * The signature of a record, verdict.json.sig: Ed25519 over the record's digest, so that it holds whatever becomes of the
 * blanks and the order of the keys. Whoever changes the record and its digests cannot make it anew.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
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
