/** Deployment frequency: successful deployments in the window, per day of the window. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import type { Definitions } from './definitions'
import { finishedDeployments, type Scope, scopeValues, type Window } from './relations'

export interface DeploymentFrequency {
  readonly perDay: number
  readonly deployments: number
}

const frequencyRow = z.object({ project: z.string(), perDay: z.number(), deployments: z.number() })

/** Frequencies by project. A project without a finished deployment in the window has no entry. */
export async function deploymentFrequency(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
  environment: string,
): Promise<ReadonlyMap<string, DeploymentFrequency>> {
  const rows = await transaction.rows(
    frequencyRow,
    `WITH ${finishedDeployments(definitions)}
     SELECT d.project, SUM(${definitions.counted}) AS deployments,
       SUM(${definitions.counted}) / (${definitions.days}) AS perDay
     FROM finished_deployments d WHERE ${definitions.within('d.finished_date')} GROUP BY d.project`,
    scopeValues(scope, environment),
  )
  return new Map(rows.map((row) => [row.project, row]))
}

export const groupings = ['day', 'week', 'month'] as const
export type Grouping = (typeof groupings)[number]

export interface Bucket {
  /** The UTC day, or the first day of the week (Monday) or month, as YYYY-MM-DD. */
  readonly date: string
  readonly deployments: number
}

const bucketRow = z.object({ date: z.string(), deployments: z.number() })

/** The series of one project: every bucket that overlaps the window, including those without a deployment. */
export async function deploymentSeries(
  transaction: Transaction,
  definitions: Definitions,
  project: string,
  window: Window,
  environment: string,
  grouping: Grouping,
): Promise<readonly Bucket[]> {
  const rows = await transaction.rows(
    bucketRow,
    `WITH ${finishedDeployments(definitions)}
     SELECT DATE_FORMAT(${definitions.bucket[grouping]('d.finished_date')}, '%Y-%m-%d') AS date, COUNT(*) AS deployments
     FROM finished_deployments d WHERE ${definitions.within('d.finished_date')} AND ${definitions.counted}
     GROUP BY date`,
    scopeValues({ projects: [project], window }, environment),
  )
  const counts = new Map(rows.map((row) => [row.date, row.deployments]))
  return bucketDates(window, grouping).map((date) => ({ date, deployments: counts.get(date) ?? 0 }))
}

function bucketDates(window: Window, grouping: Grouping): string[] {
  const dates: string[] = []
  let day = bucketStart(window.start, grouping)
  while (day < window.end) {
    dates.push(day.toISOString().slice(0, 10))
    day = nextBucket(day, grouping)
  }
  return dates
}

function bucketStart(time: Date, grouping: Grouping): Date {
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()]
  // getUTCDay counts from Sunday, but a week begins on Monday, as in ISO 8601.
  const sinceMonday = (time.getUTCDay() + 6) % 7
  const first = { day, week: day - sinceMonday, month: 1 }[grouping]
  return new Date(Date.UTC(year, month, first))
}

function nextBucket(start: Date, grouping: Grouping): Date {
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()]
  switch (grouping) {
    case 'day':
      return new Date(Date.UTC(year, month, day + 1))
    case 'week':
      return new Date(Date.UTC(year, month, day + 7))
    case 'month':
      return new Date(Date.UTC(year, month + 1, 1))
  }
}
