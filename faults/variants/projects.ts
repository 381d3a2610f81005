/** Variants of the settings of projects: sections 18 and 21 of the checklist. */
import type { Variant } from './variant'

/** Sets a value in the settings of the project payments. @param path and values in the notation of JSON in MariaDB */
const settingOfPayments = (id: string, title: string, path: string, changed: string, before: string): Variant => {
  const set = (value: string) =>
    `UPDATE project_metric_settings SET plugin_option = JSON_SET(plugin_option, '$.${path}', ${value})
     WHERE project_name = 'payments' AND plugin_name = 'dora'`
  return {
    ...{ id, title, changes: ['settings of payments'], pages: true },
    apply: async (doors) => {
      await doors.sql(set(changed))
      return () => doors.sql(set(before))
    },
  }
}

const severities = (...counted: readonly string[]) => `JSON_ARRAY(${counted.map((one) => `'${one}'`).join(', ')})`

export const projectVariants: readonly Variant[] = [
  settingOfPayments(
    'project-of-another-environment',
    'The settings of a project count the deployments to staging',
    'deployment_frequency.environment',
    "'staging'",
    "'production'",
  ),
  settingOfPayments(
    'project-of-a-longer-window',
    'The settings of a project count its failures over 45 days',
    'cfr.window_days',
    '45',
    '30',
  ),
  settingOfPayments(
    'project-of-critical-incidents',
    'The settings of a project count critical incidents only',
    'mttr.severities',
    severities('critical'),
    severities('critical', 'high', 'medium', 'low'),
  ),
]
