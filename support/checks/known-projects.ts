/** Sections 7 to 9: the lists of projects are compared with the database, because two lists may lack the same project. */
import { command, comment, expositionText, sqlText } from '../basis/command'
import { applicable, type Circumstances, expectData, expectNone } from '../basis/expectation'
import { day } from '../dora/definitions'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { showDeployments } from '../service/commands'
import { deploymentsByProject } from '../service/counted-deployments'
import { expectExposition } from '../service/exposition'
import { settingsOfProjects } from '../service/metric-settings'
import { expectProjects, isOfPlatform } from '../service/projects'
import { expectGraphQLProjects } from './graphql'

export type ProjectList = 'REST' | 'GraphQL'

/** What the database has about each project: its settings, and its deployments of the last 30 days. */
async function storedProjects(platform: Platform): Promise<Map<string, string>> {
  const now = platform.kubernetes.now.getTime()
  const rows = await deploymentsByProject(platform, { start: now - 30 * day, end: now + day })
  return new Map([
    ...rows.map(({ project }) => [project, 'recent deployments'] as const),
    ...[...(await settingsOfProjects(platform)).keys()].map((project) => [project, 'settings'] as const),
  ])
}

/** Checks that a list contains every project with settings or recent deployments. Returns the number of these projects. */
export async function expectListed(platform: Platform, list: ProjectList): Promise<number> {
  const listed = new Set(await (list === 'REST' ? expectProjects(platform) : expectGraphQLProjects(platform)))
  const stored = [...(await storedProjects(platform))].filter(([name]) => isOfPlatform(name))
  expectData(stored, 'project with settings or recent deployments', 'project_metric_settings', [
    inMySql(platform, 'SELECT * FROM project_metric_settings'),
  ])
  expectNone(
    stored
      .filter(([name]) => !listed.has(name))
      .map(
        ([name, has]): Circumstances => ({
          summary: `${list} does not list the project ${name}, which has ${has}.`,
          object: `project ${name}`,
          expected: 'a list of all projects',
          found: [...listed].join(', ') || 'no project',
          remedy: [
            has === 'settings'
              ? inMySql(platform, `SELECT * FROM project_metric_settings WHERE project_name = ${sqlText(name)}`)
              : showDeployments(platform, name),
            ...(has === 'settings' ? [] : [comment`if the project was deleted: delete its deployments too`]),
          ],
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
  const exposed = [...new Set(series)].filter(isOfPlatform)
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
