/** Whatever fails, breaks or is missing: no report is greener than the verdict. */
import { describe, expect, it } from 'vitest'
import type { ScenarioRun } from '../../../support/record/scenario-run'
import type { ItemState, Verdict } from '../../../support/record/verdict'
import { readAllure, readJunit, readSignOff } from '../../fixtures/reports'
import { item, recordOf, scenarioRun, step, verdict } from '../../fixtures/verdict'

interface Way {
  readonly name: string
  readonly verdict: Verdict
  readonly runs: readonly ScenarioRun[]
  /** The expected state of the item. */
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

/** A run with the record that the ledger writes for it. */
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

/** An item without a run. */
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
  went('the worker died before the scenario started', 'error', { status: 'error', startedAt: '', steps: [] }, broken),
  went('the scenario passed on a retry and the ledger noticed', 'error', { status: 'passed', attempts: 2 }, broken),
  went('the item is in error although its scenario passed', 'error', {}, broken),
  went('another scenario of the item failed to start', 'failed', {}, failed),
  went('only one of two scenarios was run', 'not run', { status: 'passed' }, skipped),
  unproven('a required item has no scenario', 'error', 'error', broken),
  unproven('the worker crashed before the scenario ended', 'error', 'error', broken),
  unproven('an attested item has no attestation', 'blocked', 'blocked', broken),
  unproven('a derived item has a failed source', 'failed', 'rejected', failed),
  unproven('the filter excluded the item', 'not run', 'partial', skipped),
  unproven('the item is waived', 'waived', 'accepted', skipped),
  unproven('a person attested the item', 'attested', 'accepted', skipped),
  unproven('the item does not apply', 'not applicable', 'accepted', skipped),
]

describe.each(ways)('when $name', (way) => {
  it('junit.xml says so', () => {
    const [only, ...others] = readJunit(way.verdict, way.runs).cases
    expect(others).toEqual([])
    expect(only).toMatchObject({ outcome: way.junit, message: `${way.state}: ${way.name}` })
  })

  it('the sign-off page says so', () => {
    const { heading, states } = readSignOff(way.verdict, way.runs)
    expect(heading).toBe(way.verdict.verdict)
    expect(states).toEqual(new Map([['3.1', way.state]]))
  })

  it('the Allure results say so', () => {
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
    ['there is no cluster', verdict({ verdict: 'blocked', items: [], problems: ['The cluster does not respond.'] })],
    ['a record without items', verdict({ verdict: 'accepted', items: [] })],
    ['an error with passed items only', verdict({ verdict: 'error' })],
    ['a rejection with passed items only', verdict({ verdict: 'rejected' })],
    ['a partial verdict with passed items only', verdict({ verdict: 'partial' })],
  ]
  it.each(empty)('%s: is an error in junit.xml, broken in Allure, and a problem on the page', (_, record) => {
    const problem = readJunit(record, []).cases.find(({ suite }) => suite === 'The run')
    expect(problem?.outcome).toBe('error')
    expect(readAllure(record, []).filter(({ status }) => status === 'broken')).toHaveLength(1)
    const { page, heading } = readSignOff(record, [])
    expect(heading).toBe(record.verdict)
    expect(page).toContain('Problems with the run itself')
  })
})

describe('a scenario that passed on a retry', () => {
  const run = scenarioRun({ attempts: 2 })

  it.each([
    ['by its item', verdict({ items: [item({ scenarios: [recordOf(run)] })] })],
    ['by no item', verdict()],
  ])('is broken in Allure and an error on the page, listed %s', (_, record) => {
    expect(readAllure(record, [run])).toContainEqual(expect.objectContaining({ name: run.name, status: 'broken' }))
    expect(readSignOff(record, [run]).page).toContain('The scenario took 2 attempts.')
    expect(readSignOff(record, [run]).page).toContain('<span class="state-error">error</span>')
  })
})

describe('a scenario that no item lists', () => {
  const stray = scenarioRun({ name: 'A stray scenario', status: 'failed', reason: 'It broke.' })
  const record = verdict()

  it('is shown with its own state', () => {
    expect(readJunit(record, [stray]).cases).toContainEqual({
      suite: 'Scenarios outside the checklist',
      file: 'features/03-pods.feature',
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

  it('is passed in every report, and appears only once', () => {
    expect(readJunit(record, [run]).cases.map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
    expect([...readSignOff(record, [run]).states.values()]).toEqual(['passed', 'passed'])
    expect(
      readAllure(record, [run])
        .map(({ name, status }) => `${status}: ${name}`)
        .sort(),
    ).toEqual([`passed: 23.1 ${item().text}`, `passed: ${run.name}`])
  })
})
