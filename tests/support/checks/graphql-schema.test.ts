/** Each breaking difference from the contract's GraphQL schema is reported in one sentence, and no other difference is. */
import { buildSchema, introspectionFromSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { applicable } from '../../../support/basis/expectation'
import { schemaDifferences } from '../../../support/checks/graphql-schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'

const graphql = applicable(fawkes.graphql)

const differences = (sdl: string) => schemaDifferences(graphql, introspectionFromSchema(buildSchema(sdl)))

type Change = readonly [from: string | RegExp, to: string]

/** Applies changes to a schema. @throws Error when a change replaces nothing */
function edited(sdl: string, changes: readonly Change[]): string {
  return changes.reduce((before, [from, to]) => {
    const after = before.replace(from, to)
    if (after === before) throw new Error(`The schema does not contain ${from}.`)
    return after
  }, sdl)
}

const changed = (...changes: readonly Change[]) => edited(graphql.schema, changes)

/** A realistic service: type names of its own, more than is documented, and stricter answers. */
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

/** One type where the contract has two. */
const shared = changed(
  [definition('ContractTimeToRestore'), ''],
  [/ContractTimeToRestore|ContractLeadTime/g, 'Durations'],
)

describe('no difference is reported for', () => {
  it.each<[string, string]>([
    ['the contract itself', graphql.schema],
    ['different names of the types inside DORAMetrics', service],
    ['one type where the contract has two', shared],
    ['an additional field', changed(['type Project {', 'type Project { id: ID!'])],
    ['an additional query', changed(['type Query {', 'type Query { health: String'])],
    ['an additional type', `${graphql.schema} type Team { name: String! } type Mutation { name(to: String!): Team }`],
    ['an additional value of the enum', changed(['LAST_90_DAYS', 'LAST_90_DAYS LAST_YEAR'])],
    ['an additional optional argument', changed(['timeRange: TimeRange)', 'timeRange: TimeRange, team: String)'])],
    ['an argument with a default', changed(['timeRange: TimeRange)', 'timeRange: TimeRange = LAST_30_DAYS)'])],
    ['an argument that became optional', changed(['deployments(project: String!', 'deployments(project: String'])],
    ['a field that is never null', changed(['unit: String', 'unit: String!'])],
    ['a list that is never null', changed(['timeseries: [ContractDay!]', 'timeseries: [ContractDay!]!'])],
    ['a deprecated field', changed(['level: String', 'level: String @deprecated(reason: "soon")'])],
    [
      'different fields in the open types',
      changed([/type Deployment \{[^}]*\}/, 'type Deployment { id: ID! sha: String }']),
    ],
  ])('%s', (_, sdl) => {
    expect(differences(sdl)).toEqual([])
  })

  it('a library with fewer directives and scalars', () => {
    const { __schema } = introspectionFromSchema(buildSchema(service))
    const types = __schema.types.filter(({ name }) => name !== 'ID')
    const withoutId = types.map((type) =>
      type.kind === 'OBJECT' ? { ...type, fields: type.fields.filter(({ name }) => name !== 'id') } : type,
    )
    expect(schemaDifferences(graphql, { __schema: { ...__schema, types: withoutId, directives: [] } })).toEqual([])
  })
})

describe('one sentence reports', () => {
  it.each<[string, string, string]>([
    ['a missing query', changed([/incidents\(.*/, '']), 'Query.incidents was removed.'],
    ['a missing field', changed([/operationalPerformance: .*/, '']), 'DORAMetrics.operationalPerformance was removed.'],
    ['a missing field of a type with a name of its own', serviceWith(['p95: Float', '']), 'LeadTime.p95 was removed.'],
    ['a missing field two levels down', serviceWith(['count: Int', 'day: Int']), 'DataPoint.count was removed.'],
    [
      'a missing field of one type where the contract has two',
      edited(shared, [[/stages: .*/, '']]),
      'Durations.stages was removed.',
    ],
    [
      'a field with a different type',
      changed(['value: Float', 'value: String']),
      'ContractFrequency.value changed type from Float to String.',
    ],
    [
      'a field that is not an object',
      changed(['meanTimeToRestore: ContractTimeToRestore', 'meanTimeToRestore: Float']),
      'DORAMetrics.meanTimeToRestore changed type from an object to Float.',
    ],
    [
      'a field that is an enum',
      changed(['meanTimeToRestore: ContractTimeToRestore', 'meanTimeToRestore: TimeRange']),
      'DORAMetrics.meanTimeToRestore changed type from an object to TimeRange.',
    ],
    [
      'a field that is a list',
      serviceWith(['deploymentFrequency: Frequency', 'deploymentFrequency: [Frequency]']),
      'DORAMetrics.deploymentFrequency changed type from Frequency to [Frequency].',
    ],
    [
      'a name that may be null',
      changed([/type Project \{\s*name: String!/, 'type Project { name: String']),
      'Project.name changed type from String! to String.',
    ],
    [
      'projects that may be null',
      changed(['[Project!]!', '[Project]!']),
      'Query.projects changed type from [Project!]! to [Project]!.',
    ],
    [
      'a list of deployments that may be null',
      changed(['[Deployment!]!', '[Deployment!]']),
      'Query.deployments changed type from [Deployment!]! to [Deployment!].',
    ],
    [
      'a list of incidents that may be null, as may its entries',
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
      'an argument with a different type',
      changed(['doraMetrics(project: String!', 'doraMetrics(project: ID!']),
      'Query.doraMetrics arg project has changed type from String! to ID!.',
    ],
    [
      'an argument that became required',
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
    ['a missing type that is replaced by another', changed([/\bIncident\b/g, 'Outage']), 'Incident was removed.'],
    [
      'a missing open type together with its query',
      changed([/deployments\(.*/, ''], [definition('Deployment'), '']),
      'Deployment was removed.',
    ],
    [
      'a missing enum that is replaced by a string',
      changed([/timeRange: TimeRange/g, 'timeRange: String'], [definition('TimeRange'), '']),
      'TimeRange was removed.',
    ],
    [
      'a missing enum together with its arguments',
      changed([/, timeRange: TimeRange/g, ''], [definition('TimeRange'), '']),
      'TimeRange was removed.',
    ],
    [
      'missing metrics, without the types inside them',
      serviceWith(
        [/doraMetrics\(.*/, ''],
        [definition('DORAMetrics|Frequency|DataPoint|LeadTime|Stage|ChangeFailureRate|MTTR|Performance'), ''],
      ),
      'DORAMetrics was removed.',
    ],
    [
      'a type of a different kind',
      changed([/type Incident \{[^}]*\}/, 'interface Incident { id: ID }']),
      'Incident changed from an Object type to an Interface type.',
    ],
  ])('%s', (_, sdl, sentence) => {
    expect(differences(sdl)).toEqual([sentence])
  })

  it.each([{}, { __schema: null }, { projects: [] }])('that %j is not a schema', (data) => {
    const reported = schemaDifferences(graphql, data)
    expect(reported).toEqual([expect.stringMatching(/^the introspection does not return a valid schema: \S/)])
    expect(reported.join()).not.toContain('\n')
  })
})

describe('several sentences report', () => {
  it('unrelated differences', () => {
    expect(differences(changed(['LAST_7_DAYS', ''], ['count: Int', ''], ['[Project!]!', '[Project!]']))).toEqual([
      'Query.projects changed type from [Project!]! to [Project!].',
      'LAST_7_DAYS was removed from enum type TimeRange.',
      'ContractDay.count was removed.',
    ])
  })

  it('the fields that no longer use a scalar, and not the missing scalar', () => {
    expect(differences(serviceWith([/: Int\b/g, ': Float']))).toEqual([
      'DataPoint.count changed type from Int to Float.',
      'ChangeFailureRate.totalDeployments changed type from Int to Float.',
      'ChangeFailureRate.failedDeployments changed type from Int to Float.',
    ])
  })
})
