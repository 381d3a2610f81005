import { accountFaults } from './accounts'
import { answerFaults } from './answers'
import { apiFaults } from './api'
import { applicationFaults } from './application'
import { attentionFaults } from './attention'
import { containerFaults } from './containers'
import { dashboardFaults } from './dashboards'
import { dataSourceFaults } from './data-sources'
import { databaseFaults } from './database'
import { definitionFaults } from './definitions'
import type { Fault } from './fault'
import { formatFaults } from './formats'
import { grafanaAccessFaults } from './grafana-access'
import { ingestionFaults } from './ingestion'
import { lifecycleFaults } from './lifecycle'
import { listFaults } from './lists'
import { logFaults } from './logs'
import { monitoringFaults } from './monitoring'
import { noDataFaults } from './no-data'
import { numbersFaults } from './numbers'
import { outsideFaults } from './outside'
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
import { targetFaults } from './targets'

/** Every fault, in the order of the checklist. */
export const catalogue: readonly Fault[] = [
  ...prerequisiteFaults,
  ...secretAndApplicationFaults,
  ...applicationFaults,
  ...lifecycleFaults,
  ...attentionFaults,
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
  ...outsideFaults,
  ...databaseFaults,
  ...tableRuleFaults,
  ...accountFaults,
  ...apiFaults,
  ...formatFaults,
  ...monitoringFaults,
  ...targetFaults,
  ...dataSourceFaults,
  ...grafanaAccessFaults,
  ...dashboardFaults,
  ...tableFaults,
  ...settingsFaults,
  ...ingestionFaults,
  ...definitionFaults,
  ...storyDefinitionFaults,
]
