import type { Fault } from '../fault'
import { apiFaults } from './api'
import { dashboardFaults } from './dashboards'
import { dataSourceFaults } from './data-sources'
import { databaseFaults } from './database'
import { definitionFaults } from './definitions'
import { monitoringFaults } from './monitoring'
import { prerequisiteFaults } from './prerequisites'
import { secretAndApplicationFaults } from './secrets'
import { workloadFaults } from './workloads'

/** Every fault, in the order of the checklist. */
export const catalogue: readonly Fault[] = [
  ...prerequisiteFaults,
  ...secretAndApplicationFaults,
  ...workloadFaults,
  ...databaseFaults,
  ...apiFaults,
  ...monitoringFaults,
  ...dataSourceFaults,
  ...dashboardFaults,
  ...definitionFaults,
]
