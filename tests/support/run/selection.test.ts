/** Without paths and names, the suite selects by tags itself: it must select what Cucumber runs. */
import { loadConfiguration, loadSources } from '@cucumber/cucumber/api'
import { describe, expect, it } from 'vitest'
import { checkout } from '../../../support/basis/checkout'
import { allScenarios } from '../../../support/run/own-checks'
import { selectedBy, selectedOf } from '../../../support/run/selection'

const required = allScenarios(undefined)
const sourcesWith = async (provided: Parameters<typeof loadConfiguration>[0] & object) =>
  (await loadConfiguration(provided, { cwd: checkout })).runConfiguration.sources

describe('the selection', () => {
  it.each([
    '',
    '@section:3',
    '@checklist:3.1 or @checklist:10.4',
    'not @writes',
    '(@section:0 or @section:1) and not @writes',
  ])('by the tags "%s" is that of Cucumber', async (tags) => {
    const sources = await sourcesWith({ provided: tags === '' ? {} : { tags } })
    const { plan } = await loadSources(sources, { cwd: checkout })
    const selected = await selectedBy(sources, required)
    expect(selected.length).toBeGreaterThan(0)
    expect(selected).toEqual(selectedOf(plan, required))
  })

  it('by a path with a line, or by a name, is that of Cucumber', async () => {
    const [{ uri, line, name } = { uri: '', line: 0, name: '' }] = required
    for (const provided of [{ paths: [`${uri}:${line}`] }, { paths: [uri], name: [name] }])
      expect((await selectedBy(await sourcesWith({ provided }), required)).map((one) => one.name)).toContain(name)
  })
})
