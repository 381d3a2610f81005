/** The projects that are compared together, by the options of the project variable. */
import { describe, expect, it } from 'vitest'
import { chosenTogether } from '../../../../support/checks/dashboards/chosen-together'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { platformOfVariables, projectVariable } from '../../../fixtures/platform-of-variables'

/** A platform whose dashboards have a project variable each, by their uids; the others have one that takes a single project. */
const platformWith = (byUid: Readonly<Record<string, object>>, rows: readonly string[] = ['b', 'a', 'c']) =>
  platformOfVariables((uid) => ({ ...projectVariable, ...byUid[uid] }), rows)

const chosen = async (...given: Parameters<typeof platformWith>) => {
  const { choices, notCompared } = await chosenTogether(platformWith(...given), ['a', 'b'], fawkes.dashboards.all)
  return {
    choices: choices.map(({ dashboards, ...one }) => ({ ...one, dashboards: dashboards.map(({ uid }) => uid) })),
    notCompared,
  }
}

describe('the projects that a reader can choose together', () => {
  it('are none where the variable takes a single project', async () => {
    expect(await chosen({})).toEqual({ choices: [], notCompared: [] })
  })

  it('are all of them, on all dashboards that offer "All"', async () => {
    const { choices } = await chosen({ mttr: { includeAll: true }, 'dora-overview': { includeAll: true, multi: true } })
    expect(choices).toEqual([
      {
        owner: 'all 3 projects together',
        ...{ values: ['$__all'], projects: ['a', 'b', 'c'], dashboards: ['dora-overview', 'mttr'] },
      },
    ])
  })

  it('are two where the variable takes several, but has no "All"', async () => {
    const { choices } = await chosen({ mttr: { multi: true } })
    expect(choices).toEqual([{ owner: 'a and b', values: ['a', 'b'], projects: ['a', 'b'], dashboards: ['mttr'] }])
  })

  it('are not compared where they depend on other variables, or are too many', async () => {
    const dependent = { mttr: { includeAll: true, query: "SELECT name FROM projects WHERE team = '$team'" } }
    expect((await chosen(dependent)).notCompared).toEqual([
      'all projects on Mean Time to Restore, because its options depend on other variables',
    ])
    const many = Array.from({ length: 501 }, (_, index) => `project ${index}`)
    const { choices, notCompared } = await chosen({ mttr: { includeAll: true } }, many)
    expect(choices).toEqual([])
    expect(notCompared[0]).toContain('501 projects are too many')
  })
})
