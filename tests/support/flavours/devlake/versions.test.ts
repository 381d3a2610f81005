/** The versions of stock DevLake: which rules a lake is judged by, and the sentence for a version that the suite does not know. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportPanels } from '../../../../support/flavours/devlake/reporting'
import { versionOf } from '../../../../support/flavours/devlake/versions'
import { at, deployment, lakeOf } from '../../../fixtures/devlake/lake'

describe('a known version', () => {
  it.each([
    ['v1.0.1@e061ef2', { name: 'v1.0.1', onlyBegunMonths: true, takesPullRequests: false }],
    ['v1.0.2@41c047d', { name: 'v1.0.2', onlyBegunMonths: false, takesPullRequests: false }],
    // Recorded from a lake built from the main branch of May 2026.
    [
      'v1.0.3-beta12-10-g420e494b4@420e494b4',
      { name: 'v1.0.3-beta12', onlyBegunMonths: false, takesPullRequests: true },
    ],
    ['v1.0.3-beta7', { name: 'v1.0.3-beta12', takesPullRequests: true }],
    ['v1.0.3@adaa008', { name: 'v1.0.3-beta12', takesPullRequests: true }],
  ])('%s is judged by its own rules', (text, rules) => {
    expect(versionOf(text)).toMatchObject({ ...rules, unknown: null })
  })
})

describe('an unknown version', () => {
  it.each([
    ['v0.21.0@1234567', 'v1.0.1'],
    ['v1.0.0', 'v1.0.1'],
    ['v1.0.2-beta4@abcdef0', 'v1.0.1'],
    // Its webhooks do not take pull requests yet.
    ['v1.0.3-beta6@abcdef0', 'v1.0.2'],
    ['v1.0.4-alpha@7e7baa2', 'v1.0.3-beta12'],
    ['v2.0.0', 'v1.0.3-beta12'],
    ['dev', 'v1.0.3-beta12'],
    ['', 'v1.0.3-beta12'],
  ])('%j is judged as %s, and says so', (text, name) => {
    expect(versionOf(text)).toMatchObject({
      name,
      unknown: `The version "${text}" of DevLake is unknown to the suite, which judges it as ${name}.`,
    })
  })

  it('is judged by the rules of some version, whatever the lake answers', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(versionOf(text).name).toMatch(/^v1\.0\./)
      }),
    )
  })
})

describe('the panels by month', () => {
  const lake = lakeOf(['shop'], deployment('d1', '2026-10-20T09:00:00Z'), deployment('d2', '2026-11-10T09:00:00Z'))
  const window = { start: at('2026-10-15T00:00:00Z'), end: at('2026-11-20T00:00:00Z') }
  const barsBy = (version: string) =>
    reportPanels({ ...lake, ...versionOf(version) }, 'shop', window).find(({ id }) => id === 2)?.rows

  it('have no bar in v1.0.1 for the month that the range begins in the middle of', () => {
    expect(barsBy('v1.0.1')).toEqual([['26/11', 1]])
    expect(barsBy('v1.0.2')).toEqual([
      ['26/10', 1],
      ['26/11', 1],
    ])
  })
})
