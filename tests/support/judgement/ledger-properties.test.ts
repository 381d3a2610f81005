/** Properties of the verdict that hold for every possible run. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LedgerInput, ledger } from '../../../support/judgement/ledger'
import { itemStates, type ScenarioStatus } from '../../../support/record/verdict'
import { attestation, finding, input, proven, ran, scenario, statesOf, waiver } from '../../fixtures/ledger-input'

const status = fc.constantFrom<ScenarioStatus>('passed', 'failed', 'blocked', 'error', 'not run')
const id = fc.constantFrom(...proven, '22.1', '20.1', '99.9')
const expires = fc.constantFrom('2026-01-01', '2026-11-23', '2030-01-01')

/** Up to two scenarios per item, each of which may exist and may have run, with any scope, waivers and attestations. */
const given: fc.Arbitrary<LedgerInput> = fc
  .record({
    scenarios: fc.array(fc.record({ id, second: fc.boolean(), required: fc.boolean(), status: fc.option(status) }), {
      maxLength: 20,
    }),
    writes: fc.boolean(),
    filter: fc.option(fc.constant('@some'), { freq: 2 }),
    shard: fc.option(fc.constant('1/2'), { freq: 2 }),
    interrupted: fc.boolean(),
    halted: fc.option(fc.constant(finding('kubeconfig')), { freq: 2 }),
    notApplicable: fc.subarray(proven),
    waivers: fc.array(fc.record({ item: id, expires }), { maxLength: 6 }),
    attestations: fc.array(fc.record({ item: id, expires }), { maxLength: 4 }),
  })
  .map((made) => {
    const named = made.scenarios.map((one) => ({ ...one, name: `${one.second ? 'Second' : 'Scenario'} of ${one.id}` }))
    return input({
      required: named.filter(({ required }) => required).map(({ id, name }) => scenario(id, name)),
      runs: named.flatMap(({ id, name, status }) => (status ? [ran(id, status, { name })] : [])),
      scope: { contract: 'fawkes', writes: made.writes, filter: made.filter, shard: made.shard },
      interrupted: made.interrupted,
      halted: made.halted,
      notApplicable: new Map(made.notApplicable.map((item) => [item, 'There is none.'])),
      waivers: made.waivers.map((one) => waiver(one.item, one.expires)),
      attestations: made.attestations.map((one) => attestation(one.item, one.expires)),
    })
  })

const holdsIn2026 = (date: string) => date >= '2026-11-23'
const check = (property: fc.IProperty<[LedgerInput]> | fc.IProperty<[LedgerInput, string]>) =>
  fc.assert(property as fc.IProperty<unknown>, { numRuns: 1000 })

describe('in every run', () => {
  it('the exit code is 0 only if everything that ran passed or is waived', () => {
    check(
      fc.property(given, (one) => {
        if (ledger(one).exitCode !== 0) return
        const waived = new Set(one.waivers.filter(({ expires }) => holdsIn2026(expires)).map(({ item }) => item))
        for (const run of one.runs)
          if (run.status !== 'passed' && run.status !== 'not run')
            expect({ status: run.status, waived: run.items.every((item) => waived.has(item)) }).toEqual({
              status: expect.stringMatching(/^(failed|blocked)$/),
              waived: true,
            })
      }),
    )
  })

  it('the exit code is 0 only if something ran, on a cluster, without interruption', () => {
    check(
      fc.property(given, (one) => {
        if (ledger(one).exitCode !== 0) return
        const ran = one.runs.filter(({ status }) => status !== 'not run')
        expect(ran.some(({ items }) => items.some((item) => proven.includes(item)))).toBe(true)
        expect(one.halted).toBeNull()
        expect(one.interrupted).toBe(false)
      }),
    )
  })

  it('the verdict is accepted only if every applicable item passed, is waived or is attested', () => {
    check(
      fc.property(given, (one) => {
        const { verdict, items } = ledger(one)
        if (verdict !== 'accepted') return
        for (const item of items) {
          expect(['passed', 'waived', 'attested', 'not applicable']).toContain(item.status)
          if (item.status === 'passed' && item.how !== 'derived') {
            expect(item.scenarios.length).toBeGreaterThan(0)
            expect(new Set(item.scenarios.map(({ status }) => status))).toEqual(new Set(['passed']))
          }
        }
      }),
    )
  })

  it('one more failing scenario improves no item', () => {
    const rank = (state: (typeof itemStates)[number]) => itemStates.indexOf(state)
    check(
      fc.property(given, fc.constantFrom(...proven), (one, item) => {
        // Excluded: a waiver, which would cover the new failure too; an item without a scenario, which would gain one; and
        // 17.1 and 17.3, which only ask whether items were checked and recorded.
        const unwaived = {
          ...one,
          required: [...one.required, scenario(item)],
          waivers: one.waivers.filter((waiver) => waiver.item !== item),
        }
        const failing = ran(item, 'failed', { name: 'One more' })
        const more = {
          ...unwaived,
          required: [...unwaived.required, scenario(item, 'One more')],
          runs: [...unwaived.runs, failing],
        }
        const [before, after] = [ledger(unwaived), ledger(more)]
        const states = statesOf(before.items)
        for (const { id, status } of after.items)
          if (id !== '17.1' && id !== '17.3') expect(rank(status)).toBeLessThanOrEqual(rank(states[id] ?? 'error'))
        expect(after.exitCode).not.toBe(0)
      }),
    )
  })

  it('the order in which the scenarios ran changes nothing', () => {
    check(
      fc.property(given, (one) => {
        const backwards = ledger({ ...one, runs: [...one.runs].reverse() })
        const { verdict, exitCode, counts, items } = ledger(one)
        expect(backwards).toMatchObject({ verdict, exitCode, counts })
        expect(statesOf(backwards.items)).toEqual(statesOf(items))
      }),
    )
  })

  it('every item has one state, and a reason unless it passed', () => {
    check(
      fc.property(given, (one) => {
        const { items, counts } = ledger(one)
        expect(items.map(({ id }) => id)).toEqual(one.checklist.items.map(({ id }) => id))
        expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(items.length)
        for (const { status, reason } of items) if (status !== 'passed') expect(reason).toMatch(/\S/)
      }),
    )
  })

  it('every cause names items, but none that passed or do not apply', () => {
    check(
      fc.property(given, (one) => {
        const { causes, items } = ledger(one)
        const states = statesOf(items)
        for (const cause of causes) {
          expect(cause.items.length).toBeGreaterThan(0)
          for (const item of cause.items) expect(['passed', 'not applicable']).not.toContain(states[item])
        }
      }),
    )
  })
})
