/** Clusters at one address differ in the certificate authority that their kubeconfigs name. */
import { expect, it } from 'vitest'
import { newAuthority } from '../../fixtures/certificates'
import { accessTo } from '../../fixtures/cluster-access'

const me = { username: 'me', password: 'of-a-test' }

const fingerprintOf = (...authorities: readonly string[]) => {
  const data = Buffer.from(authorities.join('\n')).toString('base64')
  return accessTo('https://127.0.0.1:6443', me, 1000, { 'certificate-authority-data': data }).fingerprint
}

it('is the same for the same certificates, in any order and layout, and another for others', async () => {
  const [one, other] = await Promise.all([newAuthority(), newAuthority()])
  const first = fingerprintOf(one.certificate, other.certificate)
  expect(first).toMatch(/^[0-9a-f]{64}$/)
  expect(fingerprintOf(`# ours\n${other.certificate}`, one.certificate.replaceAll('\n', '\r\n'))).toBe(first)
  expect(fingerprintOf(one.certificate)).not.toBe(first)
  expect(fingerprintOf(one.certificate)).not.toBe(fingerprintOf(other.certificate))
})

it('is unknown where the authorities of the machine count', () => {
  expect(accessTo('https://127.0.0.1:6443', me).fingerprint).toBeUndefined()
})
