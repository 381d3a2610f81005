import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/**
 * Reads a private key.
 * @throws Error for anything but an unencrypted Ed25519 key (PKCS #8, PEM); the message quotes none of the content
 */
export const privateKeyIn = (pem: string): KeyObject =>
  keyIn(pem, createPrivateKey, 'an unencrypted Ed25519 private key in PEM form ("-----BEGIN PRIVATE KEY-----")')

/**
 * Reads a public key.
 * @throws Error for anything but an Ed25519 key in PEM form
 */
export const publicKeyIn = (pem: string): KeyObject =>
  keyIn(pem, createPublicKey, 'an Ed25519 public key in PEM form ("-----BEGIN PUBLIC KEY-----")')

function keyIn(pem: string, parse: (pem: string) => KeyObject, expected: string): KeyObject {
  const key = parsed(pem, parse)
  if (key?.asymmetricKeyType === 'ed25519') return key
  const found = key === undefined ? 'no readable key' : `one of the type ${key.asymmetricKeyType}`
  throw new Error(`expected ${expected}, found ${found}`)
}

/** Undefined where OpenSSL cannot parse it. Its own messages do not help a reader, and may quote the content. */
function parsed(pem: string, parse: (pem: string) => KeyObject): KeyObject | undefined {
  try {
    return parse(pem)
  } catch {
    return undefined
  }
}
