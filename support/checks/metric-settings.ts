/** Section 18: checks that the projects have settings, and that the service applies them. */
import { type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import { inMySql } from '../platform/database-commands'
import type { Platform } from '../platform/platform'
import { showProjects } from '../service/commands'
import { settingsOfProjects, showSettings } from '../service/metric-settings'
import { projectsOfPlatform } from '../service/projects'
import { sameNames } from './lead-time-stages'

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
