/** Faults of the UI, Grafana and its dashboards: items 11.1, 15.1 to 16.3, and 21.7. */
import { rmSync } from 'node:fs'
import type { Rule } from '../../sandbox/interference/rules'
import { undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import {
  answering,
  edited,
  fileOf,
  inService,
  panelChanged,
  provisioned,
  remodelled,
  replacing,
  variableOf,
} from './breaking'
import type { Fault } from './fault'

/** Changes the response of a process to a path. @param path a regular expression of path and query */
const onPage = (process: Rule['process'], path: string, how: Rule['how']) => async (doors: Doors) =>
  doors.interfere({ process, path, how })

/** The placeholder that Grafana replaces with the selected values of a variable. */
const selected = (variable: string) => `\${${variable}:sqlstring}`

/** A fault that browser pages show. */
const shown = (id: string, title: string, fault: Omit<Fault, 'id' | 'title' | 'pages'>): Fault => ({
  id,
  title,
  pages: true,
  ...fault,
})

/** A fault that makes the numbers on a panel wrong, for all that is shown. */
const wrong = (id: string, title: string, fault: Omit<Fault, 'id' | 'title' | 'pages' | 'expects'>): Fault =>
  shown(id, title, { expects: { failed: ['16.2'], blocked: [] }, beside: ['16.2'], ...fault })

/** A dashboard that cannot be compared: the checks still name what is wrong on the others. */
const besideOtherDashboards = (dashboard: string): Pick<Fault, 'beside' | 'hides'> => ({
  beside: ['16.2', '16.3', '21.7'],
  hides: dashboard,
})

/** Adds a project without events, with the settings of payments. @param name in quotes of SQL */
const projectNamed = (name: string) => async (doors: Doors) => {
  const settings = 'project_metric_settings'
  await doors.sql(
    `INSERT INTO projects (name, description, created_at, updated_at) VALUES (${name}, '', NOW(3), NOW(3))`,
    `INSERT INTO ${settings} (project_name, plugin_name, plugin_option, enable, created_at, updated_at)
     SELECT ${name}, plugin_name, plugin_option, enable, created_at, updated_at
     FROM ${settings} WHERE project_name = 'payments'`,
  )
  return () =>
    doors.sql(`DELETE FROM ${settings} WHERE project_name = ${name}`, `DELETE FROM projects WHERE name = ${name}`)
}

/** Adds an option to the series of the first chart of a dashboard. @param series all of them when absent */
const inChart = (uid: string, option: string, series?: string) => async (doors: Doors) =>
  remodelled(doors, uid, ({ panels }) => {
    const chart = panels.find(({ type }) => type === 'timeseries')
    if (!chart) throw new Error(`The dashboard ${uid} has no chart.`)
    const { defaults, overrides } = chart.fieldConfig
    const [[id, value] = []] = Object.entries(JSON.parse(`{${option}}`))
    if (series === undefined) defaults[id ?? ''] = value
    else overrides.push({ matcher: { id: 'byName', options: series }, properties: [{ id, value }] })
  })

export const dashboardFaults: readonly Fault[] = [
  {
    id: 'grafana-open',
    title: 'Anonymous visitors of Grafana are editors',
    expects: { failed: ['15.2'], blocked: [] },
    // Otherwise the folder that holds the dashboards may be another one.
    needs: ['16.1'],
    cause: { object: 'folder DORA Metrics of Grafana', summary: 'can change the dashboards in DORA Metrics' },
    apply: async (doors) => doors.rewrite(provisioned('settings.json'), (text) => text.replace('null', '"Editor"')),
  },
  {
    id: 'grafana-lets-everybody-in',
    title: 'A proxy in front of Grafana logs in every visitor',
    expects: { failed: ['15.2'], blocked: [] },
    cause: { object: '/api/user', summary: 'accepts a login with an unknown user and a wrong password' },
    apply: onPage('grafana', '^/api/user$', answering(200, '{"id":1,"login":"admin","isGrafanaAdmin":true}')),
  },
  {
    id: 'dashboards-in-another-folder',
    title: 'The dashboards were provisioned into the General folder',
    expects: { failed: ['16.1', '16.2'], blocked: [] },
    cause: { object: 'folder DORA Metrics of Grafana', summary: 'has no dashboards in the folder DORA Metrics' },
    apply: onPage(
      'grafana',
      '^/api/(search|dashboards)',
      replacing(['"folderTitle":"[^"]*"', '"folderTitle":"General"']),
    ),
  },
  {
    id: 'datasource-password-wrong',
    title: 'The data source has the wrong database password',
    expects: { failed: ['16.1'], blocked: [] },
    cause: { object: 'data source mysql of Grafana', summary: 'Grafana cannot query the data source mysql' },
    apply: async (doors) =>
      doors.rewrite(provisioned('datasources.yaml'), (text) => text.replace('$MYSQL_PASSWORD', 'not-the-password')),
  },
  {
    id: 'dashboard-of-another-datasource',
    title: 'An imported dashboard uses a data source that this Grafana does not have',
    expects: { failed: ['16.1'], blocked: [] },
    cause: {
      object: 'dashboard Mean Time to Restore',
      summary: 'uses a data source that Grafana does not have',
    },
    apply: async (doors) =>
      doors.rewrite(fileOf('mttr'), (text) => text.replaceAll('"uid": "mysql"', '"uid": "P6C1B2D3E4F5A6B7"')),
  },
  {
    id: 'grafana-login-without-rights',
    title: "The login in Grafana's Secret may not read the data sources",
    expects: { failed: ['16.1'], blocked: [] },
    cause: { object: '/api/datasources', summary: 'may not read /api/datasources' },
    apply: async (doors) =>
      doors.interfere({
        process: 'grafana',
        path: '^/api/datasources$',
        how: answering(
          403,
          '{"message":"You\'ll need additional permissions to perform this action. Permissions needed: datasources:read"}',
        ),
      }),
  },
  {
    id: 'dashboard-renamed',
    title: 'A dashboard was renamed',
    expects: { failed: ['16.2'], blocked: [] },
    cause: { object: 'dashboard Mean Time to Restore', summary: 'has the wrong title: Time lost' },
    apply: edited('mttr', '"title": "Mean Time to Restore"', '"title": "Time lost"'),
  },
  shown('ui-throws', 'The page of the DevLake UI throws an error', {
    expects: { failed: ['11.1'], blocked: [] },
    cause: { object: 'DevLake UI', summary: 'logs errors in the browser console: uncaught: the UI is broken' },
    apply: onPage('ui', '^/$', replacing(['</body>', '<script>throw new Error("the UI is broken")</script></body>'])),
  }),
  shown('ui-never-loads', 'A script of the DevLake UI never arrives', {
    expects: { failed: ['11.1'], blocked: [] },
    cause: { object: 'DevLake UI', summary: 'does not open within' },
    apply: async (doors) =>
      doors.interfere(
        {
          process: 'ui',
          path: '^/$',
          how: replacing(['</body>', '<script async src="/assets/index.js"></script></body>']),
        },
        { process: 'ui', path: '^/assets/index.js$', how: { kind: 'hang' } },
      ),
  }),
  shown('ui-blank', 'The page of the DevLake UI stays blank', {
    expects: { failed: ['11.1'], blocked: [] },
    cause: { object: 'DevLake UI', summary: 'The page of the DevLake UI is empty' },
    apply: onPage('ui', '^/$', {
      kind: 'answer',
      status: 200,
      type: 'text/html',
      body: '<!doctype html><title>DevLake</title><link rel="icon" href="data:,"><div id="root"></div>',
    }),
  }),
  shown('grafana-password-missing', "The admin password in Grafana's Secret is empty", {
    expects: { failed: ['1.3', '15.1'], blocked: ['15.2', '16.1', '16.2', '16.3', '21.7'] },
    cause: { object: 'Secret fawkes/devlake-grafana-secrets', summary: 'admin-password is empty' },
    apply: (doors) => doors.patch(inService('secret', 'devlake-grafana-secrets'), { data: { 'admin-password': '' } }),
  }),
  shown('grafana-password-changed', 'The admin password was changed in Grafana but not in its Secret', {
    expects: { failed: ['15.2'], blocked: ['16.1', '16.2', '16.3', '21.7'] },
    cause: {
      object: 'Secret fawkes/devlake-grafana-secrets, key admin-password',
      summary: 'Grafana does not accept the password that the Secret holds for admin',
    },
    apply: (doors) => doors.changeGrafanaPassword(),
  }),
  shown('grafana-login-form-elsewhere', 'The login form of Grafana sends the password to another host', {
    expects: { failed: ['21.7'], blocked: ['16.2', '16.3'] },
    cause: { object: '/login', summary: "Grafana's login page belongs to another origin" },
    apply: onPage('grafana', '^/login$', replacing(['<form ', '<form action="https://login.example.org/" '])),
  }),
  shown('grafana-login-form-lost', 'The login form of Grafana posts to an address that Grafana does not serve', {
    expects: { failed: ['21.7'], blocked: ['16.2', '16.3'] },
    cause: { object: '/login', summary: "Grafana's login page does not log admin in" },
    apply: onPage('grafana', '^/public/build/login.mjs$', replacing(["fetch\\('login'", "fetch('session'"])),
  }),
  shown('datasource-elsewhere', 'The data source of the dashboards uses the wrong database', {
    expects: { failed: ['16.1'], blocked: ['16.2', '16.3', '21.7'] },
    cause: { object: 'data source mysql of Grafana', summary: 'do not query the database lake' },
    apply: async (doors) =>
      doors.rewrite(provisioned('datasources.yaml'), (text) => text.replace('$MYSQL_DATABASE', 'information_schema')),
  }),
  shown('dashboard-missing', 'The file of a dashboard was deleted', {
    expects: { failed: ['16.2', '21.7'], blocked: ['16.3'] },
    ...besideOtherDashboards('Mean Time to Restore'),
    cause: { object: 'dashboard Mean Time to Restore', summary: 'does not exist' },
    apply: async (doors) => {
      const heal = doors.rewrite(fileOf('mttr'), (text) => `${text}\n`)
      rmSync(fileOf('mttr'))
      return heal
    },
  }),
  shown('panel-column-wrong', 'The SQL of a panel refers to a column that does not exist', {
    expects: { failed: ['16.2', '21.7'], blocked: ['16.3'] },
    ...besideOtherDashboards('Deployment Frequency'),
    cause: { object: 'panel Deployment Frequency / Successful Deployments', summary: 'shows an error' },
    apply: edited('deployment-frequency', 'SUM(succeeded) AS `Successful', 'SUM(successes) AS `Successful'),
  }),
  wrong('panel-counts-failures', 'A panel counts failures as deployments', {
    cause: {
      object: 'panel Deployment Frequency / Deployment Frequency',
      summary: 'Likely reason: failed deployments count as deployments',
    },
    apply: edited('deployment-frequency', "d.result = 'SUCCESS' AS succeeded", 'TRUE AS succeeded'),
  }),
  wrong('panel-in-hours', 'A panel shows hours where its unit says minutes', {
    cause: {
      object: 'panel Lead Time for Changes / Lead Time for Changes',
      summary: 'Likely reason: the value is in hours instead of minutes',
    },
    apply: edited(
      'lead-time-for-changes',
      'SELECT SUM(minutes) / (COUNT(minutes) * 1e0) AS',
      'SELECT SUM(minutes) / (COUNT(minutes) * 6e1) AS',
    ),
  }),
  wrong('panel-unit-hours', 'A panel labels minutes as hours', {
    cause: { object: 'panel Lead Time for Changes / Lead Time for Changes', summary: 'draws another (unit h)' },
    apply: edited('lead-time-for-changes', '"unit": "m"', '"unit": "h"'),
  }),
  wrong('chart-unit-hours', 'A chart labels minutes as hours', {
    cause: {
      object: 'panel Mean Time to Restore / Time to Restore',
      summary: 'draws the unit h for the time to restore',
    },
    apply: async (doors) =>
      doors.rewrite(fileOf('mttr'), (text) => text.replace(/("type": "timeseries"[^$]*?"unit": )"m"/, '$1"h"')),
  }),
  wrong('panels-map-every-value', 'Value mappings replace every number of a dashboard by 0 %', {
    // It makes more panels wrong than are named each.
    beside: [],
    cause: { object: 'panel DORA Metrics Overview / Deployment Frequency', summary: 'draws "0 %"' },
    apply: async (doors) => {
      const mapping = { type: 'range', options: { from: null, to: null, result: { text: '0 %', index: 0 } } }
      return doors.rewrite(fileOf('dora-overview'), (text) =>
        text.replaceAll('"unit": "', `"mappings": [${JSON.stringify(mapping)}], "unit": "`),
      )
    },
  }),
  wrong('panel-draws-no-data', 'A panel draws "No data" although its query returns a value', {
    cause: { object: 'panel Mean Time to Restore / Mean Time to Restore', summary: 'draws "No data"' },
    apply: edited('mttr', '"fields": ""', '"fields": "/^Nothing$/"'),
  }),
  wrong('panel-thresholds-unordered', 'The thresholds of a panel are not in ascending order', {
    cause: {
      object: 'panel Mean Time to Restore / Mean Time to Restore',
      summary: 'the thresholds are not in ascending order',
    },
    apply: edited('mttr', '"value": 1440', '"value": 14'),
  }),
  wrong('dashboard-in-another-time-zone', 'A dashboard draws UTC days in the time zone of Brisbane', {
    cause: { object: 'panel Deployment Frequency / Deployments per Day', summary: 'on an axis of UTC+10:00' },
    apply: edited('deployment-frequency', '"timezone": "utc"', '"timezone": "Australia/Brisbane"'),
  }),
  wrong('panel-days-shifted', 'A chart counts each deployment on the day 10 hours after it', {
    cause: {
      object: 'panel Deployment Frequency / Deployments per Day',
      summary: 'The panel Deployments per Day of the dashboard Deployment Frequency shows',
    },
    apply: edited(
      'deployment-frequency',
      '$__timeGroupAlias(finished_date,',
      '$__timeGroupAlias(finished_date + INTERVAL 10 HOUR,',
    ),
  }),
  wrong('panel-averages-projects', 'A panel shows the mean of the means of the projects where all are chosen', {
    // Its reason also explains the number of a panel that counts one of several projects.
    beside: [],
    cause: {
      object: 'panel Lead Time for Changes / Lead Time for Changes',
      summary: "it is the mean of the projects' own values",
    },
    apply: async (doors) =>
      doors.rewrite(fileOf('lead-time-for-changes'), (text) =>
        text
          .replace('"includeAll": false', '"includeAll": true')
          .replace(
            'SELECT SUM(minutes) / (COUNT(minutes) * 1e0) AS `Lead time`\\nFROM lead_times',
            'SELECT AVG(own) AS `Lead time`\\nFROM (SELECT AVG(minutes) AS own FROM lead_times GROUP BY project) AS means',
          ),
      ),
  }),
  wrong('panel-counts-one-of-several-projects', 'A panel counts one project only when several are chosen', {
    cause: {
      object: 'panel Deployment Frequency / Successful Deployments',
      summary: 'projects together',
    },
    apply: async (doors) =>
      doors.rewrite(fileOf('deployment-frequency'), (text) =>
        text
          .replace('"includeAll": false', '"includeAll": true')
          .replace(
            'SELECT SUM(succeeded) AS `Successful deployments`\\nFROM counted',
            'SELECT SUM(succeeded) AS `Successful deployments`\\nFROM counted WHERE cicd_scope_id = (SELECT MAX(name) FROM scope)',
          ),
      ),
  }),
  wrong('chart-axis-cuts-off', 'The axis of a chart ends below its highest value', {
    cause: {
      object: 'panel Mean Time to Restore / Time to Restore',
      summary: 'the fixed end of the axis cuts off values',
    },
    apply: inChart('mttr', '"max": 1'),
  }),
  wrong('chart-axis-logarithmic', 'A chart draws days without deployments on a logarithmic axis', {
    cause: {
      object: 'panel Deployment Frequency / Deployments per Day',
      summary: 'a logarithmic axis cannot show the value 0',
    },
    apply: edited(
      'deployment-frequency',
      '"drawStyle"',
      '"scaleDistribution": { "type": "log", "log": 10 }, "drawStyle"',
    ),
  }),
  wrong('chart-swaps-series', 'A chart draws the failures under the name of the successes', {
    cause: {
      object: 'panel Change Failure Rate / Failed and Successful Deployments',
      summary: 'the chart swaps the names',
    },
    apply: inChart('change-failure-rate', '"displayName": "Successful"', 'Failed'),
  }),
  wrong('dashboard-opens-with-a-wrong-number', 'A panel is wrong over the range that its dashboard opens with', {
    cause: {
      object: 'panel Deployment Frequency / Successful Deployments',
      summary: '(the range that the dashboard opens with)',
    },
    apply: async (doors) =>
      doors.rewrite(fileOf('deployment-frequency'), (text) =>
        text
          .replace('"from": "now-30d"', '"from": "now-26d"')
          .replace(
            'SELECT SUM(succeeded) AS `Successful',
            'SELECT SUM(succeeded) + (DATEDIFF($__timeTo(), $__timeFrom()) = 26) AS `Successful',
          ),
      ),
  }),
  wrong('chart-at-the-first-commit', 'A chart draws each lead time at the first commit instead of the deployment', {
    cause: {
      object: 'panel Lead Time for Changes / Lead Time of each Deployment',
      summary: 'draws a point that is no event',
    },
    apply: edited(
      'lead-time-for-changes',
      'SELECT finished_date AS time, minutes AS `Lead time`\\nFROM lead_times\\nORDER BY finished_date, id',
      'SELECT first_commit AS time, minutes AS `Lead time`\\nFROM lead_times\\nORDER BY first_commit, id',
    ),
  }),
  wrong('panel-misses-the-last-week', 'A panel omits the last week of the selected time range', {
    cause: {
      object: 'panel Deployment Frequency / Successful Deployments',
      summary: 'for the deployments of',
    },
    apply: edited(
      'deployment-frequency',
      'd.finished_date < $__timeTo()\\n)\\nSELECT SUM(succeeded) AS `Successful',
      'd.finished_date < $__timeTo() - INTERVAL 7 DAY\\n)\\nSELECT SUM(succeeded) AS `Successful',
    ),
  }),
  wrong('panel-of-its-own-time', 'A panel shows its own last 7 days, and does not say so', {
    cause: {
      object: 'panel Lead Time for Changes / Lead Time p95',
      summary: 'the panel does not keep to the chosen time range',
    },
    apply: panelChanged('lead-time-for-changes', 'Lead Time p95', (panel) =>
      Object.assign(panel, { timeFrom: '7d', hideTimeOverride: true }),
    ),
  }),
  wrong('chart-in-hours-by-value', 'An override by value labels the minutes of a chart as hours', {
    cause: {
      object: 'panel DORA Metrics Overview / Time to Restore',
      summary: 'draws the unit h for the time to restore',
    },
    apply: panelChanged('dora-overview', 'Time to Restore', ({ fieldConfig }) =>
      fieldConfig.overrides.push({
        matcher: { id: 'byValue', options: { reducer: 'max', op: 'gte', value: 0 } },
        properties: [{ id: 'unit', value: 'h' }],
      }),
    ),
  }),
  wrong('table-sorted-by-name', 'A table sorts its rows by the name of the deployment', {
    cause: { object: 'panel DORA Metrics Overview / Latest Deployments', summary: 'is not sorted' },
    apply: panelChanged('dora-overview', 'Latest Deployments', (panel) =>
      Object.assign(panel, { options: { ...panel.options, sortBy: [{ displayName: 'Deployment', desc: false }] } }),
    ),
  }),
  wrong('table-hides-a-column', 'A table hides the results of the deployments', {
    cause: { object: 'panel Deployment Frequency / Latest Deployments', summary: 'hides the column Result' },
    apply: panelChanged('deployment-frequency', 'Latest Deployments', ({ fieldConfig }) =>
      fieldConfig.overrides.push({
        matcher: { id: 'byName', options: 'Result' },
        properties: [{ id: 'custom.hideFrom.viz', value: true }],
      }),
    ),
  }),
  shown('panel-ignores-project', 'A panel ignores the selected project', {
    expects: { failed: ['16.2', '16.3'], blocked: [] },
    beside: ['16.2', '16.3'],
    cause: {
      object: 'panel Deployment Frequency / Deployment Frequency',
      summary: 'shows the same for every project',
    },
    apply: edited('deployment-frequency', `p.name IN (${selected('project')})`, 'TRUE'),
  }),
  shown('panel-ignores-range', 'A panel ignores the selected time range', {
    expects: { failed: ['16.2', '16.3'], blocked: [] },
    beside: ['16.2', '16.3'],
    cause: {
      object: 'panel Mean Time to Restore / Mean Time to Restore',
      summary: 'shows the same for every time range',
    },
    apply: edited(
      'mttr',
      'i.resolution_date >= $__timeFrom() AND i.resolution_date < $__timeTo()',
      'i.resolution_date IS NOT NULL',
    ),
  }),
  shown('panel-ignores-team', 'A panel ignores the selected team', {
    expects: { failed: ['16.3'], blocked: [] },
    cause: {
      object: 'panel Change Failure Rate / Change Failure Rate',
      summary: 'shows the same for every team',
    },
    apply: edited('change-failure-rate', `COALESCE(p.team, 'none') IN (${selected('team')})`, 'TRUE'),
  }),
  shown('variable-unused', 'A dashboard offers a team variable that none of its queries uses', {
    expects: { failed: ['16.3'], blocked: [] },
    beside: ['16.3'],
    cause: { object: 'dashboard Lead Time for Changes', summary: 'has the variable team, but no query uses it' },
    apply: async (doors) =>
      doors.rewrite(fileOf('lead-time-for-changes'), (text) =>
        text.replaceAll(`COALESCE(p.team, 'none') IN (${selected('team')})`, 'TRUE'),
      ),
  }),
  {
    id: 'variable-hidden',
    pages: true,
    title: 'A dashboard hides its project variable',
    expects: { failed: ['16.3'], blocked: [] },
    beside: ['16.3'],
    cause: { object: 'dashboard Mean Time to Restore', summary: 'does not let the reader choose a project' },
    apply: edited('mttr', '"hide": 0', '"hide": 2'),
  },
  shown('variable-not-in-the-address', 'The address of a dashboard does not choose its project', {
    expects: { failed: [], blocked: ['16.2', '16.3'] },
    ...besideOtherDashboards('Mean Time to Restore'),
    cause: {
      object: 'dashboard Mean Time to Restore',
      summary: 'does not choose its project, so it cannot be compared',
    },
    apply: async (doors) =>
      remodelled(doors, 'mttr', (model) => Object.assign(variableOf(model, 'project'), { skipUrlSync: true })),
  }),
  {
    id: 'deleted-project-offered',
    pages: true,
    title: 'The project variable of a dashboard still offers a deleted project',
    expects: { failed: ['16.3'], blocked: [] },
    beside: ['16.3'],
    cause: { object: 'dashboard Mean Time to Restore', summary: 'offers legacy-shop, which the service does not have' },
    apply: async (doors) =>
      doors.rewrite(fileOf('mttr'), (text) =>
        text.replaceAll(
          'SELECT name FROM projects ORDER BY name"',
          "SELECT name FROM projects UNION SELECT 'legacy-shop' ORDER BY name\"",
        ),
      ),
  },
  shown('project-not-offered', 'The project variable of a dashboard leaves a project out', {
    expects: { failed: ['16.3'], blocked: [] },
    beside: ['16.3'],
    cause: {
      object: 'dashboard Mean Time to Restore',
      summary: 'The variable project of the dashboard Mean Time to Restore does not offer',
    },
    apply: async (doors) =>
      doors.rewrite(fileOf('mttr'), (text) =>
        text.replaceAll(
          'SELECT name FROM projects ORDER BY name"',
          'SELECT name FROM projects WHERE name <> (SELECT MAX(name) FROM projects) ORDER BY name"',
        ),
      ),
  }),
  shown('project-named-as-all', 'A project has the name that Grafana uses for all projects', {
    expects: { failed: ['16.2', '16.3'], blocked: [] },
    cause: { object: 'project $__all', summary: 'cannot show the project $__all alone' },
    apply: projectNamed("'$__all'"),
  }),
  shown('project-with-a-backslash', 'The name of a project has a backslash', {
    expects: { failed: ['16.3'], blocked: [] },
    beside: ['16.3'],
    cause: { object: 'project back\\slash', summary: 'does not escape the backslash' },
    apply: projectNamed("'back\\\\slash'"),
  }),
  shown('teams-typed-in', 'The team variable of a dashboard is a field to type in', {
    expects: { failed: ['16.2', '16.3'], blocked: [] },
    cause: { object: 'dashboard Mean Time to Restore', summary: 'offers no teams to choose from' },
    apply: async (doors) =>
      remodelled(doors, 'mttr', (model) => Object.assign(variableOf(model, 'team'), { type: 'textbox', query: '' })),
  }),
  shown('dashboard-without-panels', 'A dashboard has lost its panels', {
    expects: { failed: ['16.2', '16.3', '21.7'], blocked: [] },
    cause: { object: 'dashboard Mean Time to Restore', summary: 'The dashboard Mean Time to Restore shows no panel' },
    apply: async (doors) =>
      remodelled(doors, 'mttr', (model) => {
        model.panels = []
      }),
  }),
  shown('panel-shows-zero', 'A panel shows 0 over a time before the first event', {
    expects: { failed: ['16.3'], blocked: [] },
    beside: ['16.3'],
    cause: {
      object: 'panel Mean Time to Restore / Mean Time to Restore',
      summary: 'shows a value although there is no data',
    },
    apply: edited(
      'mttr',
      'SUM(minutes) / (COUNT(minutes) * 1e0) AS',
      // In the ranges that are compared, whether data is missing depends on the day.
      "COALESCE(SUM(minutes) / (COUNT(minutes) * 1e0), IF($__timeTo() < '2010-01-01', 0, NULL)) AS",
    ),
  }),
  shown('no-data-drawn-as-a-level', 'A panel draws "Elite" where there is no data, as for a project without events', {
    expects: { failed: ['16.2', '16.3'], blocked: [] },
    beside: ['16.2', '16.3'],
    cause: { object: 'panel Mean Time to Restore / Mean Time to Restore', summary: 'shows a value although there is' },
    apply: async (doors) =>
      undoneInReverse([
        await projectNamed("'quiet'")(doors),
        await edited('mttr', '"noValue": "No data"', '"noValue": "Elite"')(doors),
      ]),
  }),
  shown('dashboard-throws', 'The dashboard page throws an error', {
    expects: { failed: ['21.7'], blocked: [] },
    beside: ['21.7'],
    cause: { object: 'dashboard DORA Metrics Overview', summary: 'uncaught: a panel is broken' },
    apply: onPage(
      'grafana',
      '^/public/build/dashboard\\.mjs$',
      replacing(['^void draw\\(\\)$', 'void draw()\nsetTimeout(() => { throw new Error("a panel is broken") })']),
    ),
  }),
  shown('dashboard-slow', 'A dashboard page takes 20 s to open', {
    expects: { failed: ['21.7'], blocked: ['16.2', '16.3'] },
    ...besideOtherDashboards('Mean Time to Restore'),
    cause: { object: 'dashboard Mean Time to Restore', summary: 'does not open within' },
    apply: onPage('grafana', '^/d/mttr/', { kind: 'delay', ms: 20_000 }),
  }),
]
