/** Sections 7 to 9: the lists of projects are compared with the database, because two lists may lack the same project. */
import { isAbsent } from '../basis/capability'
import { command, comment, expositionText, sqlText } from '../basis/command'
import { applicable, type Circumstances, expectData, expectNone } from '../basis/expectation'
import { day } from '../dora/definitions'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { apiToken } from '../service/api'
import { showDeployments } from '../service/commands'
import { deploymentsByProject } from '../service/counted-deployments'
import { expectExposition } from '../service/exposition'
import { settingsOfProjects } from '../service/metric-settings'
import { expectProjects, isOfPlatform } from '../service/projects'
import { expectGraphQLProjects } from './graphql'

export type ProjectList = 'REST' | 'GraphQL'

/** The days over which a deployment says that its project exists, whatever the service says about it. */
const recent = 30

/** The days of the longest range that every surface answers. */
const longest = 90

/** Projects of which only the service can say whether they still exist: those asked about, and the most of them. */
const mostAsked = 20

const inDays = (days: number) => `deployments in the last ${days} days`

/** The projects in the database, each with the reason why it must be listed: its settings, or its newest deployments. */
async function storedProjects(platform: Platform): Promise<Map<string, string>> {
  const now = platform.kubernetes.now.getTime()
  const deployed = async (days: number) =>
    (await deploymentsByProject(platform, { start: now - days * day, end: now + day })).map(
      ({ project }) => [project, inDays(days)] as const,
    )
  return new Map([
    ...(await deployed(longest)),
    ...(await deployed(recent)),
    ...[...(await settingsOfProjects(platform)).keys()].map((project) => [project, 'settings'] as const),
  ])
}

/**
 * True if the service reports numbers of a project. One without settings and recent deployments may have been deleted, and only its
 * rows be left: then the service does not know it.
 */
async function isKnown(platform: Platform, project: string): Promise<boolean> {
  const { rest } = platform.contract.dora
  if (isAbsent(rest)) return false
  return (await platform.rest.get(rest.overview.path(project, 'last90days'), await apiToken(platform))).status === 200
}

/**
 * Checks that a list contains every project with settings or recent deployments, and every other one with deployments in the longest
 * range that the service still reports numbers of. Returns a description of what was compared.
 */
export async function expectListed(platform: Platform, list: ProjectList): Promise<string> {
  const listed = new Set(await (list === 'REST' ? expectProjects(platform) : expectGraphQLProjects(platform)))
  const stored = [...(await storedProjects(platform))].filter(([name]) => isOfPlatform(name))
  expectData(stored, 'project with settings or recent deployments', 'project_metric_settings', [
    inMySql(platform, 'SELECT * FROM project_metric_settings'),
  ])
  const missing = stored.filter(([name]) => !listed.has(name))
  const unlisted = missing.filter(([, has]) => has !== inDays(longest))
  const old = missing.filter(([, has]) => has === inDays(longest))
  const asked = old.slice(0, mostAsked)
  for (const one of asked) if (await isKnown(platform, one[0])) unlisted.push(one)
  expectNone(unlisted.map(([name, has]) => notListed(platform, list, name, has, [...listed])))
  const left = old.length === 0 ? '' : `; not judged, because they may have been deleted: ${namesOf(old)}`
  return `${stored.length - old.length} projects${left}`
}

const namesOf = (projects: readonly (readonly [string, string])[]) =>
  `${projects.length} with older deployments only, such as ${projects[0]?.[0]}`

function notListed(
  platform: Platform,
  list: ProjectList,
  name: string,
  has: string,
  listed: readonly string[],
): Circumstances {
  return {
    summary: `${list} does not list the project ${name}, which has ${has}.`,
    object: `project ${name}`,
    expected: 'a list of all projects',
    found: listed.join(', ') || 'no project',
    remedy: [
      has === 'settings'
        ? inMySql(platform, `SELECT * FROM project_metric_settings WHERE project_name = ${sqlText(name)}`)
        : showDeployments(platform, name),
      comment`if the project was renamed or deleted: rename or delete its ${has === 'settings' ? 'settings' : 'deployments'} too`,
    ],
  }
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
