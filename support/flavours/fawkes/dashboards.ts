/** The dashboards of the contract `fawkes` and the quantities on their panels: durations in minutes, rates in percent. */
import type { DashboardsContract, ShownQuantity, ShownTable } from '../../contracts/dashboards'

const last = (quantity: ShownQuantity['quantity']): ShownQuantity[] => [{ quantity, by: 'last' }]

const deploymentsPerDay: ShownQuantity[] = [
  { quantity: 'deployments', by: 'sum' },
  { quantity: 'deployments by day', by: 'sum by day' },
]
const failures: ShownQuantity[] = [
  { quantity: 'failed deployments', column: 'Failed', by: 'sum' },
  { quantity: 'failed deployments by day', column: 'Failed', by: 'sum by day' },
]
const restorations: ShownQuantity[] = [
  { quantity: 'time to restore', by: 'mean' },
  { quantity: 'resolved incidents', by: 'count' },
  { quantity: 'resolved incidents by day', by: 'count by day' },
]

const freeText = { notCompared: 'it is free text' }

const latestDeployments: ShownTable = {
  rows: 'deployments',
  columns: {
    ...{ Finished: 'time', Project: 'project', Deployment: 'id', Result: 'outcome', Repository: 'repository' },
    Commit: { notCompared: 'the lead time is compared, which depends on all commits of a deployment' },
  },
}
const latestFailures: ShownTable = {
  rows: 'failures',
  columns: { ...{ Finished: 'time', Project: 'project', Deployment: 'id', Incidents: 'incidents' }, Reason: freeText },
}
const latestChanges: ShownTable = {
  rows: 'changes',
  columns: {
    ...{ Deployed: 'time', Project: 'project', Deployment: 'id', 'First commit': 'began' },
    ...{ 'New commits': 'commits', 'Lead time': 'minutes' },
  },
}
const latestRestorations: ShownTable = {
  rows: 'restorations',
  columns: {
    ...{ Restored: 'time', Project: 'project', Incident: 'id', Title: freeText },
    ...{ Severity: 'severity', Created: 'created', 'Time to restore': 'minutes' },
  },
}

export const fawkesDashboards: DashboardsContract = {
  folder: 'DORA Metrics',
  datasourceType: 'mysql',
  variables: { project: 'project', team: 'team' },
  all: [
    {
      uid: 'dora-overview',
      title: 'DORA Metrics Overview',
      tables: { 'Latest Deployments': latestDeployments },
      points: { 'Time to Restore': 'restorations' },
      panels: {
        'Deployment Frequency': last('deployment frequency'),
        'Lead Time for Changes': last('lead time'),
        'Change Failure Rate': last('change failure rate'),
        'Mean Time to Restore': last('time to restore'),
        'Deployments per Day': deploymentsPerDay,
        'Failed and Successful Deployments': failures,
        'Time to Restore': restorations,
      },
    },
    {
      uid: 'deployment-frequency',
      title: 'Deployment Frequency',
      tables: { 'Latest Deployments': latestDeployments },
      panels: {
        'Deployment Frequency': last('deployment frequency'),
        'Successful Deployments': last('deployments'),
        'Deployments per Day': deploymentsPerDay,
      },
    },
    {
      uid: 'lead-time-for-changes',
      title: 'Lead Time for Changes',
      tables: { 'Latest Changes': latestChanges },
      points: { 'Lead Time of each Deployment': 'changes' },
      panels: {
        'Lead Time for Changes': last('lead time'),
        'Lead Time p50': last('lead time p50'),
        'Lead Time p95': last('lead time p95'),
        'Lead Time of each Deployment': [{ quantity: 'lead time', by: 'mean' }],
      },
    },
    {
      uid: 'change-failure-rate',
      title: 'Change Failure Rate',
      tables: { 'Latest Failures': latestFailures },
      panels: {
        'Change Failure Rate': last('change failure rate'),
        Deployments: last('completed deployments'),
        'Failed Deployments': last('failed deployments'),
        'Failed and Successful Deployments': failures,
      },
    },
    {
      uid: 'mttr',
      title: 'Mean Time to Restore',
      tables: { 'Latest Restored Incidents': latestRestorations },
      points: { 'Time to Restore': 'restorations' },
      panels: {
        'Mean Time to Restore': last('time to restore'),
        'Time to Restore p50': last('time to restore p50'),
        'Time to Restore p95': last('time to restore p95'),
        'Restored Incidents': last('resolved incidents'),
        'Time to Restore': restorations,
      },
    },
  ],
}
