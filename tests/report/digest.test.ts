import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isUntouched, withDigest } from '../../support/report/digest'
import type { Verdict } from '../../support/report/verdict'
import { platformWithFaults } from '../fixtures/platform-with-faults'

/** Keys sorted, no blanks: RFC 8785 for records whose numbers are integers. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

describe('the digest', () => {
  const { verdict } = platformWithFaults()

  it('is the SHA-256 of the canonical JSON of everything else', () => {
    const { digest, ...rest } = verdict
    expect(digest).toBe(createHash('sha256').update(canonical(rest)).digest('hex'))
  })

  it('survives writing, reading and another order of keys', () => {
    const read: Verdict = JSON.parse(JSON.stringify(verdict, null, 4))
    expect(isUntouched(read)).toBe(true)
    expect(isUntouched(Object.fromEntries(Object.entries(read).reverse()) as unknown as Verdict)).toBe(true)
  })

  it.each<[string, (record: Verdict) => Verdict]>([
    ['the verdict', (record) => ({ ...record, verdict: 'accepted' })],
    ['a state', (record) => ({ ...record, items: record.items.map((item) => ({ ...item, status: 'passed' })) })],
    ['a removed item', (record) => ({ ...record, items: record.items.slice(1) })],
    ['the order of the items', (record) => ({ ...record, items: [...record.items].reverse() })],
    [
      'a duration',
      (record) => ({
        ...record,
        items: record.items.map((item) => ({
          ...item,
          scenarios: item.scenarios.map((one) => ({ ...one, durationMs: one.durationMs + 1 })),
        })),
      }),
    ],
    ['the digest', (record) => ({ ...record, digest: '0'.repeat(64) })],
    ['an added member', (record) => ({ ...record, note: 'fine' })],
  ])('tells that %s was changed', (_, change) => {
    expect(isUntouched(verdict)).toBe(true)
    expect(isUntouched(change(verdict))).toBe(false)
  })

  it('is given to a record that quotes a broken text, and is not trusted on one that was made of it', () => {
    const { digest: _, ...rest } = verdict
    const cut = '🚀'.slice(0, 1)
    const record = withDigest({ ...rest, problems: [cut] })
    expect(record.problems).toEqual(['\ufffd'])
    expect(isUntouched(record)).toBe(true)
    expect(isUntouched({ ...record, problems: [cut] })).toBe(false)
  })

  it('is put in place of an older one', () => {
    const { digest: _, ...rest } = verdict
    expect(isUntouched(withDigest({ ...rest, problems: ['It was interrupted.'] }))).toBe(true)
  })
})
