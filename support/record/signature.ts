/**
 * The signature of a record, verdict.json.sig: Ed25519 over the record's digest, so that it survives reformatting and
 * reordered keys. Without the private key, nobody can alter the record and sign it again.
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

/** The path of the signature file that belongs to a record. */
export const signatureOf = (recordFile: string) => `${recordFile}.sig`

/** Returns the key's fingerprint, in hex. @param key a private or a public key; both of a pair have the same fingerprint */
export const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(publicOf(key).export({ type: 'spki', format: 'der' }))
    .digest('hex')

const publicOf = (key: KeyObject) => (key.type === 'private' ? createPublicKey(key) : key)

/** Signs a record. @param digest the record's digest, in hex */
export const signatureFor = (digest: string, privateKey: KeyObject): Signature => ({
  algorithm: 'Ed25519',
  keyFingerprint: fingerprintOf(privateKey),
  signature: sign(null, Buffer.from(digest), privateKey).toString('base64'),
})

/** Checks a signature. @param key a public key, or the private key of the pair */
export const isSignedBy = (digest: string, { signature }: Signature, key: KeyObject): boolean =>
  verify(null, Buffer.from(digest), publicOf(key), Buffer.from(signature, 'base64'))
