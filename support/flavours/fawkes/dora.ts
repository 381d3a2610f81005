/** The surfaces of the contract `fawkes`: the requests for the metrics and the answers. */
import { z } from 'zod'
import type { DoraContract } from '../../contracts/dora'
import { precision } from './answer-values'
import { fawkesDeployments } from './event-lists'
import { fawkesGraphQL, graphqlStages } from './graphql-metrics'
import { fawkesRest, pathOf } from './rest-metrics'

const defaults = {
  frequencyWindowDays: 7,
  frequencyEnvironment: 'production',
  leadTimeStages: ['development', 'review', 'production'],
  failureRateWindowDays: 30,
  severities: null,
} as const

const days = z.number().int().positive()
const names = z.array(z.string().min(1)).min(1)

export const fawkesDora: DoraContract = {
  ranges: { last7days: 7, last30days: 30, last90days: 90 },
  precision,
  rest: fawkesRest,
  deployments: fawkesDeployments,
  stages: {
    path: (project, range) => `${pathOf('lead-time')(project, range)}&includeStages=true`,
    graphql: graphqlStages,
    answer: z
      .looseObject({
        summary: z.looseObject({ value: z.number().nullable() }),
        stages: z.array(z.looseObject({ name: z.string(), duration: z.number().nullable(), unit: z.string() })),
      })
      .transform(({ summary, stages }) => ({ leadTime: summary.value, stages })),
  },
  saysNoData: (status, body) =>
    status === 404 && z.looseObject({ error: z.looseObject({ code: z.literal('NO_DATA') }) }).safeParse(body).success,
  graphql: fawkesGraphQL,
  exposed: [
    { quantity: 'all-time deployments', sample: 'dora_deployment_frequency_total' },
    { quantity: 'all-time lead times', sample: 'dora_lead_time_seconds_count' },
    { quantity: 'sum of all lead times', sample: 'dora_lead_time_seconds_sum' },
    { quantity: 'lead times up to an hour', sample: 'dora_lead_time_seconds_bucket', bucket: 3600 },
    { quantity: 'lead times up to a day', sample: 'dora_lead_time_seconds_bucket', bucket: 86_400 },
    { quantity: 'all-time resolved incidents', sample: 'dora_mttr_seconds_count' },
    { quantity: 'sum of all times to restore', sample: 'dora_mttr_seconds_sum' },
    { quantity: 'incidents resolved within an hour', sample: 'dora_mttr_seconds_bucket', bucket: 3600 },
    { quantity: 'incidents resolved within a day', sample: 'dora_mttr_seconds_bucket', bucket: 86_400 },
    { quantity: 'change failure ratio', sample: 'dora_change_failure_rate' },
  ],
  exposedNotCompared: Object.fromEntries(
    ['dora_lead_time_seconds_bucket', 'dora_mttr_seconds_bucket'].map((bucket) => [
      `${bucket}{le="+Inf"}`,
      'the text format demands that it equals the count, which is compared',
    ]),
  ),
  settings: {
    plugin: 'dora',
    defaults,
    option: z
      .looseObject({
        deployment_frequency: z
          .looseObject({
            window_days: days.default(defaults.frequencyWindowDays),
            environment: z.string().min(1).default(defaults.frequencyEnvironment),
          })
          .prefault({}),
        lead_time: z.looseObject({ stages: names.default([...defaults.leadTimeStages]) }).prefault({}),
        cfr: z.looseObject({ window_days: days.default(defaults.failureRateWindowDays) }).prefault({}),
        mttr: z.looseObject({ severities: names.nullable().default(null) }).prefault({}),
      })
      .transform(({ deployment_frequency, lead_time, cfr, mttr }) => ({
        frequencyWindowDays: deployment_frequency.window_days,
        frequencyEnvironment: deployment_frequency.environment,
        leadTimeStages: lead_time.stages,
        failureRateWindowDays: cfr.window_days,
        severities: mttr.severities,
      })),
  },
}
