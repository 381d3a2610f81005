/** Errors that panels show, and the objects that they may follow from. */
import { describe, expect, it } from 'vitest'
import { command } from '../../../../support/basis/command'
import { behind } from '../../../../support/checks/dashboards/datasources'
import { panelError } from '../../../../support/checks/dashboards/panels'
import { configurationSchema } from '../../../../support/configuration/schema'
import { devlake } from '../../../../support/flavours/devlake/devlake'
import type { Platform } from '../../../../support/platform/platform'

const platformWith = (given: object) =>
  ({
    configuration: configurationSchema(devlake.names).parse(given),
    grafana: { dashboardCommand: async (uid: string) => command`curl -s ${uid}` },
    kubernetes: { of: () => ({ namespace: 'devlake' }) },
  }) as unknown as Platform

const platform = platformWith({})
const service = 'Service fawkes/devlake-mysql'

describe('An error of a query', () => {
  it.each([
    'dial tcp 10.0.0.9:3306: connect: connection refused',
    'failed to connect to server - please inspect Grafana server log for details',
    'Network error: Failed to connect to the server. Error message: connect: connection refused',
    'invalid connection',
  ])('may follow from the database, whatever its address in the data source: %s', (message) => {
    expect(behind(platform, [message])).toEqual({ reliesOn: [service] })
  })

  it('may also follow from its connections if it says that the time ran out', () => {
    expect(behind(platform, ['i/o timeout']).reliesOn).toEqual([service, `connections of grafana to ${service}`])
  })

  it('may follow from a database outside the cluster', () => {
    const outside = platformWith({ database: { host: 'db.example.org' } })
    expect(behind(outside, ['i/o timeout']).reliesOn).toContain('MySQL at db.example.org:3306')
  })

  it.each([
    "Error 1045 (28000): Access denied for user 'merico'@'10.0.0.7' (using password: YES)",
    "Error 1054 (42S22): Unknown column 'a' in 'field list'",
    'Database error: Failed to connect to the MySQL server. MySQL error number: 1045',
  ])('is a cause of its own if MySQL sent it: %s', (message) => {
    expect(behind(platform, [message])).toEqual({})
  })
})

it('A panel with an error names the error, and not a different number', async () => {
  const names = { ...devlake.dashboards.all[0], title: 'DORA' } as (typeof devlake.dashboards.all)[number]
  const found = await panelError(platform, names, {
    title: 'Deployments',
    errors: ['bad connection', 'bad connection'],
  })
  expect(found).toMatchObject({ object: 'panel DORA / Deployments', found: 'bad connection', reliesOn: [service] })
})
