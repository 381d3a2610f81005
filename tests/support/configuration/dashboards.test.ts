import { describe, expect, it } from 'vitest'
import { namedDashboards } from '../../../support/configuration/dashboards'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'

const schema = configurationSchema(fawkes.names)
const named = (grafana: object) =>
  namedDashboards(fawkes.dashboards, schema.parse({ grafana }).grafana, 'acceptance.yaml')

describe('the dashboards', () => {
  it('are those of the contract without a configuration', () => {
    expect(named({})).toEqual(fawkes.dashboards)
  })

  it('have the folder, the uid and the title of the configuration', () => {
    const { folder, all } = named({
      folder: 'Engineering',
      dashboards: { 'Deployment Frequency': { uid: 'eng-1' }, 'Mean Time to Restore': { title: 'MTTR' } },
    })
    expect(folder).toBe('Engineering')
    expect(all.find(({ title }) => title === 'Deployment Frequency')).toMatchObject({ uid: 'eng-1' })
    expect(all.find(({ title }) => title === 'Mean Time to Restore')).toMatchObject({ uid: null, installedAs: 'MTTR' })
    expect(all.find(({ title }) => title === 'Lead Time for Changes')).toMatchObject({ uid: 'lead-time-for-changes' })
  })

  it('that the checklist does not have are refused', () => {
    expect(() => named({ dashboards: { Frequency: { uid: 'x' } } })).toThrow(
      'the checklist has no dashboard "Frequency"; expected one of "DORA Metrics Overview"',
    )
    expect(() => named({ dashboards: { 'Deployment Frequency': {} } })).toThrow('expected a uid or a title')
  })

  it.each([
    { 'Deployment Frequency': { uid: 'x' }, 'Lead Time for Changes': { uid: 'x' } },
    { 'Deployment Frequency': { uid: 'lead-time-for-changes' } },
    { 'Deployment Frequency': { title: 'DORA' }, 'Lead Time for Changes': { title: 'DORA' } },
  ])('are refused if one stands for two: %j', (dashboards) => {
    expect(() => named({ dashboards })).toThrow('are the same dashboard; each has one of its own')
  })
})
