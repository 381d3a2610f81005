/** A record that was rewritten with all its digests still has to follow from its own scenarios. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contradictionsIn } from '../../../support/judgement/consistency'
import { type LedgerInput, ledger } from '../../../support/judgement/ledger'
import { metricRecords } from '../../../support/judgement/metrics'
import { type ScenarioStatus, verdictNames } from '../../../support/record/verdict'
import { checklist, finding, inputWith, proven, waiver } from '../../fixtures/ledger-input'

const recordOf = (given: LedgerInput) => {
  const judged = ledger(given)
  return {
    ...{ ...judged, metrics: metricRecords(checklist, judged, given.runs) },
    ...{ suite: { checklistSha256: checklist.sha256 }, finishedAt: given.now.toISOString() },
  }
}
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
  const current = { item: '3.1', date: '2026-01-01', expires: '2027-12-31' }
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
      'a waiver that had expired',
      {
        ...with31({ status: 'waived', waiver: { ...waiver('3.1'), expires: '2026-11-20' } }),
        finishedAt: '2026-11-21T00:00:00.000Z',
      },
      'Item 3.1 is waived, but its waiver did not count at the end of the run, 2026-11-21T00:00:00.000Z.',
    ],
    [
      'an attestation of the next day',
      {
        ...with31({ status: 'attested', attestation: { item: '3.1', date: '2026-11-22', expires: '2026-12-22' } }),
        finishedAt: '2026-11-21T23:59:59.000Z',
      },
      'Item 3.1 is attested, but its attestation did not count at the end of the run',
    ],
    [
      'an attestation of an item that scenarios prove',
      with31({ status: 'attested', attestation: { item: '3.1', date: '2026-11-22', expires: '2026-12-22' } }),
      'Item 3.1 is attested, but scenarios prove it.',
    ],
    [
      'an item that scenarios prove, and that is said to be one for a person',
      with31({ how: 'attested', status: 'attested', attestation: current }),
      'Item 3.1 is how: attested in the record, and how: automated in the checklist.',
    ],
    [
      'an item of another section',
      with31({ section: '2' }),
      'Item 3.1 is section: 2 in the record, and section: 3 in the checklist.',
    ],
    [
      'an optional part that somebody attests',
      items((item) =>
        item.id === '0.12' ? { ...item, status: 'attested', attestation: { ...current, item: '0.12' } } : item,
      ),
      'Item 0.12 is attested, but scenarios prove it.',
    ],
    [
      'an attestation of a failed item',
      items((item) =>
        item.id === '2.4'
          ? {
              ...{ ...item, status: 'attested', attestation: { ...current, item: '2.4' } },
              scenarios: item.scenarios.map((one) => ({ ...one, status: 'failed' })),
            }
          : item,
      ),
      'Item 2.4 is attested, but its scenario "Scenario of 2.4" is failed.',
    ],
    [
      'a waiver of an item in error',
      items((item) =>
        item.id === '3.1'
          ? {
              ...{ ...item, status: 'waived', waiver: waiver('3.1') },
              scenarios: item.scenarios.map((one) => ({ ...one, status: 'error' })),
            }
          : item,
      ),
      'Item 3.1 is waived, but its scenario "Scenario of 3.1" is error.',
    ],
    [
      'a waiver whose time nobody can compare',
      { ...with31({ status: 'waived', waiver: waiver('3.1') }), finishedAt: undefined },
      'The record does not say when the run ended',
    ],
    [
      'an item that is listed twice',
      { ...rejected, items: [...rejected.items, ...rejected.items.slice(0, 1)] },
      'Item 0.10 is in the record more than once.',
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

  it('of a configuration that asks less contradicts itself where the item passed', () => {
    const weakening = { ...checklist, items: checklist.items.map((item) => ({ ...item, configuredBy: ['cluster'] })) }
    const record = (asked: string | null) => ({
      ...recordOf(inputWith({})),
      configuration: { differences: [{ key: 'cluster.workers', checklist: '3', configured: '1', asked }] },
    })
    const said = (asked: string | null) => contradictionsIn(JSON.parse(JSON.stringify(record(asked))), weakening)
    expect(said('3 or more')).toContain(
      'Item 3.1 is passed, but the configuration asks less than the checklist by cluster.workers.',
    )
    expect(said(null)).toEqual([])
  })

  it('of a metric that is better than its items contradicts itself', () => {
    const metric = 'deployment frequency'
    const measuring = {
      ...checklist,
      items: checklist.items.map((item) => (item.id === '3.1' ? { ...item, metric } : item)),
    }
    const given = inputWith({ '3.1': 'failed' }, { checklist: measuring })
    const judged = ledger(given)
    const record = (status: string) => ({
      ...{ ...judged, suite: { checklistSha256: checklist.sha256 }, finishedAt: given.now.toISOString() },
      metrics: metricRecords(measuring, judged, given.runs).map((one) => ({ ...one, status })),
    })
    const said = (status: string) => contradictionsIn(JSON.parse(JSON.stringify(record(status))), measuring)
    expect(said('failed')).toEqual([])
    expect(said('passed')).toEqual([`The metric ${metric} is passed, but its items make it failed.`])
  })
})
