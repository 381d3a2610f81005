/** Section 18: checks that the projects have settings, and that the service applies them. */
import { type CommandLine, command } from '../basis/command'
import { applicable, type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import type { StagesAnswer } from '../contracts/dora'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { jsonOf } from '../platform/rest'
import { apiToken, expectStatus } from '../service/api'
import { showProjects } from '../service/commands'
import { settingsOfProjects, showSettings } from '../service/metric-settings'
import { projectsOfPlatform } from '../service/projects'

/** 18.1: checks that each project has its own row of settings. @returns how many projects were checked */
export async function expectSettingsStored(platform: Platform): Promise<number> {
  const projects = await projectsOfPlatform(platform)
  expectData(projects, 'project', 'REST API', [await showProjects(platform)])
  const settings = await settingsOfProjects(platform)
  const { plugin } = platform.contract.dora.settings
  expectNone(
    projects
      .filter((project) => !settings.has(project))
      .map(
        (project): Circumstances => ({
          summary: `The project ${project} has no settings of its own.`,
          object: `settings of ${project}`,
          expected: `an enabled row for ${plugin} in project_metric_settings`,
          found: 'no such row',
          remedy: [showSettings(platform, project)],
        }),
      ),
  )
  return projects.length
}

/** 18.3: checks that the lead time of each project is broken down by the stages in its settings. @returns how many were compared */
export async function expectStages(platform: Platform): Promise<number> {
  const { rest, contract } = platform
  const { saysNoData } = contract.dora
  const stages = applicable(contract.dora.stages)
  const token = await apiToken(platform)
  const settings = await settingsOfProjects(platform)
  const compared: string[] = []
  const unmet: Circumstances[] = []
  for (const project of await projectsOfPlatform(platform)) {
    const answer = await rest.get(stages.path(project), token)
    if (answer.status === 404 && saysNoData(answer.status, jsonOf(answer))) continue
    expectStatus(answer, 200)
    const expected = (settings.get(project) ?? contract.dora.settings.defaults).leadTimeStages
    const remedy = [command`curl -s -H 'Authorization: Bearer …' '${answer.url}'`]
    const found = stages.answer.safeParse(jsonOf(answer))
    compared.push(project)
    if (found.success && sameNames(namesOf(found.data), expected)) {
      unmet.push(...durationProblems(platform, project, found.data, remedy))
      continue
    }
    unmet.push({
      summary: `The lead time of ${project} is not broken down by the stages in its settings.`,
      object: `settings of ${project}`,
      expected: expected.join(', '),
      found: found.success ? namesOf(found.data).join(', ') || 'no stages' : 'no list of stages',
      remedy,
    })
  }
  expectData(compared, 'project with a lead time', 'REST API', [await showProjects(platform)])
  expectNone(unmet)
  return compared.length
}

const namesOf = ({ stages }: StagesAnswer) => stages.map(({ name }) => name)

/** All documented stages together are the lead time; each is rounded on its own. */
function durationProblems(
  { contract }: Platform,
  project: string,
  { leadTime, stages }: StagesAnswer,
  remedy: readonly CommandLine[],
): Circumstances[] {
  const { precision, settings } = contract.dora
  const found = stages.map(({ name, duration, unit }) => `${name}: ${duration ?? 'none'} ${unit}`).join(', ')
  const problem = (summary: string, expected: string): Circumstances[] => [
    { summary, object: `lead time stages of ${project}`, expected, found, remedy },
  ]
  if (stages.some(({ unit, duration }) => unit !== 'minutes' || (duration ?? 0) < 0))
    return problem(`The stages of the lead time of ${project} are not durations in minutes.`, 'durations in minutes')
  const durations = stages.flatMap(({ duration }) => (duration === null ? [] : [duration]))
  const isWhole = sameNames(
    stages.map(({ name }) => name),
    settings.defaults.leadTimeStages,
  )
  if (leadTime === null || !isWhole || durations.length < stages.length) return []
  const sum = durations.reduce((total, duration) => total + duration, 0)
  if (Math.abs(sum - leadTime) <= (precision.minutes / 2) * (stages.length + 1) + 1e-9 * sum) return []
  return problem(
    `The stages of the lead time of ${project} add up to ${Number(sum.toFixed(1))} min instead of ${leadTime} min.`,
    `durations that add up to the lead time, ${leadTime} min`,
  )
}

/** 18.3: checks that at least one project has the stages that the checklist names. The others may configure different stages. */
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
    found:
      [...settings].map(([project, { leadTimeStages }]) => `${project}: ${leadTimeStages.join(', ')}`).join('; ') ||
      'no settings',
    remedy: [inMySql(platform, 'SELECT * FROM project_metric_settings')],
  })
}

const sameNames = (one: readonly string[], other: readonly string[]) =>
  one.map((name) => name.toLowerCase()).join('\n') === other.map((name) => name.toLowerCase()).join('\n')
