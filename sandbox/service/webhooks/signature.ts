/** Signatures in GitHub's format: `X-Hub-Signature-256: sha256=<hex of the HMAC-SHA256 of the body>`. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export function signatureMatches(secret: string, body: Buffer, signature: string | undefined): boolean {
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const found = Buffer.from(signature ?? '')
  return found.length === expected.length && timingSafeEqual(found, expected)
}
