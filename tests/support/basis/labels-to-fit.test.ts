/** The labels in the remedy for a ServiceMonitor that no Prometheus selects: with them, its selector matches. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelsToFit, selects } from '../../../support/basis/label-selector'

const label = fc.constantFrom('release', 'team', 'tier')
const value = fc.constantFrom('a', 'b', 'c')
const labels = fc.dictionary(label, value)
/** Each key occurs once, so that the selector does not contradict itself. */
const selector = fc
  .uniqueArray(
    fc.record({
      key: label,
      operator: fc.constantFrom(
        '=' as const,
        'In' as const,
        'NotIn' as const,
        'Exists' as const,
        'DoesNotExist' as const,
      ),
      values: fc.array(value, { minLength: 1 }),
    }),
    { selector: ({ key }) => key },
  )
  .map((all) => ({
    matchLabels: Object.fromEntries(
      all.flatMap(({ key, operator, values }) => (operator === '=' ? [[key, values[0] ?? '']] : [])),
    ),
    matchExpressions: all.flatMap(({ key, operator, values }) => (operator === '=' ? [] : [{ key, operator, values }])),
  }))

/** The labels after `kubectl label --overwrite`. */
function labelled(before: Readonly<Record<string, string>>, words: readonly string[]): Record<string, string> {
  const after = { ...before }
  for (const word of words) {
    const [key = '', text] = word.split('=')
    if (text === undefined) delete after[key.slice(0, -1)]
    else after[key] = text
  }
  return after
}

describe('the labels that fit a selector', () => {
  it('make it match, and are none if it does already', () => {
    fc.assert(
      fc.property(selector, labels, (wanted, before) => {
        const words = labelsToFit(wanted, before)
        expect(selects(wanted, labelled(before, words))).toBe(true)
        if (selects(wanted, before)) expect(words).toEqual([])
      }),
    )
  })

  it('take the first value of an expression, and remove a label that must not be there', () => {
    const matchExpressions = [
      { key: 'release', operator: 'In' as const, values: ['stack', 'other'] },
      { key: 'muted', operator: 'DoesNotExist' as const, values: [] },
    ]
    expect(labelsToFit({ matchLabels: {}, matchExpressions }, { muted: 'yes' })).toEqual(['release=stack', 'muted-'])
  })
})
