/** The record of the matrix: faults that survived, and items and scenarios that no fault turned red. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withoutFault } from '../../../faults/catalogue/without-fault'
import { MadeFindings } from '../../../faults/findings/made-findings'
import { judge } from '../../../faults/matrix/judgement'
import { matrixOf, provenIn, unmadeOf, unprovenBy } from '../../../faults/matrix/record'
import { loadChecklist } from '../../../support/basis/checklist'
import { requiredScenarios } from '../../../support/judgement/required'
import { fault, runUnder } from '../../fixtures/faults'
import { root } from '../../fixtures/features'
import { item, recordOf, scenarioRun, verdict } from '../../fixtures/verdict'

const result = (one: ReturnType<typeof fault>) => ({
  ...one,
  ...judge(one, [], runUnder([one])),
  expectedCause: '',
  sharedWith: [],
  attempts: 1,
  durationMs: 1,
})
const a = fault('a', ['1.1'])
const b = fault('b', ['2.1'], { expects: { failed: ['2.1'], blocked: ['3.1'] } })

describe('the record', () => {
  it('lists the results in the order of the faults, and counts a fault without a result as survived', () => {
    const matrix = matrixOf([a, b, fault('c', ['4.1'])], [result(b), result(a)], {
      variants: [],
      findings: [],
      spent: { runs: 2, runningMs: 1, typingMs: 1 },
      durationMs: 1,
      stopped: 'It stopped.',
    })
    expect(matrix).toMatchObject({ total: 3, killed: 2, survived: ['c'], collateral: [], stopped: 'It stopped.' })
    expect(matrix.faults.map(({ id }) => id)).toEqual(['a', 'b'])
  })
})

describe('a matrix that was cut off', () => {
  it('has proven the faults that it killed and the variants that it accepted', () => {
    const of = (id: string, accepted: boolean) => ({ id, title: '', accepted, red: [], sharedWith: [], durationMs: 1 })
    const faults = [result(a), { ...result(b), killed: false }]
    const proven = provenIn({ faults, variants: [of('accepted', true), of('red', false)] })
    expect([...proven.faults, ...proven.variants].map(({ id }) => id)).toEqual(['a', 'accepted'])
  })

  it('has still to make the findings that none of its runs made', () => {
    const checkout = mkdtempSync(join(tmpdir(), 'findings-'))
    onTestFinished(() => rmSync(checkout, { recursive: true, force: true }))
    mkdirSync(join(checkout, 'support'))
    const source = ['one', 'two'].map((summary) => `unmet.push({ summary: '${summary}', expected: '' })`).join('\n')
    writeFileSync(join(checkout, 'support', 'check.ts'), source)
    const { neverMade } = new MadeFindings(checkout, ["support/check.ts: 'two'"])
    expect(neverMade).toEqual(["support/check.ts: 'two'"])
  })
})

describe('the unproven items and scenarios', () => {
  const clean = runUnder([]).verdict

  it('are those that no fault failed or turned red, even if a fault blocked the item', () => {
    expect(unprovenBy([result(a), result(b)], clean)).toEqual({
      items: ['3.1', '4.1'],
      scenarios: ['4.1.feature:1 Scenario of 4.1'],
    })
  })

  it('are all of them when there is no fault, except inapplicable and derived items', () => {
    const other = [item({ id: '13.1', status: 'not applicable' }), item({ id: '20.1', how: 'derived' })]
    const record = verdict({ items: [...clean.items, ...other] })
    expect(unprovenBy([], record).items).toEqual(['1.1', '2.1', '3.1', '4.1'])
  })

  it('leave out those that are known to have no fault', () => {
    const [id = ''] = Object.keys(withoutFault.items)
    const scenarios = Object.keys(withoutFault.scenarios).map((name) => recordOf(scenarioRun({ name })))
    expect(unprovenBy([], verdict({ items: [item({ id, scenarios })] }))).toEqual({ items: [], scenarios: [] })
  })
})

describe('the items and scenarios that are known to have no fault', () => {
  it('exist', () => {
    const ids = loadChecklist().items.map(({ id }) => id)
    const names = requiredScenarios(root).map(({ name }) => name)
    expect(Object.keys(withoutFault.items).filter((id) => !ids.includes(id))).toEqual([])
    expect(Object.keys(withoutFault.scenarios).filter((name) => !names.includes(name))).toEqual([])
  })
})

describe('the findings that no run made', () => {
  it('leave out those that are known to have no fault, by the beginning of their names', () => {
    const known = Object.keys(withoutFault.findings)
    expect(unmadeOf([...known, 'support/checks/new.ts: is new'])).toEqual(['support/checks/new.ts: is new'])
  })

  it('have reasons only where the suite can make them', () => {
    const { positions } = new MadeFindings(root)
    const names = positions.map(({ file, text }) => `${file}: ${text}`)
    const outdated = Object.keys(withoutFault.findings).filter((known) => !names.some((name) => name.startsWith(known)))
    expect(outdated).toEqual([])
  })
})
