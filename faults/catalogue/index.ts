import { accountFaults } from './accounts'
import { answerFaults } from './answers'
import { apiFaults } from './api'
import { containerFaults } from './containers'
import { dashboardFaults } from './dashboards'
import { dataSourceFaults } from './data-sources'
import { databaseFaults } from './database'
import { definitionFaults } from './definitions'
import type { Fault } from './fault'
import { ingestionFaults } from './ingestion'
import { lifecycleFaults } from './lifecycle'
import { listFaults } from './lists'
import { logFaults } from './logs'
import { monitoringFaults } from './monitoring'
import { noDataFaults } from './no-data'
import { numbersFaults } from './numbers'
import { podFaults } from './pods'
import { prerequisiteFaults } from './prerequisites'
import { schedulingFaults } from './scheduling'
import { secretAndApplicationFaults } from './secrets'
import { serviceFaults } from './services'
import { settingsFaults } from './settings'
import { sidecarFaults } from './sidecars'
import { storyDefinitionFaults } from './story-definitions'
import { tableRuleFaults } from './table-rules'
import { tableFaults } from './tables'

/** Every fault, in the order of the checklist. */
export const catalogue: readonly Fault[] = [
  ...prerequisiteFaults,
  ...secretAndApplicationFaults,
  ...lifecycleFaults,
  ...schedulingFaults,
  ...containerFaults,
  ...numbersFaults,
  ...noDataFaults,
  ...listFaults,
  ...answerFaults,
  ...podFaults,
  ...sidecarFaults,
  ...logFaults,
  ...serviceFaults,
  ...databaseFaults,
  ...tableRuleFaults,
  ...accountFaults,
  ...apiFaults,
  ...monitoringFaults,
  ...dataSourceFaults,
  ...dashboardFaults,
  ...tableFaults,
  ...settingsFaults,
  ...ingestionFaults,
  ...definitionFaults,
  ...storyDefinitionFaults,
]
