/** Section 18: the settings of the projects, and that the service goes by them. */
import { z } from 'zod'
import { isAbsent } from '../basis/capability'
import { applicable, type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import type { MetricSettings } from '../contracts/dora'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { credentialsOf } from './database'
import { apiToken, expectStatus, projectsOfPlatform } from './rest'

const row = z.looseObject({
  project: z.string(),
  option: z.string().nullable(),
  enabled: z.coerce.number(),
})

/** The settings in force, by project; a project without a row, or with one that is switched off, has the defaults. */
export async function settingsOfProjects(platform: Platform): Promise<ReadonlyMap<string, MetricSettings>> {
  const { plugin, option, defaults } = platform.contract.dora.settings
  const rows = await platform.database.rows(
    await credentialsOf(platform, 'service'),
    row,
    `SELECT project_name AS project, CAST(plugin_option AS CHAR) AS \`option\`, enable AS enabled
     FROM \`${platform.configuration.database.name}\`.project_metric_settings WHERE plugin_name = ?`,
    [plugin],
  )
  const inForce = rows.filter(({ enabled }) => enabled !== 0)
  return new Map(
    inForce.map(({ project, option: text }) => {
      if (isAbsent(option)) return [project, defaults]
      const parsed = option.safeParse(optionOf(text))
      if (parsed.success) return [project, parsed.data]
      const [issue] = parsed.error.issues
      throw new Unmet({
        summary: `The settings of ${project} cannot be read: ${issue?.path.join('.') || 'the option'} is wrong.`,
        object: `settings of ${project}`,
        expected: issue?.message ?? 'settings as JSON',
        found: text ?? 'nothing',
        remedy: [inMySql(project, plugin)],
      })
    }),
  )
}

function optionOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '{}')
  } catch {
    return null
  }
}

const inMySql = (project: string, plugin: string) =>
  `# in MySQL: SELECT plugin_option FROM project_metric_settings WHERE project_name = '${project}' AND plugin_name = '${plugin}'`

/** 18.1: each project has a row of its own. Returns how many were looked at. */
export async function expectSettingsStored(platform: Platform): Promise<number> {
  const projects = await projectsOfPlatform(platform)
  expectData(projects, 'project', 'REST API', [])
  const settings = await settingsOfProjects(platform)
  const { plugin } = platform.contract.dora.settings
  expectNone(
    projects
      .filter((project) => !settings.has(project))
      .map(
        (project): Circumstances => ({
          summary: `The project ${project} has no settings of its own.`,
          object: `settings of ${project}`,
          expected: `a row for ${plugin} in project_metric_settings that is switched on`,
          found: 'none',
          remedy: [inMySql(project, plugin)],
        }),
      ),
  )
  return projects.length
}

/** 18.3: the stages of the lead time that a project is shown are those of its settings. Returns how many were compared. */
export async function expectStages(platform: Platform): Promise<number> {
  const { rest, contract } = platform
  const { saysNoData } = contract.dora
  const stages = applicable(contract.dora.stages)
  const token = await apiToken(platform)
  const settings = await settingsOfProjects(platform)
  const shown: string[] = []
  const unmet: Circumstances[] = []
  for (const project of await projectsOfPlatform(platform)) {
    const answer = await rest.get(stages.path(project), token)
    if (answer.status === 404 && saysNoData(answer.status, jsonOf(answer))) continue
    expectStatus(answer, 200)
    const expected = (settings.get(project) ?? contract.dora.settings.defaults).leadTimeStages
    const found = stages.answer.safeParse(jsonOf(answer))
    shown.push(project)
    if (found.success && sameNames(found.data, expected)) continue
    unmet.push({
      summary: `The lead time of ${project} is not shown by the stages of its settings.`,
      object: `settings of ${project}`,
      expected: expected.join(', '),
      found: found.success ? found.data.join(', ') || 'none' : 'no stages',
      remedy: [`curl -s -H 'Authorization: Bearer …' '${answer.url}'`],
    })
  }
  expectData(shown, 'project with a lead time', 'REST API')
  expectNone(unmet)
  return shown.length
}

/** 18.3: what the checklist names, unless a project's settings say otherwise: those count as they are stored. */
export async function expectDocumentedStages(platform: Platform): Promise<void> {
  const { defaults } = platform.contract.dora.settings
  const settings = await settingsOfProjects(platform)
  const documented = [...settings.values()].filter(({ leadTimeStages }) =>
    sameNames(leadTimeStages, defaults.leadTimeStages),
  )
  if (documented.length > 0) return
  throw new Unmet({
    summary: `No project has the stages ${defaults.leadTimeStages.join(', ')}.`,
    object: 'project_metric_settings',
    expected: defaults.leadTimeStages.join(', '),
    found: [...settings].map(([project, { leadTimeStages }]) => `${project}: ${leadTimeStages.join(', ')}`).join('; '),
  })
}

const sameNames = (one: readonly string[], other: readonly string[]) =>
  one.map((name) => name.toLowerCase()).join('\n') === other.map((name) => name.toLowerCase()).join('\n')
