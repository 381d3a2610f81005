/** Statistics of a metric whose samples are durations. */
import { z } from 'zod'

export interface Distribution {
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly samples: number
}

export const distributionRow = z.object({
  project: z.string(),
  samples: z.number(),
  mean: z.number(),
  p50: z.number(),
  p95: z.number(),
})

const millisecondsPerMinute = 60_000

/** Converts the milliseconds of a row to minutes. */
export const inMinutes = ({ mean, p50, p95, samples }: Distribution): Distribution => ({
  mean: mean / millisecondsPerMinute,
  p50: p50 / millisecondsPerMinute,
  p95: p95 / millisecondsPerMinute,
  samples,
})
