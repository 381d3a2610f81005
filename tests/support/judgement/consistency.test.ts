/** A record that was rewritten with all its digests still has to follow from its own scenarios. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contradictionsIn } from '../../../support/judgement/consistency'
import { type LedgerInput, ledger } from '../../../support/judgement/ledger'
import { type ScenarioStatus, verdictNames } from '../../../support/record/verdict'
import { checklist, finding, inputWith, proven, waiver } from '../../fixtures/ledger-input'

const recordOf = (given: LedgerInput) => ({ ...ledger(given), suite: { checklistSha256: checklist.sha256 } })
const contradictions = (record: object) => contradictionsIn(JSON.parse(JSON.stringify(record)), checklist)

describe('a record', () => {
  it('that a run wrote does not contradict itself, whatever the results', () => {
    const status = fc.constantFrom<ScenarioStatus>('passed', 'failed', 'blocked', 'error', 'not run', 'not applicable')
    const ends = fc.dictionary(fc.constantFrom(...proven), status)
    const property = fc.property(ends, fc.subarray(proven), fc.boolean(), (results, waived, isHalted) => {
      const halted = isHalted ? finding('kubeconfig') : null
      const given = inputWith(results, { waivers: waived.map((id) => waiver(id)), halted })
      expect(contradictions(recordOf(given))).toEqual([])
    })
    fc.assert(property, { numRuns: 300 })
  })

  const rejected = recordOf(inputWith({ '3.1': 'failed' }))
  const items = (change: (item: (typeof rejected.items)[number]) => object) => ({
    ...rejected,
    items: rejected.items.map(change),
  })
  const with31 = (change: object) => items((item) => (item.id === '3.1' ? { ...item, ...change } : item))

  it.each<[string, object, string]>([
    [
      'an item that is better than its scenario',
      with31({ status: 'passed' }),
      'Item 3.1 is passed, but its scenario "Scenario of 3.1" is failed.',
    ],
    [
      'an item without its scenarios',
      with31({ status: 'passed', scenarios: [] }),
      'Item 3.1 is passed, but the record has no scenario of it.',
    ],
    [
      'a waived item without a waiver',
      with31({ status: 'waived' }),
      'Item 3.1 is waived, but the record has no waiver for it.',
    ],
    [
      'an attested item without an attestation',
      with31({ status: 'attested' }),
      'Item 3.1 is attested, but the record has no attestation for it.',
    ],
    [
      'a derived item that does not follow',
      items((item) => (item.id === '20.1' ? { ...item, status: 'passed' } : item)),
      'Item 20.1 is passed, but the items that it is derived from make it failed.',
    ],
    [
      'an item less',
      { ...rejected, items: rejected.items.slice(1) },
      'Item 0.10 of the checklist is not in the record.',
    ],
    [
      'another count',
      { ...rejected, counts: { ...rejected.counts, failed: 0 } },
      'The record counts 0 failed items, but lists another number.',
    ],
    ['another exit code', { ...rejected, exitCode: 0 }, 'The exit code is 0, but that of rejected is 1.'],
    ['another form', { ...rejected, items: 'none' }, 'The record does not have the documented form'],
    ...verdictNames
      .filter((name) => name !== 'rejected')
      .map((verdict): [string, object, string] => [
        `the verdict ${verdict}`,
        { ...rejected, verdict },
        `The verdict is ${verdict}, but the items make it rejected.`,
      ]),
  ])('with %s contradicts itself', (_, record, said) => {
    expect(contradictions(record)).toContainEqual(expect.stringContaining(said))
  })
})
