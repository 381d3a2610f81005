/** The rules of the verdict: how scenarios, waivers, attestations and the scope of a run decide the state of an item. */
import { describe, expect, it } from 'vitest'
import { type LedgerInput, ledger } from '../../../support/judgement/ledger'
import type { ItemState, ScenarioStatus } from '../../../support/record/verdict'
import {
  attestation,
  checklist,
  finding,
  input,
  inputWith,
  proven,
  ran,
  scenario,
  statesOf,
  waiver,
} from '../../fixtures/ledger-input'

const judged = (given: LedgerInput) => {
  const result = ledger(given)
  return { ...result, states: statesOf(result.items) }
}

const reasonOf = (given: LedgerInput, id: string) => ledger(given).items.find((item) => item.id === id)?.reason

const writing = { contract: 'fawkes', writes: true, filter: null, shard: null }
const everythingRan: Partial<LedgerInput> = { scope: writing, runs: proven.map((id) => ran(id)) }

describe('the verdict', () => {
  it('is partial, with exit code 0, when only scenarios that change the platform did not run', () => {
    const { verdict, exitCode, states } = judged(input())
    expect({ verdict, exitCode }).toEqual({ verdict: 'partial', exitCode: 0 })
    expect(states['2.4']).toBe('not run')
  })

  it('is accepted, with exit code 0, when everything ran and passed', () => {
    const { verdict, exitCode, problems, causes, counts } = judged(input(everythingRan))
    expect({ verdict, exitCode, problems, causes }).toEqual({
      verdict: 'accepted',
      exitCode: 0,
      problems: [],
      causes: [],
    })
    expect(counts).toEqual({
      error: 0,
      failed: 0,
      blocked: 0,
      'not run': 0,
      waived: 0,
      attested: 2,
      passed: 12,
      'not applicable': 0,
    })
  })

  it.each<[Record<string, ScenarioStatus>, string, number]>([
    [{ '3.1': 'error', '3.2': 'failed', '2.3': 'blocked' }, 'error', 3],
    [{ '3.1': 'failed', '2.3': 'blocked' }, 'rejected', 1],
    [{ '3.1': 'blocked' }, 'blocked', 2],
  ])('for %o is the first that fits: %s, exit code %i', (ends, verdict, exitCode) => {
    expect(judged(inputWith(ends))).toMatchObject({ verdict, exitCode })
  })

  it('is error when nothing ran', () => {
    const { verdict, exitCode, problems } = judged(input({ runs: [], required: [] }))
    expect({ verdict, exitCode }).toEqual({ verdict: 'error', exitCode: 3 })
    expect(problems).toEqual(['No scenario ran, and a run without scenarios is not a pass.'])
  })

  it('is error when a filter matched nothing, although every item is merely not selected', () => {
    const scope = { contract: 'fawkes', writes: false, filter: '@nothing', shard: null }
    const { verdict, states, problems } = judged(input({ runs: [], scope }))
    expect(verdict).toBe('error')
    expect(states['3.1']).toBe('not run')
    expect(problems).toHaveLength(1)
  })

  it('is error when the run itself had a problem, whatever the states of the items', () => {
    const { verdict, exitCode, problems } = judged(input({ ...everythingRan, problems: ['A hook failed.'] }))
    expect({ verdict, exitCode, problems }).toEqual({ verdict: 'error', exitCode: 3, problems: ['A hook failed.'] })
  })

  it('is error after an interruption, and items that did not run do not count against the platform', () => {
    const { verdict, states, problems } = judged(input({ interrupted: true, runs: [ran('3.1')] }))
    expect(verdict).toBe('error')
    expect(states).toMatchObject({ '3.1': 'passed', '3.2': 'not run', '0.10': 'not run' })
    expect(problems).toEqual(['The run was interrupted: scenarios that did not run prove nothing.'])
  })
})

describe('an item', () => {
  it('passes only when each of its scenarios passed', () => {
    const second = 'Another scenario of 3.1'
    const required = [...input().required, scenario('3.1', second)]
    const runs = (status: ScenarioStatus) => [...input().runs, ran('3.1', status, { name: second })]
    expect(judged(input({ required, runs: runs('passed') })).states['3.1']).toBe('passed')
    for (const status of ['failed', 'blocked', 'error'] as const)
      expect(judged(input({ required, runs: runs(status) })).states['3.1']).toBe(status)
  })

  it('is in error when a required scenario did not run, although another one passed', () => {
    const forgotten = scenario('3.1', 'A scenario that nobody ran')
    const given = input({ required: [...input().required, forgotten] })
    expect(judged(given).states['3.1']).toBe('error')
    expect(reasonOf(given, '3.1')).toBe('The scenario "A scenario that nobody ran" is required, but it did not run.')
    expect(judged(given).verdict).toBe('error')
  })

  it('is in error when it has no scenario', () => {
    const given = input({
      required: input().required.filter(({ items }) => !items.includes('3.2')),
      runs: input().runs.filter(({ items }) => !items.includes('3.2')),
    })
    const { states, verdict, causes } = judged(given)
    expect(states['3.2']).toBe('error')
    expect(verdict).toBe('error')
    expect(reasonOf(given, '3.2')).toBe('No scenario has the tag @checklist:3.2.')
    expect(causes.map(({ summary, items }) => [summary, items])).toEqual([
      ['Checklist items have no scenario', ['3.2']],
    ])
  })

  it('that changes the platform is in error without a scenario too, even in a read-only run', () => {
    const given = input({ required: input().required.filter(({ items }) => !items.includes('2.4')) })
    expect(judged(given).states['2.4']).toBe('error')
  })

  it('is in error when writes are allowed but its scenario did not run', () => {
    expect(judged(input({ scope: writing })).states['2.4']).toBe('error')
  })

  it('counts a scenario that ran although the features do not contain it', () => {
    const stranger = ran('3.1', 'failed', { name: 'A stranger', uri: 'features/elsewhere.feature' })
    expect(judged(input({ runs: [...input().runs, stranger] })).states['3.1']).toBe('failed')
  })

  it('takes the worst result of a scenario that ran twice, in any order', () => {
    const twice = [ran('3.1', 'failed'), ran('3.1', 'passed')]
    const others = input().runs.filter(({ items }) => !items.includes('3.1'))
    expect(judged(input({ runs: [...others, ...twice] })).states['3.1']).toBe('failed')
    expect(judged(input({ runs: [...others, ...twice.reverse()] })).states['3.1']).toBe('failed')
  })

  it('fails with a scenario that it shares with other items', () => {
    const shared = ran('3.1', 'failed', { items: ['3.1', '3.2'] })
    const runs = [...input().runs.filter(({ items }) => !items.includes('3.1')), shared]
    expect(judged(input({ runs })).states).toMatchObject({ '3.1': 'failed', '3.2': 'failed' })
  })

  it('does not apply if the configuration excludes it, and says why', () => {
    const notApplicable = new Map([['0.12', 'There is no trace of Jenkins.']])
    const given = input({ notApplicable, runs: input().runs.filter(({ items }) => !items.includes('0.12')) })
    expect(judged(given).states['0.12']).toBe('not applicable')
    expect(reasonOf(given, '0.12')).toBe('There is no trace of Jenkins.')
    expect(judged(given).verdict).toBe('partial')
  })

  it('does not apply if none of its scenarios does, and says why', () => {
    const given = inputWith({ '3.1': 'not applicable' })
    expect(judged(given)).toMatchObject({ states: { '3.1': 'not applicable' }, causes: [], verdict: 'partial' })
    expect(reasonOf(given, '3.1')).toBe('3.1 is not applicable.')
  })

  it.each<ScenarioStatus>(['passed', 'failed', 'blocked'])(
    'is %s if another of its scenarios does not apply',
    (end) => {
      const other = ran('3.1', 'not applicable', { name: 'Another scenario of 3.1' })
      const given = inputWith({ '3.1': end })
      expect(judged({ ...given, runs: [...given.runs, other] }).states['3.1']).toBe(end)
    },
  )

  it('lists the result of each of its scenarios', () => {
    const [item] = judged(inputWith({ '3.1': 'failed' })).items.filter(({ id }) => id === '3.1')
    expect(item?.scenarios).toMatchObject([{ name: 'Scenario of 3.1', uri: 'features/all.feature', status: 'failed' }])
    expect(item?.scenarios[0]?.cause).toMatch(/^[0-9a-f]{12}$/)
  })
})

describe('a scenario that proves no item', () => {
  it.each<[string, readonly string[]]>([
    ['without a tag', []],
    ['of an item that does not exist', ['99.1']],
    ['of a derived item', ['20.1']],
    ['of an item that only a person can attest', ['22.1']],
  ])('%s cannot fail unnoticed', (_, items) => {
    for (const status of ['failed', 'blocked', 'error'] as const) {
      const stray = ran('99.1', status, { name: 'A stray', items, reason: 'It broke.' })
      const { verdict, exitCode, problems } = judged(
        input({ ...everythingRan, runs: [...proven.map((id) => ran(id)), stray] }),
      )
      expect({ verdict, exitCode }).toEqual({ verdict: 'error', exitCode: 3 })
      expect(problems).toEqual([
        `The scenario "A stray" (features/all.feature:${stray.line}) proves no checklist item, and it is ${status}: It broke.`,
      ])
    }
  })

  it('does not count as a run of the checklist when it passes', () => {
    const scope = { contract: 'fawkes', writes: false, filter: '@stray', shard: null }
    for (const items of [[], ['20.1']]) {
      const given = input({ scope, runs: [ran('99.1', 'passed', { items })] })
      expect(judged(given)).toMatchObject({
        verdict: 'error',
        exitCode: 3,
        problems: ['No scenario that ran proves a checklist item, and a run without proof is not a pass.'],
      })
    }
  })

  it('does not count as a run of the checklist when it does not apply', () => {
    const scope = { contract: 'devlake', writes: false, filter: '@section:8', shard: null }
    const given = input({ scope, runs: [ran('3.1', 'not applicable')] })
    expect(judged(given)).toMatchObject({ verdict: 'error', exitCode: 3 })
  })

  it('does no harm when it passes in a complete run', () => {
    const stray = ran('99.1', 'passed', { items: [] })
    expect(judged(input({ ...everythingRan, runs: [...proven.map((id) => ran(id)), stray] })).verdict).toBe('accepted')
  })
})

describe('a derived item', () => {
  it.each<[ItemState, LedgerInput]>([
    ['error', inputWith({ '3.1': 'error', '3.2': 'failed' })],
    ['failed', inputWith({ '3.1': 'failed', '3.2': 'blocked' })],
    ['blocked', inputWith({ '3.1': 'blocked' })],
    ['waived', inputWith({ '3.1': 'failed' }, { waivers: [waiver('3.1')] })],
    ['passed', input()],
    ['passed', input({ notApplicable: new Map([['3.1', 'There is none.']]) })],
    ['not applicable', input({ notApplicable: new Map(['3.1', '3.2'].map((id) => [id, 'There is none.'])) })],
  ])('has the worst state of its sources: %s', (state, given) => {
    expect(judged(given).states['20.1']).toBe(state)
  })

  it('names the sources that decide its state', () => {
    expect(reasonOf(inputWith({ '3.1': 'failed', '3.2': 'failed' }), '20.1')).toBe(
      'Derived from other items, of which these are failed: 3.1, 3.2.',
    )
  })

  it('counts an item that did not run as worse than a waived one', () => {
    const given = inputWith({ '2.3': 'failed' }, { waivers: [waiver('2.3')] })
    expect(judged(given).states).toMatchObject({ '2.3': 'waived', '2.4': 'not run', '17.2': 'not run' })
  })

  it('cannot be waived itself', () => {
    expect(judged(inputWith({ '3.1': 'failed' }, { waivers: [waiver('20.1')] })).states['20.1']).toBe('failed')
  })

  it('can be derived from derived items: 23.7 from all of section 17', () => {
    expect(judged(input(everythingRan)).states['23.7']).toBe('passed')
    const failed = judged(inputWith({ '3.1': 'failed' }))
    expect(failed.states).toMatchObject({ '17.2': 'failed', '23.7': 'failed' })
    expect(judged(input({ ...everythingRan, recordWritten: false })).states['23.7']).toBe('error')
  })

  it('can be derived from attested items: 23.9 from section 22', () => {
    expect(judged(input()).states['23.9']).toBe('attested')
    expect(judged(input({ attestations: [] })).states['23.9']).toBe('blocked')
  })
})

describe('item 17.1, the verification was executed', () => {
  it.each(['failed', 'blocked'] as const)('passes if a scenario was executed and is %s', (status) => {
    const runs = proven.map((id) => ran(id, id === '3.1' ? status : 'passed'))
    expect(judged(input({ scope: writing, runs })).states).toMatchObject({ '17.1': 'passed', '17.2': status })
  })

  it('is not run if a scenario was refused', () => {
    expect(judged(input()).states['17.1']).toBe('not run')
    expect(reasonOf(input(), '17.1')).toBe('Derived from other items, of which these are not run: 2.4.')
  })

  it('is in error if the suite broke', () => {
    const runs = proven.map((id) => ran(id, id === '3.1' ? 'error' : 'passed'))
    expect(judged(input({ scope: writing, runs })).states['17.1']).toBe('error')
  })

  it.each(['passed', 'failed'] as const)('is not run if only one of two scenarios was executed and %s', (end) => {
    const scope = { contract: 'fawkes', writes: true, filter: null, shard: '1/2' }
    const required = [...input().required, scenario('3.1', 'In the other shard')]
    const runs = proven.map((id) => ran(id, id === '3.1' ? end : 'passed'))
    expect(judged(input({ scope, required, runs })).states['17.1']).toBe('not run')
  })

  it('does not pass without a cluster, waived or not', () => {
    const halted = finding('kubeconfig')
    expect(judged(input({ runs: [], halted })).states['17.1']).toBe('blocked')
    const waivers = proven.map((id) => waiver(id))
    expect(judged(input({ runs: [], halted, waivers })).states['17.1']).toBe('waived')
  })
})

describe('item 17.3, the record is saved', () => {
  it('is in error when the record could not be written, whatever the states of the items', () => {
    const { states, verdict } = judged(input({ ...everythingRan, recordWritten: false }))
    expect(states['17.3']).toBe('error')
    expect(verdict).toBe('error')
  })

  it('does not pass if nothing of the verification ran, because nothing was recorded', () => {
    const halted = finding('kubeconfig')
    expect(judged(input({ runs: [], halted })).states['17.3']).toBe('blocked')
    expect(reasonOf(input({ runs: [], halted }), '17.3')).toContain('the record holds no results')
    const scope = { contract: 'fawkes', writes: false, filter: '@checklist:0.10', shard: null }
    expect(judged(input({ runs: [ran('0.10')], scope })).states['17.3']).toBe('not run')
    expect(judged(input({ runs: [], interrupted: true })).states['17.3']).toBe('not run')
  })

  it('passes when the verification failed but its record exists', () => {
    expect(judged(inputWith({ '3.1': 'failed' })).states['17.3']).toBe('passed')
  })
})

describe('a waiver', () => {
  it.each(['failed', 'blocked'] as const)('excuses a %s item and says what its state would be', (status) => {
    const given = inputWith({ '3.1': status }, { waivers: [waiver('3.1')] })
    const { states, verdict, counts, items } = judged(given)
    expect(states).toMatchObject({ '3.1': 'waived', '3.2': 'passed', '20.1': 'waived' })
    expect(verdict).toBe('partial')
    // 3.1 and 20.1, which is derived from it; 17.2 is also derived from 2.4, which did not run and is worse.
    expect(counts.waived).toBe(2)
    expect(reasonOf(given, '3.1')).toBe(
      `Waived by Priya Natarajan until 2026-12-15: The third node arrives in December (Without the waiver: ${status}. 3.1 is ${status}.)`,
    )
    expect(items.find(({ id }) => id === '3.1')?.waiver).toEqual(waiver('3.1'))
  })

  it('that expired does not count, and is mentioned', () => {
    const given = inputWith({ '3.1': 'failed' }, { waivers: [waiver('3.1', '2026-11-22')] })
    expect(judged(given)).toMatchObject({ verdict: 'rejected', states: { '3.1': 'failed' } })
    expect(reasonOf(given, '3.1')).toBe('3.1 is failed. (The waiver by Priya Natarajan expired on 2026-11-22.)')
  })

  it.each<[string, string, ItemState]>([
    ['a day, to its last millisecond', '2026-11-23', 'waived'],
    ['the instant itself', '2026-11-23T18:15:00.000Z', 'waived'],
    ['an instant before', '2026-11-23T18:14:59.999Z', 'failed'],
    ['an instant that another offset puts later', '2026-11-23T17:30:00-02:00', 'waived'],
    ['the day before', '2026-11-22', 'failed'],
    ['not a date', 'whenever', 'failed'],
  ])('counts until its expiry: %s', (_, expires, state) => {
    expect(judged(inputWith({ '3.1': 'failed' }, { waivers: [waiver('3.1', expires)] })).states['3.1']).toBe(state)
  })

  it('is valid to the end of its day in UTC', () => {
    const at = (now: string) =>
      judged(inputWith({ '3.1': 'failed' }, { waivers: [waiver('3.1', '2026-11-23')], now: new Date(now) })).states[
        '3.1'
      ]
    expect(at('2026-11-23T23:59:59.999Z')).toBe('waived')
    expect(at('2026-11-24T00:00:00.000Z')).toBe('failed')
  })

  it('that is valid counts even if another one expired', () => {
    const waivers = [waiver('3.1', '2026-01-01'), waiver('3.1')]
    expect(judged(inputWith({ '3.1': 'failed' }, { waivers })).states['3.1']).toBe('waived')
  })

  it.each<[ScenarioStatus]>([['passed'], ['error']])('does nothing to an item that is %s', (status) => {
    const { states } = judged(inputWith({ '3.1': status }, { waivers: [waiver('3.1')] }))
    expect(states['3.1']).toBe(status)
  })

  it('does nothing to an item that did not run', () => {
    expect(judged(input({ waivers: [waiver('2.4')] })).states['2.4']).toBe('not run')
  })

  it('excuses a missing attestation', () => {
    expect(judged(input({ attestations: [], waivers: [waiver('22.1')] })).states['22.1']).toBe('waived')
  })
})

describe('an attestation', () => {
  it('decides an item that only a person can attest', () => {
    expect(judged(input()).states['22.1']).toBe('attested')
    expect(reasonOf(input(), '22.1')).toBe(
      'Attested by Jonas Weber on 2026-11-20, valid until 2027-01-31; evidence: RUN-112',
    )
  })

  it('that is missing blocks the item, and the remedy is the YAML to paste', () => {
    const { states, verdict, exitCode, causes } = judged(input({ attestations: [] }))
    expect(states['22.1']).toBe('blocked')
    expect({ verdict, exitCode }).toEqual({ verdict: 'blocked', exitCode: 2 })
    expect(causes).toMatchObject([{ items: ['22.1'] }])
    expect(causes[0]?.remedy).toEqual([
      '- item: "22.1"  # Item 22.1 holds\n  by: YOUR NAME\n  date: "2026-11-23"\n  expires: "2027-02-21"\n  evidence: LINK OR COMMIT',
    ])
  })

  it('that expired blocks the item, and is mentioned', () => {
    const given = input({ attestations: [attestation('22.1', '2026-11-22')] })
    expect(judged(given).states['22.1']).toBe('blocked')
    expect(reasonOf(given, '22.1')).toContain('The attestation by Jonas Weber expired on 2026-11-22.')
  })

  it.each([
    ['tomorrow', '2026-11-24', '2027-01-31', 'is not valid yet: it is dated 2026-11-24.'],
    ['the year 9999', '9999-12-30', '9999-12-31', 'is not valid yet: it is dated 9999-12-30.'],
    ['a later hour', '2026-11-23T19:00:00Z', '2027-01-31', 'is not valid yet: it is dated 2026-11-23T19:00:00Z.'],
    ['after its end', '2026-11-20', '2026-11-19', 'expires on 2026-11-19, before its date 2026-11-20.'],
    ['no day', 'soon', '2027-01-31', 'has no readable dates: from soon until 2027-01-31.'],
  ])('dated %s blocks the item, and the reason says so', (_, date, expires, said) => {
    const given = input({ attestations: [{ ...attestation('22.1', expires), date }] })
    const { states, causes } = judged(given)
    expect(states['22.1']).toBe('blocked')
    expect(reasonOf(given, '22.1')).toContain(`The attestation by Jonas Weber ${said}`)
    expect(causes[0]?.found).toBe(`The attestation by Jonas Weber ${said}`)
  })

  it('that does not count is named by an item that changes the platform', () => {
    const given = input({ attestations: [attestation('22.1'), { ...attestation('2.4'), date: '2026-11-24' }] })
    expect(judged(given).states['2.4']).toBe('not run')
    expect(reasonOf(given, '2.4')).toContain('is not valid yet: it is dated 2026-11-24.')
  })

  it('counts to the end of its day', () => {
    expect(judged(input({ attestations: [attestation('22.1', '2026-11-23')] })).states['22.1']).toBe('attested')
  })

  it.each(['0.10', '0.12'])('is an error for %s, which scenarios prove', (id) => {
    const given = input({ attestations: [attestation('22.1'), attestation(id)] })
    expect(judged(given)).toMatchObject({ verdict: 'error', states: { [id]: 'error' } })
    expect(reasonOf(given, id)).toBe(
      'Attested by Jonas Weber, but this item is proven by scenarios. Remove the attestation.',
    )
  })

  it('replaces a scenario that a read-only run may not execute', () => {
    const given = input({ attestations: [attestation('22.1'), attestation('2.4')] })
    expect(judged(given)).toMatchObject({ verdict: 'accepted', exitCode: 0, states: { '2.4': 'attested' } })
  })

  it('that expired does not replace such a scenario', () => {
    const given = input({ attestations: [attestation('22.1'), attestation('2.4', '2026-11-22')] })
    expect(judged(given)).toMatchObject({ verdict: 'partial', states: { '2.4': 'not run' } })
  })

  it.each<[ScenarioStatus]>([['failed'], ['blocked'], ['error'], ['passed']])(
    'does not change an item whose scenario is %s',
    (status) => {
      const given = inputWith(
        { '2.4': status },
        { ...everythingRan, attestations: [attestation('22.1'), attestation('2.4')] },
      )
      expect(judged(given).states['2.4']).toBe(status)
    },
  )
})

describe('an item outside the scope', () => {
  const scope = (part: { filter?: string; shard?: string }) => ({
    contract: 'fawkes',
    writes: false,
    filter: null,
    shard: null,
    ...part,
  })

  it.each<[string, Partial<LedgerInput>, string]>([
    ['a filter', { scope: scope({ filter: '@section:3' }) }, 'Not selected by the filter of this run (@section:3).'],
    ['a shard', { scope: scope({ shard: '1/4' }) }, 'Not part of this shard (1/4).'],
    ['an interruption', { interrupted: true }, 'The run was interrupted before this item was checked.'],
  ])('because of %s is not run', (_, given, reason) => {
    const partly = input({ ...given, runs: [ran('3.1')], attestations: [] })
    const { states } = judged(partly)
    expect(states).toMatchObject({
      '3.1': 'passed',
      '3.2': 'not run',
      '0.10': 'not run',
      '22.1': 'not run',
      '17.1': 'not run',
      '20.1': 'not run',
      '23.7': 'not run',
    })
    expect(reasonOf(partly, '3.2')).toBe(reason)
    expect(reasonOf(partly, '22.1')).toBe(reason)
  })

  it('is a choice: a run with a filter in which everything passed is partial', () => {
    expect(judged(input({ scope: scope({ filter: 'x' }), runs: [ran('3.1')] }))).toMatchObject({
      verdict: 'partial',
      exitCode: 0,
    })
  })

  it('does not hide a failure of an item that ran', () => {
    const failed = input({ scope: scope({ filter: 'x' }), runs: [ran('3.1', 'failed')] })
    expect(judged(failed)).toMatchObject({ verdict: 'rejected', exitCode: 1 })
  })

  it('that would change the platform says that the run was read-only', () => {
    expect(reasonOf(input(), '2.4')).toBe('The scenario changes the platform, but this run was read-only.')
  })
})

describe('without a cluster', () => {
  const halted = finding('kubeconfig', 'There is no kubeconfig, so there is no cluster to check.')

  it('every item that needs one is blocked by the same cause', () => {
    const { verdict, exitCode, states, causes, problems } = judged(input({ runs: [], halted }))
    expect({ verdict, exitCode, problems }).toEqual({ verdict: 'blocked', exitCode: 2, problems: [] })
    expect(states).toMatchObject({ '0.10': 'blocked', '2.4': 'blocked', '3.1': 'blocked', '22.1': 'attested' })
    expect(causes).toMatchObject([{ object: 'kubeconfig', items: proven }])
  })

  it('blocks nothing that a filter leaves out', () => {
    const required = [scenario('3.1')]
    const scope = { contract: 'fawkes', writes: false, filter: '@checklist:3.1', shard: null }
    const { verdict, states, causes } = judged(input({ runs: [], halted, required, scope }))
    expect(verdict).toBe('blocked')
    expect(states).toMatchObject({ '3.1': 'blocked', '3.2': 'not run', '0.10': 'not run', '2.4': 'not run' })
    expect(causes).toMatchObject([{ object: 'kubeconfig', items: ['3.1'] }])
  })

  it('blocks an item without a scenario, unless a filter may have left it out', () => {
    expect(judged(input({ runs: [], halted, required: [] })).states['3.1']).toBe('blocked')
  })

  it('waivers and attestations do not make the run accepted', () => {
    const waivers = proven.map((id) => waiver(id))
    expect(judged(input({ runs: [], halted, waivers }))).toMatchObject({ verdict: 'blocked', exitCode: 2 })
  })

  it('a bad configuration takes precedence', () => {
    expect(judged(input({ runs: [], halted, problems: ['An unknown key.'] })).verdict).toBe('error')
  })
})

describe('causes', () => {
  const thirty = Array.from({ length: 30 }, (_, index) => `5.${index + 1}`)
  const many = {
    ...checklist,
    items: thirty.map((id) => ({ id, section: '5', text: id, how: 'automated' as const })),
  }

  it('list one cause, with its remedies once, for thirty items with the same finding', () => {
    const down = finding('Service fawkes/devlake-lake', 'The lake is down.', ['kubectl get pods'])
    const runs = thirty.map((id) => ran(id, 'blocked', { finding: down }))
    const { causes, items } = judged(
      input({ checklist: many, required: thirty.map((id) => scenario(id)), runs, attestations: [] }),
    )
    expect(causes).toMatchObject([
      {
        summary: 'The lake is down.',
        object: 'Service fawkes/devlake-lake',
        remedy: ['kubectl get pods'],
        items: thirty,
      },
    ])
    expect(new Set(items.flatMap(({ scenarios }) => scenarios.map(({ cause }) => cause)))).toEqual(
      new Set([causes[0]?.id]),
    )
  })

  it('differ by object and by summary', () => {
    const runs = [
      ran('3.1', 'failed', { finding: finding('Pod a') }),
      ran('3.2', 'failed', { finding: finding('Pod b') }),
      ran('2.3', 'failed', { finding: finding('Pod a', 'Pod a restarts.') }),
      ran('0.10'),
      ran('0.12'),
    ]
    expect(judged(input({ runs })).causes.map(({ summary, items }) => [summary, items])).toEqual([
      ['Pod a restarts.', ['2.3']],
      ['Pod a is broken.', ['3.1']],
      ['Pod b is broken.', ['3.2']],
    ])
  })

  it('are all that one check found', () => {
    const further = [finding('Pod b'), finding('Pod c', 'Pod c restarts.')]
    const runs = [ran('3.1', 'failed', { finding: finding('Pod a'), further }), ran('0.10'), ran('0.12')]
    const { causes, items } = judged(input({ runs }))
    expect(causes.map(({ summary, items }) => [summary, items])).toEqual([
      ['Pod a is broken.', ['3.1']],
      ['Pod b is broken.', ['3.1']],
      ['Pod c restarts.', ['3.1']],
    ])
    expect(items.find(({ id }) => id === '3.1')?.scenarios).toMatchObject([{ cause: causes[0]?.id }])
  })

  it('of failed items come before those that only block, and a blocked item names the failed one', () => {
    const lake = finding('Pod lake-0')
    const runs = [
      ran('0.10', 'blocked', { finding: finding('secrets') }),
      ran('0.12'),
      ran('2.3', 'blocked', { finding: lake }),
      ran('3.1', 'failed', { finding: lake }),
      ran('3.2'),
    ]
    const given = input({ runs })
    expect(judged(given).causes.map(({ object, items }) => [object, items])).toEqual([
      ['Pod lake-0', ['2.3', '3.1']],
      ['secrets', ['0.10']],
    ])
    expect(reasonOf(given, '2.3')).toBe('Blocked by 3.1: 2.3 is blocked.')
    expect(reasonOf(given, '0.10')).toBe('0.10 is blocked.')
  })

  it('that block an item together are all named by the failed items', () => {
    const [lake, database] = [finding('Pod lake-0'), finding('Pod mysql-0')]
    const runs = [
      ran('2.3', 'blocked', { finding: lake, further: [database] }),
      ran('3.1', 'failed', { finding: lake }),
      ran('3.2', 'failed', { finding: database }),
    ]
    expect(reasonOf(input({ runs }), '2.3')).toBe('Blocked by 3.1, 3.2: 2.3 is blocked.')
  })

  it('name the scenario for an error of the suite, with the command that runs it alone', () => {
    const error = ran('3.1', 'error', { finding: finding('Pod lake-0'), reason: 'TypeError: no.' })
    const { causes } = judged(input({ runs: [...input().runs.filter(({ items }) => !items.includes('3.1')), error] }))
    expect(causes).toMatchObject([
      {
        summary: 'TypeError: no.',
        object: `features/all.feature:${error.line}`,
        remedy: [`npx dora-acceptance run features/all.feature:${error.line}`],
      },
    ])
  })
})

describe('a configuration that asks less than the checklist', () => {
  const configuration = {
    sha256: 'd'.repeat(64),
    effective: { 'cluster.workers': '1', 'logs.lookBack': '7200 s' },
    differences: [
      { key: 'cluster.workers', checklist: '3', configured: '1', asked: '3 or more' },
      { key: 'logs.lookBack', checklist: '3600 s', configured: '7200 s', asked: null },
    ],
  }
  const weak = {
    ...checklist,
    items: checklist.items.map((item) =>
      item.id === '3.1'
        ? { ...item, configuredBy: ['cluster'] }
        : item.id === '3.2'
          ? { ...item, configuredBy: ['logs.lookBack'] }
          : item,
    ),
  }
  const given = (more: Partial<LedgerInput> = {}) => ({ ...input(more), checklist: weak, configuration })

  it('blocks an item that passed, and names the key, both values and the waiver to paste', () => {
    const { states, verdict, causes } = judged(given())
    expect(states).toMatchObject({ '3.1': 'blocked', '3.2': 'passed', '20.1': 'blocked' })
    expect(verdict).toBe('blocked')
    expect(reasonOf(given(), '3.1')).toBe(
      'The configuration asks less than the checklist: cluster.workers is 1, and the checklist has 3.',
    )
    expect(causes).toMatchObject([
      {
        object: 'configuration key cluster.workers',
        found: '1',
        items: ['3.1'],
        remedy: [
          expect.stringContaining('remove cluster.workers from the configuration'),
          '- item: "3.1"  # Item 3.1 holds\n  owner: YOUR NAME\n  reason: YOUR REASON\n  expires: "2027-02-21"',
        ],
      },
    ])
  })

  it('takes a waiver like any other deviation', () => {
    expect(judged(given({ waivers: [waiver('3.1')] }))).toMatchObject({
      verdict: 'partial',
      states: { '3.1': 'waived', '20.1': 'waived' },
    })
  })

  it('hides no failure, and is no reason for an item that was not checked', () => {
    const failed = { ...inputWith({ '3.1': 'failed' }), checklist: weak, configuration }
    expect(judged(failed).states['3.1']).toBe('failed')
    expect(judged(failed).causes).toHaveLength(2)
    const halted = finding('kubeconfig')
    expect(judged(given({ runs: [], halted })).causes.map(({ object }) => object)).toEqual(['kubeconfig'])
    const notApplicable = new Map([['3.1', 'There is none.']])
    expect(judged(given({ notApplicable })).states['3.1']).toBe('not applicable')
  })
})
