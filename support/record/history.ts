/** The earlier runs of a platform, as far as the reports show them: verdicts and the values of the metrics. Pure. */
import { z } from 'zod'
import { type History, verdictNames } from './verdict'

/** The most earlier runs in a record; with its own run, the reports show 30. */
export const longestHistory = 29

const value = z.number().nullable()

export const historySchema: z.ZodType<History> = z.strictObject({
  runs: z.array(
    z.strictObject({
      run: z.string().optional(),
      finishedAt: z.iso.datetime(),
      verdict: z.enum(verdictNames),
      metrics: z.record(z.string(), z.strictObject({ all: value, projects: z.record(z.string(), value) })),
    }),
  ),
  unreadable: z.array(z.string()),
})
