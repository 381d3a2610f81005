/** The numbers on the dashboard of stock DevLake as the reports show them: value, level and the number of samples. Pure. */
import type { FourMetric, MeasuredValue } from '../../../dora/measured'
import type { Lake } from '../rows/rows'
import { isWithin } from './calendar'
import { type DashboardQuestion, dashboardOf } from './dashboard'
import type { DevLakeDefinitions } from './definitions'
import { changesOf, leadTimesOf } from './lead-time'
import { productionDeployments } from './production-deployments'

/** The values of all four metrics for the projects of a question together. */
export function measuredOnDashboard(lake: Lake, question: DashboardQuestion): Record<FourMetric, MeasuredValue> {
  const { projects, window, definitions } = question
  const dashboard = dashboardOf(lake, question)
  const deployments = [...productionDeployments(lake, projects).values()].filter((at) => isWithin(at, window)).length
  const changes = leadTimesOf(changesOf(lake, projects).filter(({ at }) => isWithin(at, window))).length
  const restored = definitions.restoration.of(lake, projects, window).length
  const { deploymentFrequency, leadTime, changeFailureRate, restoration } = dashboard
  return {
    'deployment frequency': valueShown(deploymentFrequency, deployments, (text) => text.replace(/\(.*$/, '')),
    'lead time': inMinutes(valueShown(leadTime, changes, (text) => `${Number.parseFloat(text)} h`)),
    'change failure rate': valueShown(changeFailureRate, deployments, (text) => `${Number.parseFloat(text)} %`),
    'time to restore': inMinutes(valueShown(restoration, restored, (text) => `${Number.parseFloat(text)} h`)),
  }
}

/** The value in minutes, the unit of every flavour's durations; the text keeps the hours of the panel. */
const inMinutes = ({ value, ...rest }: MeasuredValue): MeasuredValue => ({
  ...rest,
  value: value === null ? null : value * 60,
})

/** The text of a panel with data begins with its number. */
function valueShown(
  { shown, level }: { readonly shown: string; readonly level: string | null },
  samples: number,
  inWords: (text: string) => string,
): MeasuredValue {
  if (level === null) return { value: null, shown: 'no data', level, samples }
  return { value: Number.parseFloat(shown), shown: inWords(shown), level, samples }
}

const bounds = (levels: DevLakeDefinitions['leadTime']) =>
  levels.map(({ level, minutes }) => `${level}: less than ${minutes / 60} h`)

/** The bounds of the levels in words, best level first. */
export function levelsInWords(metric: FourMetric, definitions: DevLakeDefinitions): string {
  const { deploymentFrequency, leadTime, changeFailureRate, restoration } = definitions
  const parts: Readonly<Record<FourMetric, readonly string[]>> = {
    'deployment frequency': deploymentFrequency.map(
      ({ level, period, days }) => `${level}: ${days} or more days with deployments in the median ${period}`,
    ),
    'lead time': [...bounds(leadTime), 'low otherwise'],
    'change failure rate': [
      ...changeFailureRate.map(({ level, percent }) => `${level}: at most ${percent} %`),
      'low otherwise',
    ],
    'time to restore': [...bounds(restoration.levels), 'low otherwise'],
  }
  return parts[metric].join('; ')
}

const restorationInWords = {
  '2023': 'Median time from the end of the deployment that caused an incident to the resolution of the incident.',
  '2021': 'Median time from the creation of an incident to its resolution.',
} as const

/** The definition of a metric in one sentence. */
export function definitionInWords(metric: FourMetric, { report }: DevLakeDefinitions): string {
  const sentences: Readonly<Record<FourMetric, string>> = {
    'deployment frequency': 'Days with successful production deployments in the median week or month.',
    'lead time': 'Median time from the first commit of a merged pull request to its deployment to production.',
    'change failure rate': 'Production deployments with an attributed incident, as a share of all of them.',
    'time to restore': restorationInWords[report],
  }
  return `${sentences[metric]} Report ${report} of the DORA dashboard.`
}
