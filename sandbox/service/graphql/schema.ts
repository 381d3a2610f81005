/** The GraphQL schema of the contract. In a metric without data the fields are null, never the metric itself. */
export const typeDefs = /* GraphQL */ `
  type Query {
    "The metrics of a project, over the last 30 days if no range is given."
    doraMetrics(project: String!, timeRange: TimeRange): DORAMetrics
    projects: [Project!]!
    "Newest first; of all time if no range is given."
    deployments(project: String!, timeRange: TimeRange): [Deployment!]!
    "Newest first by creation; of all time if no range is given."
    incidents(project: String!, timeRange: TimeRange): [Incident!]!
  }

  "A range that ends at the last completed collection."
  enum TimeRange {
    LAST_7_DAYS
    LAST_30_DAYS
    LAST_90_DAYS
  }

  type DORAMetrics {
    project: String!
    deploymentFrequency: DeploymentFrequency!
    leadTimeForChanges: LeadTime!
    changeFailureRate: ChangeFailureRate!
    meanTimeToRestore: MTTR!
    operationalPerformance: OperationalPerformance!
  }

  type DeploymentFrequency {
    value: Float
    unit: String!
    level: String
    timeseries: [TimeseriesDataPoint!]!
  }

  type TimeseriesDataPoint {
    "A UTC day, YYYY-MM-DD."
    date: String!
    count: Int!
  }

  type LeadTime {
    value: Float
    unit: String!
    level: String
    p50: Float
    p95: Float
    stages: [LeadTimeStage!]!
  }

  type LeadTimeStage {
    name: String!
    "Mean, in minutes."
    duration: Float
  }

  type ChangeFailureRate {
    "Percent."
    value: Float
    level: String
    totalDeployments: Int!
    failedDeployments: Int!
  }

  type MTTR {
    value: Float
    unit: String!
    level: String
    p50: Float
    p95: Float
  }

  type OperationalPerformance {
    "Availability, in percent."
    value: Float
    unit: String!
    sloTarget: Float
    "Milliseconds."
    p99Latency: Float
    "Percent."
    errorRate: Float
  }

  type Project {
    name: String!
    description: String!
    team: String
  }

  type Deployment {
    "The id within the project, as posted."
    id: String!
    project: String!
    result: String
    status: String
    environment: String
    commitSha: String
    "Times are RFC 3339, UTC."
    startedAt: String
    finishedAt: String
    durationSeconds: Int
  }

  type Incident {
    "The id within the project, as posted."
    id: String!
    project: String!
    title: String
    severity: String
    status: String
    environment: String
    createdAt: String
    resolvedAt: String
  }
`
