/** Sections 7 to 9: the lists of projects are held against the stored settings, because two lists may lack the same project. */
import { command, comment, expositionText, sqlText } from '../basis/command'
import { applicable, type Circumstances, expectData, expectNone } from '../basis/expectation'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { expectExposition } from '../service/exposition'
import { settingsOfProjects } from '../service/metric-settings'
import { expectProjects, isOfPlatform } from '../service/projects'
import { expectGraphQLProjects } from './graphql'

export type ProjectList = 'REST' | 'GraphQL'

/** Checks that a list contains every project that has settings. Returns the number of projects with settings. */
export async function expectListed(platform: Platform, list: ProjectList): Promise<number> {
  const listed = new Set(await (list === 'REST' ? expectProjects(platform) : expectGraphQLProjects(platform)))
  const stored = [...(await settingsOfProjects(platform)).keys()].filter((name) => isOfPlatform(platform, name))
  expectData(stored, 'project with settings', 'project_metric_settings', [
    inMySql(platform, 'SELECT * FROM project_metric_settings'),
  ])
  expectNone(
    stored
      .filter((name) => !listed.has(name))
      .map(
        (name): Circumstances => ({
          summary: `${list} does not list the project ${name}, which has settings.`,
          object: `project ${name}`,
          expected: 'a list of all projects',
          found: [...listed].join(', ') || 'no project',
          remedy: [inMySql(platform, `SELECT * FROM project_metric_settings WHERE project_name = ${sqlText(name)}`)],
        }),
      ),
  )
  return stored.length
}

/** Checks that the metrics page has series only of projects that exist. Returns the number of projects with series. */
export async function expectOnlyProjectsExposed(platform: Platform): Promise<number> {
  const { path } = applicable(platform.contract.metrics)
  const names = new Set(platform.contract.dora.exposed.map(({ sample }) => sample))
  const families = await expectExposition(platform)
  const samples = [...families.values()].flatMap((family) => family.samples)
  const series = samples.flatMap(({ name, labels }) => (names.has(name) ? [labels.project ?? ''] : []))
  const exposed = [...new Set(series)].filter((name) => isOfPlatform(platform, name))
  const known = new Set([...(await expectProjects(platform)), ...(await settingsOfProjects(platform)).keys()])
  const { base } = await platform.routes.to('lake')
  expectData(exposed, 'project with series', path, [command`curl -s ${`${base}${path}`}`])
  expectNone(
    exposed
      .filter((name) => !known.has(name))
      .map(
        (name): Circumstances => ({
          summary: `${path} has series of ${name}, which is not a project.`,
          object: `series of ${name}`,
          expected: `series of ${[...known].join(', ')}`,
          found: `series with the label project=${JSON.stringify(name)}`,
          remedy: [
            command`curl -s ${`${base}${path}`} | grep ${`project=${expositionText(name)}`}`,
            comment`if the project was deleted: restart the service, so that it exposes only the projects that it has`,
          ],
        }),
      ),
  )
  return exposed.length
}
