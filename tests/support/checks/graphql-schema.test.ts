/** What a service's GraphQL schema breaks of the contract is said in one sentence each, and nothing else is said. */
import { buildSchema, introspectionFromSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { applicable } from '../../../support/basis/expectation'
import { schemaDifferences } from '../../../support/checks/graphql-schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'

const graphql = applicable(fawkes.graphql)

const differences = (sdl: string) => schemaDifferences(graphql, introspectionFromSchema(buildSchema(sdl)))

type Change = readonly [from: string | RegExp, to: string]

/** A schema with changes, each of which has to be about something that is there. */
function edited(sdl: string, changes: readonly Change[]): string {
  return changes.reduce((before, [from, to]) => {
    const after = before.replace(from, to)
    if (after === before) throw new Error(`The schema does not hold ${from}.`)
    return after
  }, sdl)
}

const changed = (...changes: readonly Change[]) => edited(graphql.schema, changes)

/** A service as it is in life: its own names, more than is documented, and stricter in what it answers. */
const service = changed(
  [/ContractFrequency/g, 'Frequency'],
  [/ContractDay/g, 'DataPoint'],
  [/ContractLeadTime/g, 'LeadTime'],
  [/ContractStage/g, 'Stage'],
  [/ContractFailureRate/g, 'ChangeFailureRate'],
  [/ContractTimeToRestore/g, 'MTTR'],
  [/ContractOperationalPerformance/g, 'Performance'],
  [/_: Boolean/g, 'id: ID! finishedAt: String'],
)

const serviceWith = (...changes: readonly Change[]) => edited(service, changes)

const definition = (names: string) => new RegExp(`(type|enum) (${names}) \\{[^}]*\\}`, 'g')

/** One type where the contract shows two. */
const shared = changed(
  [definition('ContractTimeToRestore'), ''],
  [/ContractTimeToRestore|ContractLeadTime/g, 'Durations'],
)

describe('no difference is', () => {
  it.each<[string, string]>([
    ['the contract itself', graphql.schema],
    ['other names of the types inside DORAMetrics', service],
    ['one type where the contract shows two', shared],
    ['one more field', changed(['type Project {', 'type Project { id: ID!'])],
    ['one more query', changed(['type Query {', 'type Query { health: String'])],
    ['one more type', `${graphql.schema} type Team { name: String! } type Mutation { name(to: String!): Team }`],
    ['one more value of the enum', changed(['LAST_90_DAYS', 'LAST_90_DAYS LAST_YEAR'])],
    [
      'one more argument that can be left out',
      changed(['timeRange: TimeRange)', 'timeRange: TimeRange, team: String)']),
    ],
    ['an argument with a default', changed(['timeRange: TimeRange)', 'timeRange: TimeRange = LAST_30_DAYS)'])],
    ['an argument that may be left out', changed(['deployments(project: String!', 'deployments(project: String'])],
    ['a field that is never empty', changed(['unit: String', 'unit: String!'])],
    ['a list that is never empty', changed(['timeseries: [ContractDay!]', 'timeseries: [ContractDay!]!'])],
    ['a deprecated field', changed(['level: String', 'level: String @deprecated(reason: "soon")'])],
    [
      'another form of the open types',
      changed([/type Deployment \{[^}]*\}/, 'type Deployment { id: ID! sha: String }']),
    ],
  ])('%s', (_, sdl) => {
    expect(differences(sdl)).toEqual([])
  })

  it('a library that does not know every directive and scalar of this one', () => {
    const { __schema } = introspectionFromSchema(buildSchema(service))
    const types = __schema.types.filter(({ name }) => name !== 'ID')
    const withoutId = types.map((type) =>
      type.kind === 'OBJECT' ? { ...type, fields: type.fields.filter(({ name }) => name !== 'id') } : type,
    )
    expect(schemaDifferences(graphql, { __schema: { ...__schema, types: withoutId, directives: [] } })).toEqual([])
  })
})

describe('one sentence says', () => {
  it.each<[string, string, string]>([
    ['a missing query', changed([/incidents\(.*/, '']), 'Query.incidents was removed.'],
    ['a missing field', changed([/operationalPerformance: .*/, '']), 'DORAMetrics.operationalPerformance was removed.'],
    ['a missing field of a type that the service names', serviceWith(['p95: Float', '']), 'LeadTime.p95 was removed.'],
    ['a missing field two types down', serviceWith(['count: Int', 'day: Int']), 'DataPoint.count was removed.'],
    [
      'a missing field of the one type where the contract shows two',
      edited(shared, [[/stages: .*/, '']]),
      'Durations.stages was removed.',
    ],
    [
      'a field of another type',
      changed(['value: Float', 'value: String']),
      'ContractFrequency.value changed type from Float to String.',
    ],
    [
      'a field that holds no object',
      changed(['meanTimeToRestore: ContractTimeToRestore', 'meanTimeToRestore: Float']),
      'DORAMetrics.meanTimeToRestore changed type from an object to Float.',
    ],
    [
      'a field that holds an enum',
      changed(['meanTimeToRestore: ContractTimeToRestore', 'meanTimeToRestore: TimeRange']),
      'DORAMetrics.meanTimeToRestore changed type from an object to TimeRange.',
    ],
    [
      'a field that holds a list',
      serviceWith(['deploymentFrequency: Frequency', 'deploymentFrequency: [Frequency]']),
      'DORAMetrics.deploymentFrequency changed type from Frequency to [Frequency].',
    ],
    [
      'a name that may be empty',
      changed([/type Project \{\s*name: String!/, 'type Project { name: String']),
      'Project.name changed type from String! to String.',
    ],
    [
      'projects that may be empty',
      changed(['[Project!]!', '[Project]!']),
      'Query.projects changed type from [Project!]! to [Project]!.',
    ],
    [
      'a list of deployments that may be empty',
      changed(['[Deployment!]!', '[Deployment!]']),
      'Query.deployments changed type from [Deployment!]! to [Deployment!].',
    ],
    [
      'a list of incidents and incidents that may be empty',
      changed(['[Incident!]!', '[Incident]']),
      'Query.incidents changed type from [Incident!]! to [Incident].',
    ],
    ['a missing value of the enum', changed(['LAST_7_DAYS', '']), 'LAST_7_DAYS was removed from enum type TimeRange.'],
    [
      'a missing argument',
      changed(['doraMetrics(project: String!, timeRange: TimeRange)', 'doraMetrics(project: String!)']),
      'Query.doraMetrics arg timeRange was removed.',
    ],
    [
      'an argument of another type',
      changed(['doraMetrics(project: String!', 'doraMetrics(project: ID!']),
      'Query.doraMetrics arg project has changed type from String! to ID!.',
    ],
    [
      'an argument that may no longer be left out',
      changed([
        'doraMetrics(project: String!, timeRange: TimeRange)',
        'doraMetrics(project: String!, timeRange: TimeRange!)',
      ]),
      'Query.doraMetrics arg timeRange has changed type from TimeRange to TimeRange!.',
    ],
    [
      'a new required argument',
      changed(['doraMetrics(', 'doraMetrics(tenant: ID!, ']),
      'A required arg tenant on Query.doraMetrics was added.',
    ],
    ['a missing type, for another stands in its place', changed([/\bIncident\b/g, 'Outage']), 'Incident was removed.'],
    [
      'a missing type that the contract leaves open, with the query for it',
      changed([/deployments\(.*/, ''], [definition('Deployment'), '']),
      'Deployment was removed.',
    ],
    [
      'a missing enum, for text stands in its place',
      changed([/timeRange: TimeRange/g, 'timeRange: String'], [definition('TimeRange'), '']),
      'TimeRange was removed.',
    ],
    [
      'a missing enum, with the arguments that were of it',
      changed([/, timeRange: TimeRange/g, ''], [definition('TimeRange'), '']),
      'TimeRange was removed.',
    ],
    [
      'the missing metrics, and not each of the types inside them',
      serviceWith(
        [/doraMetrics\(.*/, ''],
        [definition('DORAMetrics|Frequency|DataPoint|LeadTime|Stage|ChangeFailureRate|MTTR|Performance'), ''],
      ),
      'DORAMetrics was removed.',
    ],
    [
      'a type of another kind',
      changed([/type Incident \{[^}]*\}/, 'interface Incident { id: ID }']),
      'Incident changed from an Object type to an Interface type.',
    ],
  ])('%s', (_, sdl, sentence) => {
    expect(differences(sdl)).toEqual([sentence])
  })

  it.each([{}, { __schema: null }, { projects: [] }])('that %j is no schema', (data) => {
    const said = schemaDifferences(graphql, data)
    expect(said).toEqual([expect.stringMatching(/^the answer to the introspection is no schema: \S/)])
    expect(said.join()).not.toContain('\n')
  })
})

describe('several sentences say', () => {
  it('differences that have nothing to do with one another', () => {
    expect(differences(changed(['LAST_7_DAYS', ''], ['count: Int', ''], ['[Project!]!', '[Project!]']))).toEqual([
      'Query.projects changed type from [Project!]! to [Project!].',
      'LAST_7_DAYS was removed from enum type TimeRange.',
      'ContractDay.count was removed.',
    ])
  })

  it('where a scalar is no longer used, and not that it is gone', () => {
    expect(differences(serviceWith([/: Int\b/g, ': Float']))).toEqual([
      'DataPoint.count changed type from Int to Float.',
      'ChangeFailureRate.totalDeployments changed type from Int to Float.',
      'ChangeFailureRate.failedDeployments changed type from Int to Float.',
    ])
  })
})
