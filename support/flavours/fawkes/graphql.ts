/**
 * The part of the GraphQL schema that the platform's API reference documents. The reference names Query, TimeRange, DORAMetrics,
 * Project, Deployment and Incident. It shows the types inside DORAMetrics only by their fields, so their names here are
 * placeholders for the names that the service uses.
 */
export const fawkesSchema = /* GraphQL */ `
  type Query {
    doraMetrics(project: String!, timeRange: TimeRange): DORAMetrics
    projects: [Project!]!
    deployments(project: String!, timeRange: TimeRange): [Deployment!]!
    incidents(project: String!, timeRange: TimeRange): [Incident!]!
  }

  enum TimeRange {
    LAST_7_DAYS
    LAST_30_DAYS
    LAST_90_DAYS
  }

  type DORAMetrics {
    project: String
    deploymentFrequency: ContractFrequency
    leadTimeForChanges: ContractLeadTime
    changeFailureRate: ContractFailureRate
    meanTimeToRestore: ContractTimeToRestore
    operationalPerformance: ContractOperationalPerformance
  }

  type ContractFrequency {
    value: Float
    unit: String
    level: String
    timeseries: [ContractDay!]
  }

  type ContractDay {
    date: String
    count: Int
  }

  type ContractLeadTime {
    value: Float
    unit: String
    level: String
    p50: Float
    p95: Float
    stages: [ContractStage!]
  }

  type ContractStage {
    name: String
    duration: Float
  }

  type ContractFailureRate {
    value: Float
    level: String
    totalDeployments: Int
    failedDeployments: Int
  }

  type ContractTimeToRestore {
    value: Float
    unit: String
    level: String
    p50: Float
    p95: Float
  }

  type ContractOperationalPerformance {
    value: Float
  }

  type Project {
    name: String!
  }

  type Deployment {
    _: Boolean
  }

  type Incident {
    _: Boolean
  }
`

/** A query for each field of Query. `__typename` is a field of every type, so these also work for types that are left open. */
export const guardedQueries = {
  projects: 'query { projects { name } }',
  doraMetrics: 'query ($project: String!) { doraMetrics(project: $project) { project } }',
  deployments: 'query ($project: String!) { deployments(project: $project) { __typename } }',
  incidents: 'query ($project: String!) { incidents(project: $project) { __typename } }',
}
