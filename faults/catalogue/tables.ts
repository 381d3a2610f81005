/** Dashboards that are right for most projects, ranges and panels, and wrong in a table, a project or a range: item 16.2. */
import { edited } from './breaking'
import type { Fault } from './fault'

const shown = (
  id: string,
  title: string,
  cause: Fault['cause'],
  ...[dashboard, what, by]: Parameters<typeof edited>
): Fault => ({
  ...{ id, title, cause, pages: true },
  expects: { failed: ['16.2'], blocked: [] },
  beside: ['16.2'],
  apply: edited(dashboard, what, by),
})

export const tableFaults: readonly Fault[] = [
  shown(
    'table-column-of-another-date',
    'A table shows the restoration of incidents as their creation',
    { object: 'panel Mean Time to Restore / Latest Restored Incidents', summary: 'shows a wrong Created' },
    'mttr',
    'created_date AS `Created`',
    'resolution_date AS `Created`',
  ),
  shown(
    'table-without-failures',
    'A table of the latest deployments leaves out the failed ones',
    { object: 'panel Deployment Frequency / Latest Deployments', summary: 'The table Latest Deployments' },
    'deployment-frequency',
    'FROM finished f\\nWHERE',
    'FROM finished f\\nWHERE f.succeeded AND',
  ),
  shown(
    'table-in-hours',
    'A table labels minutes as hours',
    { object: 'panel Lead Time for Changes / Latest Changes', summary: 'draws the column Lead time with another unit' },
    'lead-time-for-changes',
    '"value": "m"',
    '"value": "h"',
  ),
  shown(
    'panel-wrong-beyond-sixty-days',
    'A panel counts only the last 60 days of a longer range',
    { object: 'panel Deployment Frequency / Successful Deployments', summary: 'for the deployments of' },
    'deployment-frequency',
    'd.finished_date < $__timeTo()\\n)\\nSELECT SUM(succeeded) AS `Successful',
    'd.finished_date < $__timeTo() AND d.finished_date >= $__timeTo() - INTERVAL 60 DAY\\n)\\nSELECT SUM(succeeded) AS `Successful',
  ),
  shown(
    'panel-wrong-for-one-project',
    'A panel shows one deployment too many for one project',
    { object: 'panel Change Failure Rate / Deployments', summary: 'for the completed deployments of catalog' },
    'change-failure-rate',
    'NULLIF(COUNT(*), 0) AS `Deployments`',
    "NULLIF(COUNT(*) + (MAX(project) = 'catalog'), 0) AS `Deployments`",
  ),
  shown(
    'panel-wrong-for-one-project-in-other-ranges',
    // The pairs of a project and a range that are compared rotate with the day, so the fault must show in each other range.
    'A panel shows one deployment too many for one project in each range but the last 30 days',
    { object: 'panel Change Failure Rate / Deployments', summary: 'of catalog (last ' },
    'change-failure-rate',
    'NULLIF(COUNT(*), 0) AS `Deployments`',
    "NULLIF(COUNT(*) + (MAX(project) = 'catalog' AND DATEDIFF($__timeTo(), $__timeFrom()) NOT BETWEEN 29 AND 31), 0) AS `Deployments`",
  ),
]
