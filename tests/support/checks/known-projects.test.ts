/** The lists of projects are compared with the settings and the recent deployments in the database. */
import { expect, it } from 'vitest'
import { command } from '../../../support/basis/command'
import { expectListed } from '../../../support/checks/known-projects'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import type { Platform } from '../../../support/platform/platform'

/**
 * A service that lists one project.
 * @param deployed the projects with recent deployments
 * @param old those with deployments 31 to 90 days ago only
 * @param known the projects whose numbers the service reports
 */
function platformWith(
  settings: readonly string[],
  deployed: readonly string[],
  old: readonly string[],
  known: readonly string[],
): Platform {
  const secret = new Map([
    ['token', 'of the API'],
    ['mysql-password', 'of the database'],
  ])
  const body = JSON.stringify([{ name: 'checkout' }])
  return {
    contract: fawkes,
    configuration: configurationSchema(fawkes.names).parse({ testApplication: { name: 'trial', project: 'payments' } }),
    registerSecrets: async () => {},
    kubernetes: { namespace: 'fawkes', now: new Date('2026-03-08T12:00:00Z'), secret: async () => secret },
    rest: {
      commandFor: async (path: string) => command`curl -s ${path}`,
      get: async (url: string) => {
        const isKnown = !url.includes('/dora/') || known.some((name) => url.includes(`project=${name}&`))
        return { url: `http://lake${url}`, status: isKnown ? 200 : 404, headers: {}, body }
      },
    },
    database: {
      rows: async (_user: unknown, _row: unknown, statement: string, [start = '']: readonly string[]) =>
        statement.includes('project_metric_settings')
          ? settings.map((project) => ({ project, option: '{}', enabled: 1 }))
          : [...deployed, ...(start.startsWith('2025-12') ? old : [])].map((project) => ({ project, deployments: 1 })),
    },
  } as unknown as Platform
}
const summary = (
  settings: readonly string[],
  deployed: readonly string[],
  old: readonly string[] = [],
  known: readonly string[] = [],
) => expectListed(platformWith(settings, deployed, old, known), 'REST').then(String, (error) => error.finding.summary)

it('a complete list has every project with settings or recent deployments', async () => {
  expect(await summary(['checkout'], ['checkout'])).toBe('1 projects')
  expect(await summary([], ['checkout', 'dora-acceptance-of-another-run'])).toBe('1 projects')
})

it('a list lacks a project with settings, or with recent deployments only', async () => {
  expect(await summary(['legacy'], [])).toBe('REST does not list the project legacy, which has settings.')
  expect(await summary(['checkout'], ['ghost'])).toBe(
    'REST does not list the project ghost, which has deployments in the last 30 days.',
  )
})

it('a list lacks the project of the test Application, which may be one like any other', async () => {
  expect(await summary(['payments'], [])).toBe('REST does not list the project payments, which has settings.')
})

it('a list lacks a project with older deployments only, if the service still reports its numbers', async () => {
  expect(await summary(['checkout'], [], ['quiet'], ['quiet'])).toBe(
    'REST does not list the project quiet, which has deployments in the last 90 days.',
  )
  expect(await summary(['checkout'], [], ['quiet'])).toBe(
    '1 projects; not judged, because they may have been deleted: 1 with older deployments only, such as quiet',
  )
  expect(await summary(['checkout'], [], ['checkout'])).toBe('1 projects')
})
