/** The hosts of MySQL's accounts are patterns from the database, which are matched in linear time. */
import { expect, it } from 'vitest'
import { isFor } from '../../../support/platform/database-login'
import { soonMs } from '../../fixtures/deadlines'

it.each([
  ['%', '10.0.0.7', true],
  ['', '10.0.0.7', true],
  ['10.0.0.%', '10.0.0.7', true],
  ['10.0.0.%', '10.0.1.7', false],
  ['10.0.0._', '10.0.0.17', false],
  ['%.Example.org', 'db.example.org', true],
  ['%.example.org', 'db-example-org', false],
  ['10.0.0.0/255.255.255.0', '10.0.0.9', true],
  ['10.0.0.0/255.255.255.0', '10.0.1.9', false],
  ['a+b(c)[d]', 'a+b(c)[d]', true],
])('the host %s of an account covers %s: %s', (pattern, host, covers) => {
  expect(isFor(pattern, host)).toBe(covers)
})

it('is matched soon, whatever the pattern', () => {
  const begun = performance.now()
  expect(isFor('%a'.repeat(120), `${'a'.repeat(5000)}b`)).toBe(false)
  expect(performance.now() - begun).toBeLessThan(soonMs)
})
