/** What the variables of the dashboards offer: every project of the service, and the teams. */
import { describe, expect, it } from 'vitest'
import { expectEveryProjectOffered, surplusOptions } from '../../../../support/checks/dashboards/offered-projects'
import { passing } from '../../../../support/checks/dashboards/variable-values'
import { teamsOf } from '../../../../support/checks/dashboards/views'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { platformOfVariables, projectVariable } from '../../../fixtures/platform-of-variables'

const projects = ['checkout', 'payments', 'search']

const platformWith = (variable: object, rows: readonly string[] = projects, known = projects) =>
  platformOfVariables(() => variable, rows, known)

const query = projectVariable

describe('the projects to choose from', () => {
  it.each<[string, object, (readonly string[])?]>([
    ['its query', query, ['checkout', 'payments']],
    ['its filter', { ...query, regex: '/^(?:checkout|payments)$/' }],
    ['its fixed list', { ...query, type: 'custom', query: 'Shop : checkout, payments' }],
  ])('lack one that %s leaves out', async (_, variable, rows) => {
    await expect(expectEveryProjectOffered(platformWith(variable, rows))).rejects.toHaveProperty(
      'finding.summary',
      'The variable project of the dashboard DORA Metrics Overview does not offer search.',
    )
  })

  it('are all projects', async () => {
    expect(await expectEveryProjectOffered(platformWith(query))).toBe('3 projects on 5 of 5 dashboards')
  })

  it.each([
    ['$__all', {}],
    ['All', { includeAll: true }],
    ['%', { includeAll: true, allValue: '%' }],
  ])('cannot be shown alone if Grafana takes %s for all of them', async (name, variable) => {
    const known = [...projects, name]
    await expect(
      expectEveryProjectOffered(platformWith({ ...query, ...variable }, known, known)),
    ).rejects.toHaveProperty(
      'finding.summary',
      `The dashboards cannot show the project ${name} alone, because Grafana takes its name for the choice "All".`,
    )
  })

  it('include one with the name All where the variable has no such choice', async () => {
    const known = [...projects, 'All']
    expect(await expectEveryProjectOffered(platformWith(query, known, known))).toBe('4 projects on 5 of 5 dashboards')
  })

  it('cannot be shown alone if their name has a backslash, which ends up in SQL as it is', async () => {
    const known = [...projects, 'back\\slash']
    await expect(expectEveryProjectOffered(platformWith(query, known, known))).rejects.toMatchObject({
      finding: { object: 'project back\\slash', found: 'back\\slash' },
    })
  })

  it('are unknown if they depend on another variable', async () => {
    const dependent = { ...query, query: 'SELECT name FROM projects WHERE team IN ($team)' }
    await expect(expectEveryProjectOffered(platformWith(dependent))).rejects.toThrow('project variable')
  })
})

describe('the teams to choose from', () => {
  const [overview] = fawkes.dashboards.all
  const teamsWith = async (variable: object) =>
    overview && teamsOf(platformWith({ ...query, name: 'team', ...variable }, ['storefront', 'payments']), overview)

  it('are what the query of the variable yields, or its list', async () => {
    expect(await teamsWith({ query: 'SELECT DISTINCT team FROM projects' })).toEqual(['storefront', 'payments'])
    expect(await teamsWith({ type: 'custom', query: 'Shop : storefront, payments' })).toEqual([
      'storefront',
      'payments',
    ])
    const escaped = { type: 'custom', query: 'Shop\\, old : shop\\, old,payments , ', regex: '/^none$/' }
    expect(await teamsWith(escaped)).toEqual(['shop, old', 'payments', ''])
  })

  it('are the values of a list in JSON', async () => {
    const json = { type: 'custom', valuesFormat: 'json' }
    const query = '[{ "text": "Shop, old", "value": "shop", "owner": "jo" }, { "value": 7 }]'
    expect(await teamsWith({ ...json, query })).toEqual(['shop', '7'])
    expect(await teamsWith({ ...json, valuesFormat: 'csv', query: 'shop' })).toEqual(['shop'])
    await expect(teamsWith({ ...json, query: 'shop' })).rejects.toThrow('offers no teams')
  })

  it('are not known if they depend on another variable', async () => {
    expect(await teamsWith({ query: 'SELECT team FROM projects WHERE name IN ($project)' })).toBeNull()
  })

  it('are missing where a team is typed in', async () => {
    await expect(teamsWith({ type: 'textbox', query: '' })).rejects.toMatchObject({
      finding: { found: 'a variable of the type textbox' },
    })
  })
})

describe('the filter of a variable', () => {
  it('keeps what matches, and everything if it cuts the options or cannot be read', () => {
    expect(passing(projects, '/^PAY/i')).toEqual(['payments'])
    expect(passing(projects, '/^(?<text>.*)$/')).toEqual(projects)
    expect(passing(projects, '/[/')).toEqual(projects)
    expect(passing(projects, '')).toEqual(projects)
  })
})

describe('an option that is no project of the service', () => {
  it('is surplus, unless it stands for all projects', () => {
    expect(surplusOptions(['checkout', 'legacy-shop', 'payments'], ['checkout', 'payments'])).toEqual(['legacy-shop'])
    expect(surplusOptions(['All', '%', '.*', '', 'checkout'], ['checkout'])).toEqual([])
  })

  it('is not told from a key of a project where no option is a name', () => {
    expect(surplusOptions(['1', '2'], ['checkout', 'payments'])).toEqual([])
  })
})
