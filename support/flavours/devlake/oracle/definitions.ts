/** The two sets of definitions that the DORA dashboard of stock DevLake offers (variable `dora_report`). */
import type { Benchmarks } from '../../../dora/benchmarks'
import type { Level } from '../../../dora/metrics'
import type { Period } from './deployment-frequency'
import { recoveries, restorations } from './restoration'

export interface DevLakeDefinitions {
  readonly name: 'devlake-2023' | 'devlake-2021'
  readonly report: '2023' | '2021'
  /** The first level that is reached counts: `days` is the least number of days with deployments in the median period. */
  readonly deploymentFrequency: readonly { readonly level: Level; readonly period: Period; readonly days: number }[]
  readonly leadTime: Benchmarks['leadTime']
  readonly changeFailureRate: Benchmarks['changeFailureRate']
  readonly restoration: {
    /** The dashboard's name for the fourth metric. */
    readonly name: string
    readonly of: typeof recoveries
    /** Measured from the deployment that an incident is attributed to, not from the creation of the incident. */
    readonly isOfDeployments: boolean
    readonly levels: Benchmarks['timeToRestore']
    /** The panel by month leaves out events outside the window. */
    readonly monthsKeepToWindow: boolean
    /** The text of the panel when deployments and incidents exist but yield no number. */
    readonly withoutData: string
  }
}

// In minutes.
const hour = 60
const day = 24 * hour
const week = 7 * day

const restorationLevels = [
  { level: 'elite', minutes: hour },
  { level: 'high', minutes: day },
  { level: 'medium', minutes: week },
] as const

export const devlake2023: DevLakeDefinitions = {
  name: 'devlake-2023',
  report: '2023',
  deploymentFrequency: [
    { level: 'elite', period: 'week', days: 5 },
    { level: 'high', period: 'week', days: 1 },
    { level: 'medium', period: 'month', days: 1 },
    { level: 'low', period: 'month', days: 0 },
  ],
  leadTime: [
    { level: 'elite', minutes: day },
    { level: 'high', minutes: week },
    { level: 'medium', minutes: 30 * day },
  ],
  changeFailureRate: [
    { level: 'elite', percent: 5 },
    { level: 'high', percent: 10 },
    { level: 'medium', percent: 15 },
  ],
  restoration: {
    name: 'Failed deployment recovery time',
    of: recoveries,
    isOfDeployments: true,
    levels: restorationLevels,
    monthsKeepToWindow: true,
    withoutData: 'No data',
  },
}

export const devlake2021: DevLakeDefinitions = {
  name: 'devlake-2021',
  report: '2021',
  deploymentFrequency: [
    { level: 'elite', period: 'week', days: 5 },
    { level: 'high', period: 'month', days: 1 },
    { level: 'medium', period: 'six months', days: 1 },
    { level: 'low', period: 'six months', days: 0 },
  ],
  leadTime: [
    { level: 'elite', minutes: hour },
    { level: 'high', minutes: week },
    { level: 'medium', minutes: 180 * day },
  ],
  changeFailureRate: [
    { level: 'elite', percent: 15 },
    { level: 'high', percent: 20 },
    { level: 'medium', percent: 30 },
  ],
  restoration: {
    name: 'Time to restore service',
    of: restorations,
    isOfDeployments: false,
    levels: restorationLevels,
    monthsKeepToWindow: false,
    withoutData: 'N/A. Please check if you have collected incidents.',
  },
}
