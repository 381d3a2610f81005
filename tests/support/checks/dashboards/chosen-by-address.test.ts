/** The address of a dashboard makes the choices that are compared. */
import { expect, it } from 'vitest'
import { expectChosenByAddress } from '../../../../support/checks/dashboards/views'
import { fawkesDashboards } from '../../../../support/flavours/fawkes/dashboards'
import { platformOfVariables } from '../../../fixtures/platform-of-variables'

const [names] = fawkesDashboards.all

function chosen(variable: string, team?: string): Promise<void> {
  const platform = platformOfVariables(() => ({ name: variable, type: 'query', skipUrlSync: true }), [])
  if (!names) throw new Error('There is no dashboard.')
  return expectChosenByAddress(platform, names, { project: 'checkout', ...(team !== undefined && { team }) })
}

it('a project that the address does not choose blocks the comparison, and so does a chosen team', async () => {
  await expect(chosen('project')).rejects.toThrow(/does not choose its project, so it cannot be compared/)
  await expect(chosen('team', 'payments')).rejects.toThrow(/does not choose its team/)
})

it('other variables, and the team of all teams, need no address', async () => {
  await chosen('interval')
  await chosen('team')
})
