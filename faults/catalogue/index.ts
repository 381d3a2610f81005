import type { Fault } from '../fault'
import { apiFaults } from './api'
import { containerFaults } from './containers'
import { dashboardFaults } from './dashboards'
import { dataSourceFaults } from './data-sources'
import { databaseFaults } from './database'
import { definitionFaults } from './definitions'
import { monitoringFaults } from './monitoring'
import { prerequisiteFaults } from './prerequisites'
import { schedulingFaults } from './scheduling'
import { secretAndApplicationFaults } from './secrets'
import { workloadFaults } from './workloads'

/** Every fault, in the order of the checklist. */
export const catalogue: readonly Fault[] = [
  ...prerequisiteFaults,
  ...secretAndApplicationFaults,
  ...schedulingFaults,
  ...containerFaults,
  ...workloadFaults,
  ...databaseFaults,
  ...apiFaults,
  ...monitoringFaults,
  ...dataSourceFaults,
  ...dashboardFaults,
  ...definitionFaults,
]
