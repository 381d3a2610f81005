/** The first screen: a metric is proven only if scenarios passed for all its items. */
import { describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../../support/basis/checklist'
import { type ItemState, itemStates } from '../../../../support/record/verdict'
import { outlineOf } from '../../../../support/report/wording/outline'
import { readSignOff } from '../../../fixtures/reports'
import { item, verdict } from '../../../fixtures/verdict'

const about = loadChecklist().items.filter(({ metric }) => metric === 'time to restore')
const [first = '', ...others] = about.map(({ id }) => id)

/** A record in which one item of the metric "time to restore" has this state, and the others passed. */
const recordWith = (status: ItemState) =>
  verdict({ items: [item({ id: first, status }), ...others.map((id) => item({ id }))] })

/** The text of the page, with single spaces. */
const textOf = (record: ReturnType<typeof verdict>) =>
  readSignOff(record, [])
    .page.replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')

const metric = (record: ReturnType<typeof verdict>) =>
  outlineOf(record, []).metrics.find(({ name }) => name === 'time to restore')

describe('a metric', () => {
  it.each(itemStates.filter((state) => state !== 'passed' && state !== 'not applicable'))(
    'with an item that is %s is not proven',
    (state) => {
      expect(metric(recordWith(state))?.state).toBe(state)
      const shown = state === 'blocked' ? 'blocked' : 'not compared'
      expect(textOf(recordWith(state))).toContain(`Time to restore ${shown} not proven: ${first} ${state}`)
    },
  )

  it('is proven if all its items passed', () => {
    expect(textOf(recordWith('passed'))).toContain(`proven by ${[first, ...others].join(', ')}`)
  })

  it('is not proven by a run that itself failed, whatever passed in it', () => {
    const record = verdict({ ...recordWith('passed'), verdict: 'error', problems: ['A worker died.'] })
    expect(metric(record)?.state).toBe('error')
    const page = textOf(record)
    expect(page).toContain('Time to restore not compared not proven: the run itself failed')
    expect(page).not.toContain('proven by')
  })

  it('is not proven by items that do not apply or are missing from the record', () => {
    const none = verdict({ items: about.map(({ id }) => item({ id, status: 'not applicable' })) })
    expect(metric(none)?.state).toBe('not applicable')
    expect(textOf(none)).toContain('Time to restore not applicable not proven')
    expect(metric(verdict({ items: [item({ id: first })] }))?.state).toBe('not run')
  })
})

it('counts waived and attested items, and separately those that are only derived from them', () => {
  const attestation = { item: '22.1', by: 'Ada', date: '2026-11-20', expires: '2027-05-20', evidence: 'RUN-1' }
  const given = item({ id: '22.1', status: 'attested', attestation })
  const pageOf = (...items: readonly ReturnType<typeof item>[]) =>
    readSignOff(verdict({ verdict: 'accepted', items }), []).page.replace(/<[^>]*>/g, '')
  expect(pageOf(given)).toContain('1 item is attested, as listed below.')
  expect(pageOf(given, item({ id: 'A.8', status: 'attested' }))).toContain(
    '2 items are attested: 1 is listed below, and 1 follows from them.',
  )
})

it('counts the items of a section by state, so that the counts add up', () => {
  const items = (['failed', 'blocked', 'passed', 'not applicable', 'passed'] as const).map((status, index) =>
    item({ id: `3.${index + 1}`, status }),
  )
  expect(textOf(verdict({ items }))).toContain('1 failed, 1 blocked, 2 passed, 1 not applicable')
})

it.each([
  ['(@section:5 or @section:7 or @section:8)', 'only sections 5, 7 and 8;'],
  ['@checklist:3.1', 'only item 3.1;'],
  ['(@section:5 or @checklist:7.1)', 'only section 5 and item 7.1;'],
  ['@section:3 and not @writes', 'the scenarios with the tags @section:3 and not @writes;'],
])('writes the scope %s in words', (filter, words) => {
  const { scope } = verdict()
  expect(textOf(verdict({ scope: { ...scope, filter } }))).toContain(`Scope: ${words}`)
})

const cause = {
  ...{ id: 'c1', summary: 'A pod is missing.', object: 'pod', found: 'none', remedy: [], symptoms: [] },
  ...{ facts: [], troubleshooting: null, items: ['3.1'] },
}

it('marks the lines of a remedy that are no commands', () => {
  const record = verdict({ verdict: 'rejected', causes: [{ ...cause, remedy: ['kubectl get pods', '# then wait'] }] })
  const { page } = readSignOff(record, [])
  expect(page).toContain('<code>kubectl get pods</code>')
  expect(page).toContain('<code class="comment"># then wait</code>')
})

it('names the items that have no cause of their own because they follow from others', () => {
  const items = [item({ status: 'failed' }), item({ id: '20.1', status: 'failed', how: 'derived' })]
  const page = textOf(verdict({ verdict: 'rejected', items, causes: [cause] }))
  expect(page).toContain('1 more item follows from the items above: 20.1.')
  expect(page).toContain('Affects 1 item, but none of the four metrics.')
})
