/** However a scenario goes wrong, and whatever is missing: no report shows more than the verdict. */
import { describe, expect, it } from 'vitest'
import type { ScenarioRun } from '../../../support/record/scenario-run'
import type { ItemState, Verdict } from '../../../support/record/verdict'
import { readAllure, readJunit, readSignOff } from '../../fixtures/reports'
import { item, recordOf, scenarioRun, step, verdict } from '../../fixtures/verdict'

interface Way {
  readonly name: string
  readonly verdict: Verdict
  readonly runs: readonly ScenarioRun[]
  /** What the item must look like. */
  readonly state: ItemState
  readonly junit: 'failure' | 'error' | 'skipped'
  readonly allure: 'failed' | 'broken' | 'skipped'
}

const failed = { junit: 'failure', allure: 'failed' } as const
const broken = { junit: 'error', allure: 'broken' } as const
const skipped = { junit: 'skipped', allure: 'skipped' } as const

const verdicts = {
  failed: 'rejected',
  blocked: 'blocked',
  error: 'error',
  'not run': 'partial',
  'not applicable': 'accepted',
} as const

/** A run, and the record of it as the ledger writes it. */
function went(
  name: string,
  state: keyof typeof verdicts,
  run: Partial<ScenarioRun>,
  looks: Pick<Way, 'junit' | 'allure'>,
): Way {
  const ran = scenarioRun({ reason: name, ...run })
  const items = [item({ status: state, reason: name, scenarios: [recordOf(ran)] })]
  return { name, state, ...looks, runs: [ran], verdict: verdict({ verdict: verdicts[state], items }) }
}

/** An item that no run speaks for. */
function unproven(name: string, state: ItemState, of: Verdict['verdict'], looks: Pick<Way, 'junit' | 'allure'>): Way {
  return {
    name,
    state,
    ...looks,
    runs: [],
    verdict: verdict({ verdict: of, items: [item({ status: state, reason: name })] }),
  }
}

const ways: readonly Way[] = [
  went(
    'an expectation failed',
    'failed',
    { status: 'failed', steps: [step({ status: 'failed', message: 'no' })] },
    failed,
  ),
  went(
    'an expectation was blocked',
    'blocked',
    { status: 'blocked', steps: [step({ status: 'blocked', message: 'no' })] },
    broken,
  ),
  went(
    'the service has no counterpart',
    'not applicable',
    { status: 'not applicable', steps: [step({ status: 'not applicable', message: 'no' })] },
    skipped,
  ),
  went('a step is undefined', 'error', { status: 'error', steps: [step({ status: 'undefined' })] }, broken),
  went('a step is ambiguous', 'error', { status: 'error', steps: [step({ status: 'ambiguous' })] }, broken),
  went('a step is pending', 'error', { status: 'error', steps: [step({ status: 'pending' })] }, broken),
  went('a step was skipped', 'error', { status: 'error', steps: [step({ status: 'skipped' })] }, broken),
  went(
    'a Before hook failed',
    'error',
    { status: 'error', steps: [step({ keyword: 'Before', status: 'error' }), step({ status: 'skipped' })] },
    broken,
  ),
  went(
    'an After hook failed',
    'error',
    { status: 'error', steps: [step(), step({ keyword: 'After', status: 'error' })] },
    broken,
  ),
  went('its worker died before it began', 'error', { status: 'error', startedAt: '', steps: [] }, broken),
  went('it passed on a retry, as the ledger saw', 'error', { status: 'passed', attempts: 2 }, broken),
  went('the item is in error beside a passed scenario', 'error', {}, broken),
  went('another scenario of the item failed to start', 'failed', {}, failed),
  went('only one of two scenarios was run', 'not run', { status: 'passed' }, skipped),
  unproven('a required item has no scenario', 'error', 'error', broken),
  unproven('the worker crashed before the scenario ended', 'error', 'error', broken),
  unproven('an attested item has no attestation', 'blocked', 'blocked', broken),
  unproven('an item needs what is blocked', 'failed', 'rejected', failed),
  unproven('the filter left the item out', 'not run', 'partial', skipped),
  unproven('the item is waived', 'waived', 'accepted', skipped),
  unproven('a person vouches for the item', 'attested', 'accepted', skipped),
  unproven('the item does not apply', 'not applicable', 'accepted', skipped),
]

describe.each(ways)('when $name', (way) => {
  it('junit.xml shows it', () => {
    const [only, ...others] = readJunit(way.verdict, way.runs).cases
    expect(others).toEqual([])
    expect(only).toMatchObject({ outcome: way.junit, message: `${way.state}: ${way.name}` })
  })

  it('the sign-off page shows it', () => {
    const { heading, states } = readSignOff(way.verdict, way.runs)
    expect(heading).toBe(way.verdict.verdict)
    expect(states).toEqual(new Map([['3.1', way.state]]))
  })

  it('the Allure results show it', () => {
    const results = readAllure(way.verdict, way.runs)
    expect(results.map(({ status }) => status)).toContain(way.allure)
    const worst = results.find(({ status }) => status === way.allure)
    expect(worst?.statusDetails.message).toContain(way.name)
  })
})

describe('a verdict that no item explains', () => {
  const empty: readonly [string, Verdict][] = [
    [
      'nothing ran',
      verdict({ verdict: 'error', items: [], problems: ['Nothing ran: the filter matches no scenario.'] }),
    ],
    ['there is no cluster', verdict({ verdict: 'blocked', items: [], problems: ['The cluster does not answer.'] })],
    ['a record without items', verdict({ verdict: 'accepted', items: [] })],
    ['an error beside passed items', verdict({ verdict: 'error' })],
    ['a rejection beside passed items', verdict({ verdict: 'rejected' })],
    ['a partial verdict beside passed items', verdict({ verdict: 'partial' })],
  ]
  it.each(empty)('%s: is an error in junit.xml, broken in Allure, and told on the page', (_, record) => {
    const problem = readJunit(record, []).cases.find(({ suite }) => suite === 'The run')
    expect(problem?.outcome).toBe('error')
    expect(readAllure(record, []).filter(({ status }) => status === 'broken')).toHaveLength(1)
    const { page, heading } = readSignOff(record, [])
    expect(heading).toBe(record.verdict)
    expect(page).toContain('Problems of the run')
  })
})

describe('a scenario that passed on a retry', () => {
  const run = scenarioRun({ attempts: 2 })

  it.each([
    ['by its item', verdict({ items: [item({ scenarios: [recordOf(run)] })] })],
    ['by no item', verdict()],
  ])('is broken in Allure and an error on the page, listed %s', (_, record) => {
    expect(readAllure(record, [run])).toContainEqual(expect.objectContaining({ name: run.name, status: 'broken' }))
    expect(readSignOff(record, [run]).page).toContain('It took 2 attempts.')
    expect(readSignOff(record, [run]).page).toContain('<span class="state-error">error</span>')
  })
})

describe('a scenario that no item lists', () => {
  const stray = scenarioRun({ name: 'A stray scenario', status: 'failed', reason: 'It broke.' })
  const record = verdict()

  it('is shown as it went', () => {
    expect(readJunit(record, [stray]).cases).toContainEqual({
      suite: 'Scenarios outside the checklist',
      name: 'A stray scenario',
      outcome: 'failure',
      message: 'failed: It broke.',
    })
    expect(readSignOff(record, [stray]).page).toContain('A stray scenario')
    expect(readAllure(record, [stray])).toContainEqual(
      expect.objectContaining({ name: 'A stray scenario', status: 'failed' }),
    )
  })
})

describe('a passed item', () => {
  const run = scenarioRun()
  const record = verdict({
    items: [item({ scenarios: [recordOf(run)] }), item({ id: '23.1', how: 'derived' })],
  })

  it('is passed in every report, and nothing else is said of it', () => {
    expect(readJunit(record, [run]).cases.map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
    expect([...readSignOff(record, [run]).states.values()]).toEqual(['passed', 'passed'])
    expect(
      readAllure(record, [run])
        .map(({ name, status }) => `${status}: ${name}`)
        .sort(),
    ).toEqual([`passed: 23.1 ${item().text}`, `passed: ${run.name}`])
  })
})
