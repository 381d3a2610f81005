/** Faults of the project settings, and of a test deployment on its way into the service: sections 18 and 19. */
import type { Doors } from '../doors/doors'
import { answering, edited, heldDeletion, inService, lake, replacing } from './breaking'
import type { Fault } from './fault'

/** Changes the stored settings of projects. Both arguments are what follows UPDATE … SET. */
const stored = (broken: string, healed: string) => async (doors: Doors) => {
  await doors.sql(`UPDATE project_metric_settings SET ${broken}`)
  return () => doors.sql(`UPDATE project_metric_settings SET ${healed}`)
}

/** Makes a request without a time range return the values of 30 days, whatever window the settings define. */
const windowOfThirtyDays = (metric: string) => async (doors: Doors) =>
  doors.interfere(
    ...(await Promise.all(
      ['catalog', 'checkout', 'payments'].map(async (project) => {
        const path = `/api/dora/${metric}?project=${project}`
        return {
          process: 'lake' as const,
          path: `^/api/dora/${metric}\\?project=${project}$`,
          how: answering(200, JSON.stringify(await doors.service('GET', `${path}&timeRange=last30days`))),
        }
      }),
    )),
  )

const trigger = 'acceptance_fault'

/** Makes the service store deployments of the test application with a wrong value in one column. */
const storing = (column: string, value: string) => async (doors: Doors) => {
  await doors.sql(
    `CREATE TRIGGER ${trigger} BEFORE INSERT ON deployments FOR EACH ROW
     SET NEW.${column} = IF(NEW.cicd_scope_id = 'devlake-test-app', '${value}', NEW.${column})`,
  )
  return () => doors.sql(`DROP TRIGGER ${trigger}`)
}

/** A panel by day that shows only the deployments for which an SQL condition holds. */
const daysShown = (id: string, title: string, condition: string): Fault => ({
  id,
  title,
  expects: { failed: ['19.5'], blocked: [] },
  stories: true,
  pages: true,
  cause: { object: 'panel DORA Metrics Overview / Deployments per Day', summary: 'for the deployments of' },
  apply: edited(
    'dora-overview',
    'FROM counted WHERE succeeded\\nGROUP BY 1',
    `FROM counted WHERE succeeded AND ${condition}\\nGROUP BY 1`,
  ),
})

export const settingsFaults: readonly Fault[] = [
  {
    id: 'settings-switched-off',
    title: 'The settings of a project are disabled',
    expects: { failed: ['18.1'], blocked: ['18.2', '18.3', '18.4', '18.5'] },
    cause: { object: 'settings of catalog', summary: 'The project catalog has no settings of its own' },
    apply: stored("enable = 0 WHERE project_name = 'catalog'", "enable = 1 WHERE project_name = 'catalog'"),
  },
  {
    id: 'settings-invalid',
    title: 'The settings of a project name a window of a negative number of days',
    expects: {
      failed: ['7.3', '8.2', '9.2', '18.1', '21.3', '21.4', '21.5', '21.6'],
      blocked: ['18.2', '18.3', '18.4', '18.5'],
    },
    cause: { object: 'settings of catalog', summary: 'are invalid: cfr.window_days is wrong' },
    apply: stored(
      `plugin_option = REPLACE(plugin_option, '"cfr":{"window_days":', '"cfr":{"window_days":-') WHERE project_name = 'catalog'`,
      `plugin_option = REPLACE(plugin_option, '"cfr":{"window_days":-', '"cfr":{"window_days":') WHERE project_name = 'catalog'`,
    ),
  },
  {
    id: 'settings-undocumented',
    title: 'The stages of every project have the names that another tool uses',
    expects: { failed: ['18.3'], blocked: [] },
    cause: { object: 'project_metric_settings', summary: 'No project has the stages development, review, production' },
    apply: stored(
      "plugin_option = REPLACE(plugin_option, 'development', 'coding')",
      "plugin_option = REPLACE(plugin_option, 'coding', 'development')",
    ),
  },
  {
    id: 'stages-of-another-order',
    title: 'The service shows a different stage than the settings name',
    expects: { failed: ['18.3'], blocked: [] },
    cause: { object: 'settings of catalog', summary: 'is not broken down by the stages in its settings' },
    apply: lake('^/api/dora/lead-time\\?.*includeStages', replacing(['"name":"review"', '"name":"pickup"'])),
  },
  {
    id: 'failure-window-ignored',
    title: 'The change failure rate covers 30 days, whatever the settings say',
    expects: { failed: ['18.4'], blocked: [] },
    cause: { object: 'change failure rate of catalog', summary: 'is used instead of the one in the settings' },
    apply: windowOfThirtyDays('change-failure-rate'),
  },
  {
    id: 'test-application-deleted',
    title: 'The test Application was deleted',
    expects: { failed: ['19.1'], blocked: ['19.2', '19.3', '19.4', '19.5'] },
    stories: true,
    pages: true,
    cause: { object: 'Application fawkes/devlake-test-app', summary: 'does not exist' },
    apply: (doors) => doors.delete(inService('application', 'devlake-test-app')),
  },
  {
    id: 'test-application-being-deleted',
    title: 'The test Application is being deleted, and a finalizer holds it',
    expects: { failed: ['19.1'], blocked: ['19.2', '19.3', '19.4', '19.5'] },
    stories: true,
    pages: true,
    cause: { object: 'Application fawkes/devlake-test-app', summary: 'is being deleted' },
    apply: (doors) => heldDeletion(doors, inService('application', 'devlake-test-app')),
  },
  {
    id: 'notifications-unsubscribed',
    title: "The test Application is not subscribed to ArgoCD's notifications",
    expects: { failed: ['19.2', '19.3', '19.4'], blocked: ['19.5'] },
    stories: true,
    pages: true,
    cause: { object: 'deployment of devlake-test-app', summary: 'is not in the deployments table' },
    apply: (doors) =>
      doors.patch(inService('application', 'devlake-test-app'), {
        metadata: { annotations: { 'notifications.argoproj.io/subscribe.on-sync-succeeded.devlake': null } },
      }),
  },
  {
    id: 'deployments-listed-otherwise',
    title: 'The list of deployments names their environment otherwise than documented',
    expects: { failed: ['19.3', '21.1'], blocked: [] },
    stories: true,
    pages: true,
    cause: {
      object: 'https://devlake.127.0.0.1.nip.io/api/deployments',
      summary: 'The API does not list deployments as documented',
    },
    apply: lake('^/api/deployments\\?', replacing(['"environment":', '"env":'])),
  },
  daysShown('panel-without-today', 'A panel omits the current day', 'finished_date < UTC_DATE()'),
  daysShown('panel-of-today', 'A panel omits the past days', 'finished_date >= UTC_TIMESTAMP() - INTERVAL 1 DAY'),
  {
    id: 'test-deployment-as-failure',
    title: 'A successful sync is stored as a failure',
    expects: { failed: ['19.2', '19.3', '19.4'], blocked: ['19.5'] },
    stories: true,
    pages: true,
    cause: { object: 'deployment of devlake-test-app', summary: 'is stored with wrong values: FAILURE in production' },
    apply: storing('result', 'FAILURE'),
  },
  {
    id: 'test-deployment-elsewhere',
    title: 'A sync is stored with an environment that no metric counts',
    expects: { failed: ['19.2', '19.3', '19.4'], blocked: ['19.5'] },
    stories: true,
    pages: true,
    cause: { object: 'deployment of devlake-test-app', summary: 'is stored with wrong values: SUCCESS in staging' },
    apply: storing('environment', 'staging'),
  },
]
