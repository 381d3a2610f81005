/** A configuration that asks less than the checklist is recognised by its keys, and every key is known. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadChecklist } from '../../../support/basis/checklist'
import { demands, harmless } from '../../../support/configuration/demands'
import { describeConfiguration } from '../../../support/configuration/effective'
import { configurationSchema } from '../../../support/configuration/schema'
import { devlake } from '../../../support/flavours/devlake/devlake'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'

const schema = configurationSchema(fawkes.names)
const described = (given: object, contract = fawkes) =>
  describeConfiguration(configurationSchema(contract.names).parse(given), contract.names, null)
const weakened = (given: object) =>
  described(given)
    .differences.filter(({ asked }) => asked !== null)
    .map(({ key }) => key)

const node = z.looseObject({
  get properties(): z.ZodOptional<z.ZodRecord<z.ZodString, typeof node>> {
    return z.record(z.string(), node).optional()
  },
})

/** The keys that hold a value rather than further keys, by their path. */
const keysOf = ({ properties }: z.infer<typeof node>, path: readonly string[] = []): string[] =>
  properties ? Object.entries(properties).flatMap(([name, child]) => keysOf(child, [...path, name])) : [path.join('.')]

describe('the keys of the configuration', () => {
  it('each can ask less than the checklist, or cannot, with the reason', () => {
    const keys = keysOf(node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })))
    expect([...Object.keys(demands), ...Object.keys(harmless)].sort()).toEqual(keys.sort())
    for (const reason of Object.values(harmless)) expect(reason).toMatch(/^\w.* \w/)
  })

  it('that can ask less are each named by an item of the checklist, and the checklist names no other', () => {
    const named = loadChecklist().items.flatMap(({ configuredBy = [] }) => configuredBy)
    const isUnder = (key: string, group: string) => key === group || key.startsWith(`${group}.`)
    for (const key of Object.keys(demands))
      expect(
        named.filter((group) => isUnder(key, group)),
        key,
      ).not.toEqual([])
    for (const group of named)
      expect(
        Object.keys(demands).filter((key) => isUnder(key, group)),
        group,
      ).not.toEqual([])
  })
})

describe('a configuration asks less than the checklist with', () => {
  it.each<[string, string, object]>([
    ['one worker', 'cluster.workers', { cluster: { workers: 1 } }],
    ['an older Kubernetes', 'cluster.minimumVersion', { cluster: { minimumVersion: '1.27.9' } }],
    ['any Kubernetes', 'cluster.minimumVersion', { cluster: { minimumVersion: '0.0' } }],
    ['smaller storage', 'storage.size', { storage: { size: '20G' } }],
    ['pods of any label', 'components.lake.labels', { components: { lake: { labels: {} } } }],
    ['fewer paths', 'ingresses.service.paths', { ingresses: { service: { paths: { '/': 'ui', '/api': 'lake' } } } }],
    [
      'the pods of one revision',
      'components.lake.labels',
      { components: { lake: { labels: { app: 'lake', 'pod-template-hash': '5d4f' } } } },
    ],
    [
      'one pod of a StatefulSet',
      'components.mysql.labels',
      { components: { mysql: { labels: { app: 'mysql', 'statefulset.kubernetes.io/pod-name': 'mysql-0' } } } },
    ],
    [
      'a part of a path',
      'ingresses.service.paths',
      { ingresses: { service: { paths: { '/': 'ui', '/api/ping': 'lake', '/metrics': 'lake' } } } },
    ],
    ['fewer keys', 'secretNames.service.keys', { secretNames: { service: { keys: ['api-token'] } } }],
    [
      'other keys',
      'secretNames.service.keys',
      { secretNames: { service: { keys: ['api-token', 'github-token', 'ca.crt'] } } },
    ],
    ['one repository of many', 'dataSources.github.scopes', { dataSources: { github: { scopes: ['checkout'] } } }],
    ['one project of many', 'projects.only', { projects: { only: ['checkout'] } }],
    ['a sample of one', 'projects.atMost', { projects: { atMost: 1 } }],
    ['a selector of exclusions', 'dependencies.argocd.selector', { dependencies: { argocd: { selector: 'a!=b,!c' } } }],
    ['a selector of any value', 'dependencies.argocd.selector', { dependencies: { argocd: { selector: 'app,b!=c' } } }],
    ['fewer parts', 'dependencies.argocd.parts', { dependencies: { argocd: { parts: ['a=b', 'a=b', 'a=b'] } } }],
    ['certificates that end tomorrow', 'certificates.validFor', { certificates: { validFor: '1d' } }],
    ['a second of scrapes', 'monitoring.lookBack', { monitoring: { lookBack: '1s' } }],
    ['a second of logs', 'logs.lookBack', { logs: { lookBack: '1s' } }],
    ['a day for the collection', 'deadlines.collection', { deadlines: { collection: '1d' } }],
    ['a minute for a dashboard', 'deadlines.dashboard', { deadlines: { dashboard: '1m' } }],
    ['a week between two collections', 'deadlines.schedule', { deadlines: { schedule: '7d' } }],
    [
      'a day without a comparison by ArgoCD',
      'application.reconciledWithin',
      { application: { reconciledWithin: '1d' } },
    ],
    ['a minute for a request', 'deadlines.request', { deadlines: { request: '1m' } }],
    ['an hour for a condition', 'deadlines.condition', { deadlines: { condition: '1h' } }],
  ])('%s', (_, key, given) => {
    expect(weakened(given)).toEqual([key])
  })

  it.each([
    '',
    '.*',
    '.',
    '^',
    '$',
    '[a-z]',
    '\\d',
    'error',
    '(?i)error',
    'level=',
    'ERROR|WARN',
    'panic',
    'x*',
    '\\s',
    '.{150,}',
    'T1\\d:',
    'pipeline',
    '(?i)sql',
  ])('an allow-list of %j', (pattern) => {
    expect(weakened({ logs: { allow: ['the plugin gitextractor is deprecated', pattern] } })).toEqual(['logs.allow'])
  })

  it('one Secret, one service or one ingress in place of two', () => {
    expect(weakened({ secretNames: { database: { name: 'devlake-secrets' } } })).toEqual(['secretNames.database.name'])
    expect(weakened({ components: { ui: { service: 'devlake-lake' } } })).toEqual(['components.ui.service'])
    expect(weakened({ ingresses: { grafana: { name: 'devlake' } } })).toEqual(['ingresses.grafana.name'])
  })
})

describe('a configuration asks no less than the checklist with', () => {
  it.each<[string, object]>([
    ['nothing in it', {}],
    ['more workers, storage and time', { cluster: { workers: 5, minimumVersion: '1.30' }, storage: { size: '1Ti' } }],
    ['other names', { namespace: 'dora', components: { lake: { service: 'dora-lake', labels: { app: 'lake' } } } }],
    [
      'a renamed key of a Secret',
      {
        database: { passwordKey: 'password' },
        secretNames: { database: { keys: ['mysql-root-password', 'password'] } },
      },
    ],
    [
      'other paths to the same components',
      { ingresses: { service: { paths: { '/u': 'ui', '/a': 'lake', '/m': 'lake' } } } },
    ],
    ['a wider path', { ingresses: { service: { paths: { '/': 'ui', '/api/': 'lake', '/m': 'lake' } } } }],
    ['a set of values', { dependencies: { argocd: { selector: 'app in (argocd, argo-cd),!legacy' } } }],
    [
      'a known line of a pipeline',
      { logs: { allow: ['\\[pipeline #\\d+\\] \\[task #\\d+\\] tag v0 is deprecated', 'sql: no rows in result set'] } },
    ],
    [
      'one known line',
      { logs: { allow: ['msg="plugin gitextractor: tag v0 is deprecated"', 'Error 1146: Table .q. '] } },
    ],
    ['shorter deadlines', { deadlines: { request: '1s', collection: '10s' }, logs: { lookBack: '2h' } }],
  ])('%s', (_, given) => {
    expect(weakened(given)).toEqual([])
  })

  it('the names of stock DevLake', () => {
    expect(described({ contract: 'devlake' }, devlake).differences.map(({ key }) => key)).toEqual(['contract'])
  })
})

describe('the recorded configuration', () => {
  it('has each value, and each difference with the value of the checklist', () => {
    const { effective, differences } = described({ cluster: { workers: 1 }, deadlines: { request: '1s' } })
    expect(effective).toMatchObject({ 'cluster.workers': '1', 'deadlines.request': '1 s', 'logs.allow': '[]' })
    expect(differences).toEqual([
      { key: 'cluster.workers', checklist: '3', configured: '1', asked: '3 or more' },
      { key: 'deadlines.request', checklist: '10 s', configured: '1 s', asked: null },
    ])
  })

  it('holds no login of a URL', () => {
    const record = described({
      metrics: { pushgateway: 'http://push:hunter2hunter2@gateway:9091' },
      application: { repository: 'https://jo:s3cr3t-t0ken@github.com/paruff/fawkes' },
    })
    expect(record.effective['metrics.pushgateway']).toMatch(/@gateway:9091$/)
    expect(JSON.stringify(record)).not.toMatch(/hunter2|s3cr3t/)
  })
})
