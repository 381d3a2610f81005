import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visible } from '../../../support/basis/visible-text'
import { renderJunit } from '../../../support/report/junit'
import { platformWithFaults } from '../../fixtures/platform-with-faults'
import { readJunit } from '../../fixtures/reports'
import { item, verdict } from '../../fixtures/verdict'

describe('junit.xml', () => {
  const { verdict: record, runs } = platformWithFaults()
  const { totals, suites, cases } = readJunit(record, runs)

  it('has a suite per section in the order of the checklist, and a case per item', () => {
    expect(suites.map(({ name }) => name).slice(0, 3)).toEqual(['0 Prerequisites', '1 Secrets', '2 ArgoCD application'])
    expect(cases.map(({ name }) => name)).toEqual(record.items.map(({ id, text }) => `${id} ${text}`))
  })

  it('names the run in each suite, and the feature file of each case', () => {
    const { properties } = readJunit(record, runs)
    expect(properties).toHaveLength(suites.length)
    for (const one of properties)
      expect(one).toEqual({
        verdict: record.verdict,
        commit: record.suite.commit ?? 'unknown',
        contract: record.scope.contract,
        environment: `${record.platform.context}/${record.platform.namespace}`,
      })
    expect(cases.map(({ file }) => file)).toEqual(record.items.map(({ scenarios }) => scenarios[0]?.uri ?? null))
  })

  it('counts its test cases', () => {
    const count = (outcome: string) => String(cases.filter((one) => one.outcome === outcome).length)
    expect(totals).toMatchObject({ tests: '32', failures: count('failure'), errors: count('error') })
    expect([count('failure'), count('error'), count('skipped'), count('passed')]).toEqual(['4', '6', '6', '16'])
    expect(suites[0]).toMatchObject({ tests: '5', failures: '0', errors: '1', skipped: '2' })
  })

  it('names the waiver, the cause and the remedy', () => {
    const xml = renderJunit(record, runs)
    expect(xml).toContain('Waived by Priya Natarajan until 2026-12-15: The third node arrives with the December order')
    expect(xml).toContain('Cause: The lake keeps restarting')
    expect(xml).toContain('Remedy: kubectl --context fawkes-dev -n fawkes logs devlake-lake-0 --previous')
  })

  it('stays well formed, whatever text comes from a cluster', () => {
    const text =
      'bell \u0007, null \u0000, escape \u001b[31m, lone \ud800, not a character \uffff, rocket 🚀, ]]> & &nbsp; &#7; <b>"\''
    const [only] = readJunit(
      verdict({ verdict: 'rejected', items: [item({ status: 'failed', text, reason: text })] }),
      [],
    ).cases
    const readable =
      'bell \\u0007, null \\u0000, escape \\u001b[31m, lone \ufffd, not a character \\uffff, rocket 🚀, ]]> & &nbsp; &#7; <b>"\''
    expect(only).toMatchObject({ name: `3.1 ${readable}`, message: `failed: ${readable}` })
  })

  it('preserves any text that a reader can see', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const name = `x${text}x`
        const [only] = readJunit(verdict({ items: [item({ text: name })] }), []).cases
        return only?.name === `3.1 ${visible(name)}`
      }),
    )
  })
})
