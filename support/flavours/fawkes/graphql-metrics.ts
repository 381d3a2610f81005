/** The metrics of a project over the GraphQL API of the contract `fawkes`. */
import { z } from 'zod'
import type { GraphQLList, GraphQLMetrics, RangeName } from '../../contracts/dora'
import {
  date,
  duration,
  failureRateOf,
  frequencyOf,
  leadTimeOf,
  level,
  number,
  optional,
  project,
  projectOf,
  seriesOf,
  timeToRestoreOf,
  unit,
} from './answer-values'
import { comparedIn, entry, type Names, notComparedIn } from './event-lists'

const graphqlRange: Readonly<Record<RangeName, string>> = {
  last7days: 'LAST_7_DAYS',
  last30days: 'LAST_30_DAYS',
  last90days: 'LAST_90_DAYS',
}

/** The argument that names the range; nothing without one. */
const rangeIn = (range: RangeName | undefined) => (range ? `, timeRange: ${graphqlRange[range]}` : '')

/** A field of Query that lists stored events. The contract leaves the fields of its entries open. */
const listed = (field: string, type: string, names: Names): GraphQLList => ({
  type,
  request: (project, range, fields) => ({
    query: `query ($project: String!) {
    ${field}(project: $project${rangeIn(range)}) { ${fields.join(' ')} }
  }`,
    variables: { project },
  }),
  answer: z.object({ [field]: z.array(entry(names)) }).transform((found) => ({ entries: found[field] ?? [] })),
  compared: comparedIn(names),
  notCompared: notComparedIn,
})

/** The stages of the lead time, whose durations are in minutes. */
export const graphqlStages = {
  request: (project: string, range: RangeName) => ({
    query: `query ($project: String!) {
    doraMetrics(project: $project${rangeIn(range)}) { leadTimeForChanges { value stages { name duration } } }
  }`,
    variables: { project },
  }),
  answer: z
    .object({
      doraMetrics: z.object({
        leadTimeForChanges: z.object({
          value: number,
          stages: z.array(z.object({ name: z.string(), duration: number })),
        }),
      }),
    })
    .transform(({ doraMetrics: { leadTimeForChanges: found } }) => ({
      leadTime: found.value,
      stages: found.stages.map((stage) => ({ ...stage, unit: 'minutes' })),
    })),
}

export const fawkesGraphQL: GraphQLMetrics = {
  ...{ field: 'doraMetrics', type: 'DORAMetrics', otherFields: ['projects', 'deployments', 'incidents'] },
  request: (project, range) => ({
    query: `query ($project: String!) {
    doraMetrics(project: $project${rangeIn(range)}) {
      project
      deploymentFrequency { value unit level timeseries { date count } }
      leadTimeForChanges { value unit level p50 p95 }
      changeFailureRate { value level totalDeployments failedDeployments }
      meanTimeToRestore { value unit level p50 p95 }
    }
  }`,
    variables: { project },
  }),
  notCompared: {
    'doraMetrics.leadTimeForChanges.stages.name':
      'the settings of projects decide the stages, which are compared with them',
    'doraMetrics.leadTimeForChanges.stages.duration': 'the contract does not define the split; the sum is compared',
    'doraMetrics.operationalPerformance': 'the service measures it itself',
  },
  deployments: listed('deployments', 'Deployment', { finished: ['finishedAt', 'finishedDate', 'finished_date'] }),
  incidents: listed('incidents', 'Incident', {
    created: ['createdAt', 'createdDate', 'created_date'],
    resolved: ['resolvedAt', 'resolutionDate', 'resolution_date'],
  }),
  answer: z
    .looseObject({
      doraMetrics: z.looseObject({
        project,
        deploymentFrequency: z.looseObject({
          value: number,
          unit,
          level,
          timeseries: z.array(z.looseObject({ date, count: z.number() })),
        }),
        leadTimeForChanges: duration,
        changeFailureRate: z.looseObject({
          value: number,
          level,
          totalDeployments: optional,
          failedDeployments: optional,
        }),
        meanTimeToRestore: duration,
      }),
    })
    .transform(({ doraMetrics: found }) => ({
      ...projectOf(found.project),
      ...frequencyOf(found.deploymentFrequency),
      ...seriesOf(found.deploymentFrequency.timeseries.map(({ date, count }) => ({ date, deployments: count }))),
      ...leadTimeOf(found.leadTimeForChanges),
      ...failureRateOf({
        ...found.changeFailureRate,
        total: found.changeFailureRate.totalDeployments,
        failed: found.changeFailureRate.failedDeployments,
      }),
      ...timeToRestoreOf(found.meanTimeToRestore),
    })),
}
