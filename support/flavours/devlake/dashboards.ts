/**
 * The dashboards of stock DevLake (grafana/dashboards of its repository). Their panels show the metrics in words and by their own
 * definitions, so no number on a panel is one of the checklist's quantities.
 */
import type { DashboardNames, DashboardsContract } from '../../contracts/dashboards'

/** The dashboard that reports the metrics; the others show the details of one metric. */
export const reportingDashboard = 'DORA Metrics Overview'

/** The variable of the reporting dashboard that chooses one of several sets of definitions. */
export const reportVariable = 'dora_report'

export const noTeams = {
  absent:
    'The dashboards of stock DevLake filter by project. DORA (by Team) is a separate dashboard without a project.',
}

const detail = (title: string, uid: string, name: string): DashboardNames => ({
  title,
  uid,
  installedAs: `DORA Details - ${name}`,
  panels: {},
})

export const devlakeDashboards: DashboardsContract = {
  folder: '',
  datasourceType: 'mysql',
  variables: {
    project: 'project',
    team: noTeams,
  },
  all: [
    {
      title: reportingDashboard,
      uid: 'qNo8_0M4z',
      installedAs: 'DORA',
      ownVariables: [reportVariable],
      panels: {},
    },
    detail('Deployment Frequency', 'Deployment-frequency', 'Deployment Frequency'),
    detail('Lead Time for Changes', 'Lead-time-for-changes', 'Lead Time for Changes'),
    detail('Change Failure Rate', 'Change-failure-rate', 'Change Failure Rate'),
    detail('Mean Time to Restore', 'Failed-deployment-recovery-time', 'Failed Deployment Recovery Time'),
  ],
}
