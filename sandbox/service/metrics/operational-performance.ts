/** Operational performance: measurements by monitoring, averaged over the days of the window. */
import { z } from 'zod'
import type { Transaction } from '../database/database'
import type { Definitions } from './definitions'
import { type Scope, scopeValues } from './relations'

const performanceRow = z.object({
  /** In percent, like the target and the error rate; the latency is in milliseconds. All null without a measurement. */
  availability: z.number().nullable(),
  sloTarget: z.number().nullable(),
  p99Latency: z.number().nullable(),
  errorRate: z.number().nullable(),
})
export type OperationalPerformance = z.infer<typeof performanceRow>

const notMeasured: OperationalPerformance = {
  availability: null,
  sloTarget: null,
  p99Latency: null,
  errorRate: null,
}

export async function operationalPerformance(
  transaction: Transaction,
  definitions: Definitions,
  scope: Scope,
): Promise<OperationalPerformance> {
  const [row] = await transaction.rows(
    performanceRow,
    `SELECT AVG(availability) AS availability, MAX(slo_target) AS sloTarget, AVG(p99_latency_ms) AS p99Latency,
       AVG(error_rate) AS errorRate
     FROM operational_performance
     WHERE project_name IN (:projects) AND ${definitions.within('measured_date')}`,
    scopeValues(scope),
  )
  return row ?? notMeasured
}
