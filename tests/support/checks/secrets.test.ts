import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { Blocked } from '../../../support/basis/expectation'
import { expectExternalSecret, expectReadFromManager, expectWritten } from '../../../support/checks/external-secrets'
import { expectReadyStore, expectReadyStores } from '../../../support/checks/secret-stores'
import { expectInUse } from '../../../support/checks/secret-use'
import { expectKeys } from '../../../support/checks/secrets'
import { cluster, findingOf, type Stock } from '../../fixtures/cluster'

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const synced = { type: 'Ready', status: 'True', reason: 'SecretSynced' }

interface Changes {
  readonly metadata?: object
  readonly spec?: object
  readonly status?: object
}

const externalSecret = ({ metadata, spec, status }: Changes = {}) => ({
  metadata: { name: 'devlake-db', namespace: 'fawkes', uid: 'es-1', generation: 2, ...metadata },
  spec: {
    secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
    data: [{ secretKey: 'mysql-password', remoteRef: { key: 'db' } }],
    ...spec,
  },
  status: { refreshTime: ago(10), syncedResourceVersion: '2-abc', conditions: [synced], ...status },
})

const owner = { kind: 'ExternalSecret', name: 'devlake-db', uid: 'es-1' }
const secret = (metadata: object = { ownerReferences: [owner] }) => ({
  metadata: { name: 'devlake-db', namespace: 'fawkes', ...metadata },
  data: {},
})

const quick = { deadlines: { condition: '1s' } }
const platformWith = (changes: Changes, more: Stock = {}) =>
  cluster(
    { externalsecrets: [externalSecret(changes)], secrets: [secret()], clustergenerators, ...more },
    { configuration: quick },
  )
/** Generators for the whole cluster. */
const clustergenerators = [
  { metadata: { name: 'id' }, spec: { kind: 'UUID', generator: { uuidSpec: {} } } },
  { metadata: { name: 'test' }, spec: { kind: 'Fake', generator: { fakeSpec: {} } } },
  { metadata: { name: 'token' }, spec: { kind: 'GithubAccessToken', generator: {} } },
]

describe('an ExternalSecret is not synced', () => {
  it.each<[string, Changes, RegExp]>([
    [
      'with an older specification',
      { status: { syncedResourceVersion: '1-abc' } },
      /was synced with an older specification/,
    ],
    ['without any version', { status: { syncedResourceVersion: undefined } }, /was synced with an older specification/],
    ['after its interval', { status: { refreshTime: ago(120) } }, /not been refreshed for longer than its interval/],
    [
      'without a refresh',
      { status: { refreshTime: undefined }, spec: { refreshInterval: '0' } },
      /never been refreshed/,
    ],
    [
      'with its Secret deleted',
      { status: { conditions: [{ ...synced, reason: 'SecretDeleted' }] } },
      /Ready, but its operator has not written the values: SecretDeleted/,
    ],
    [
      'with no values at all, so its Secret is retained',
      { status: { conditions: [{ ...synced, message: 'secret retained due to DeletionPolicy=Retain' }] } },
      /Ready, but its operator has not written the values: secret retained due to DeletionPolicy=Retain/,
    ],
    [
      'with nothing to merge into',
      { status: { conditions: [{ ...synced, reason: 'SecretMissing' }] } },
      /Ready, but its operator has not written the values: SecretMissing/,
    ],
    [
      'with a password that changes at each refresh',
      { spec: { dataFrom: [{ sourceRef: { generatorRef: { kind: 'Password', name: 'dora' } } }] } },
      /gets new values from Password dora at each refresh/,
    ],
    [
      'with an id of a generator for the whole cluster, which changes at each refresh',
      { spec: { dataFrom: [{ sourceRef: { generatorRef: { kind: 'ClusterGenerator', name: 'id' } } }] } },
      /gets new values from ClusterGenerator id at each refresh/,
    ],
    [
      'with values of a generator for tests',
      { spec: { dataFrom: [{ sourceRef: { generatorRef: { kind: 'Fake', name: 'dora' } } }] } },
      /takes values from a manifest and not from the secrets manager: Fake dora\.$/,
    ],
    [
      'with values of such a generator for the whole cluster',
      { spec: { dataFrom: [{ sourceRef: { generatorRef: { kind: 'ClusterGenerator', name: 'test' } } }] } },
      /takes values from a manifest and not from the secrets manager: ClusterGenerator test\.$/,
    ],
    [
      'with a password in its template',
      { spec: { target: { template: { data: { 'mysql-password': 'hunter2', host: 'devlake-mysql' } } } } },
      /takes values from a manifest and not from the secrets manager: its own template \(mysql-password\)\.$/,
    ],
    [
      'with a password in its template that an action encodes',
      { spec: { target: { template: { data: { 'mysql-password': '{{ "hunter2" | b64enc }}' } } } } },
      /takes values from a manifest and not from the secrets manager: its own template \(mysql-password\)\.$/,
    ],
    [
      'with a password in a literal that its template reads',
      {
        spec: {
          target: {
            template: { templateFrom: [{ literal: 'host: "{{ .host }}"\n"mysql-password": hunter2\n' }] },
          },
        },
      },
      /takes values from a manifest and not from the secrets manager: its own template \(mysql-password\)\.$/,
    ],
    [
      'with a one-time code',
      { spec: { dataFrom: [{ sourceRef: { generatorRef: { kind: 'MFA', name: 'dora' } } }] } },
      /gets new values from MFA dora at each refresh/,
    ],
  ])('%s', async (_, changes, summary) => {
    expect((await findingOf(expectReadFromManager(await platformWith(changes), 'database'))).summary).toMatch(summary)
  })

  it('while it is being deleted', async () => {
    const platform = await platformWith({ metadata: { deletionTimestamp: ago(1), finalizers: ['x/y'] } })
    expect((await findingOf(expectExternalSecret(platform, 'database'))).summary).toBe(
      'ExternalSecret fawkes/devlake-db is being deleted.',
    )
  })
})

describe('an ExternalSecret is synced', () => {
  const old = { refreshTime: ago(3 * 1440) }
  it.each<[string, Changes]>([
    ['by its interval', {}],
    ['once, by its policy', { spec: { refreshPolicy: 'CreatedOnce' }, status: old }],
    [
      'once, by its policy, and its specification has changed since',
      { spec: { refreshPolicy: 'CreatedOnce' }, status: { ...old, syncedResourceVersion: '1-abc' } },
    ],
    ['on changes only', { spec: { refreshPolicy: 'OnChange' }, status: old }],
    ['with an interval of 0', { spec: { refreshInterval: '0' }, status: old }],
    ['with an interval of 0s', { spec: { refreshInterval: '0s' }, status: old }],
    [
      'with an interval of 0, and its specification has changed since',
      { spec: { refreshInterval: '0' }, status: { ...old, syncedResourceVersion: '1-abc' } },
    ],
    [
      'with a password that was made once',
      {
        spec: {
          dataFrom: [{ sourceRef: { generatorRef: { kind: 'Password', name: 'dora' } } }],
          refreshPolicy: 'CreatedOnce',
        },
      },
    ],
    [
      'with a token that is issued at each refresh',
      { spec: { dataFrom: [{ sourceRef: { generatorRef: { kind: 'GithubAccessToken', name: 'dora' } } }] } },
    ],
    [
      'with a token of a generator for the whole cluster',
      { spec: { dataFrom: [{ sourceRef: { generatorRef: { kind: 'ClusterGenerator', name: 'token' } } }] } },
    ],
    [
      'and rendered by its template, beside fixed values that are no secrets',
      {
        spec: {
          target: {
            template: { data: { 'mysql-password': '{{ .password | b64dec }}', host: 'devlake-mysql' } },
          },
        },
      },
    ],
    [
      'and rendered by a literal that its template reads, in lines or in a block',
      {
        spec: {
          target: {
            template: {
              templateFrom: [
                {
                  literal:
                    'mysql-password: {{ .password }}\nmysql-root-password: |\n  {{ .root }}\nhost: devlake-mysql',
                },
                { literal: 'mysql-root-password: none', target: 'Labels' },
                { configMap: { name: 'templates', items: [{ key: 'all' }] } },
              ],
            },
          },
        },
      },
    ],
    [
      'and rendered by its template in place of a fixed value in a literal that it reads',
      {
        spec: {
          target: {
            template: {
              data: { 'mysql-password': '{{ .password }}' },
              templateFrom: [{ literal: 'mysql-password: none' }],
            },
          },
        },
      },
    ],
    ['a little late', { status: { refreshTime: ago(63) } }],
  ])('%s', async (_, changes) => {
    await expectReadFromManager(await platformWith(changes), 'database')
  })

  it.each([-60, 60])('by the clock of the cluster, %i minutes ahead', async (minutes) => {
    const stock = { externalsecrets: [externalSecret({ status: { refreshTime: ago(10 - minutes) } })] }
    await expectReadFromManager(await cluster(stock, { aheadMs: minutes * 60_000, configuration: quick }), 'database')
  })
})

describe('an ExternalSecret does not write the Secret', () => {
  it.each<[string, object, object, RegExp]>([
    ['by its policy None', { creationPolicy: 'None' }, {}, /writes no Secret: its creation policy is None/],
    ['but a ConfigMap', { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } }, {}, /writes a ConfigMap, and no Secret/],
    ['which nobody owns', {}, { ownerReferences: [] }, /is not written by ExternalSecret fawkes\/devlake-db/],
    ['which another one owns', {}, { ownerReferences: [{ ...owner, name: 'other', uid: 'es-2' }] }, /not written by/],
    ['which an earlier one of the name owned', {}, { ownerReferences: [{ ...owner, uid: 'es-0' }] }, /not written by/],
    ['which it would merge into', { creationPolicy: 'Merge' }, { ownerReferences: [] }, /not written by/],
  ])('%s', async (_, target, metadata, summary) => {
    const platform = await platformWith({ spec: { target } }, { secrets: [secret(metadata)] })
    expect((await findingOf(expectWritten(platform, 'database'))).summary).toMatch(summary)
  })

  it.each(['Merge', 'Orphan'])(
    'passes where it has merged or left its marks, by the policy %s',
    async (creationPolicy) => {
      const marked = secret({ annotations: { 'reconcile.external-secrets.io/data-hash': 'x' } })
      await expectWritten(
        await platformWith({ spec: { target: { creationPolicy } } }, { secrets: [marked] }),
        'database',
      )
    },
  )

  it('passes where it owns the Secret', async () => expectWritten(await platformWith({}), 'database'))
})

describe('a store', () => {
  const store = ({ metadata, spec, status }: Changes = {}) => ({
    clustersecretstores: [
      {
        metadata: { name: 'vault', ...metadata },
        spec: { provider: { vault: {} }, ...spec },
        status: { conditions: [{ type: 'Ready', status: 'True' }], ...status },
      },
    ],
    namespaces: [{ metadata: { name: 'fawkes', labels: { team: 'platform' } } }],
  })

  it.each<[string, Changes, RegExp]>([
    ['is being deleted', { metadata: { deletionTimestamp: ago(1) } }, /ClusterSecretStore vault is being deleted/],
    ['is of another controller', { spec: { controller: 'dev' } }, /belongs to another controller/],
    [
      'names other namespaces',
      { spec: { conditions: [{ namespaces: ['other'] }] } },
      /may not be used from the namespace fawkes/,
    ],
    [
      'selects other namespaces',
      { spec: { conditions: [{ namespaceSelector: { matchLabels: { team: 'other' } } }] } },
      /may not be used/,
    ],
    ['has another expression', { spec: { conditions: [{ namespaceRegexes: ['^prod-.*$'] }] } }, /may not be used/],
    ['has a malformed expression', { spec: { conditions: [{ namespaceRegexes: ['*'] }] } }, /may not be used/],
    [
      'names the namespace behind a malformed expression',
      { spec: { conditions: [{ namespaceRegexes: ['*'] }, { namespaces: ['fawkes'] }] } },
      /may not be used/,
    ],
  ])('%s', async (_, changes, summary) => {
    const platform = await platformWith({}, store(changes))
    expect((await findingOf(expectReadyStore(platform, 'database'))).summary).toMatch(summary)
  })

  it.each<[string, object]>([
    ['has no condition', {}],
    ['is of the default controller', { controller: 'default' }],
    [
      'names the namespace in one of its conditions',
      { conditions: [{ namespaces: ['x'] }, { namespaces: ['fawkes'] }] },
    ],
    ['selects the namespace', { conditions: [{ namespaceSelector: { matchLabels: { team: 'platform' } } }] }],
    [
      'names the namespace beside a malformed expression',
      { conditions: [{ namespaces: ['fawkes'], namespaceRegexes: ['*'] }] },
    ],
    ['has an expression for the namespace', { conditions: [{ namespaceRegexes: ['^faw.*'] }] }],
  ])('passes where it %s', async (_, spec) => {
    await expectReadyStore(await platformWith({}, store({ spec })), 'database')
  })

  const generated = { sourceRef: { generatorRef: { kind: 'Password', name: 'dora' } } }

  it('is needed for each value that no generator makes', async () => {
    const nameless = { spec: { secretStoreRef: undefined, dataFrom: [generated] } }
    const platform = await platformWith(nameless, store())
    const summary = 'ExternalSecret fawkes/devlake-db names no secret store.'
    expect((await findingOf(expectReadyStore(platform, 'database'))).summary).toBe(summary)
    expect((await findingOf(expectReadyStores(platform))).summary).toBe(summary)
  })

  it.each([undefined, {}])(
    'is not needed for values of a generator only, beside the reference %j',
    async (reference) => {
      const spec = { secretStoreRef: reference, data: [], dataFrom: [generated], refreshPolicy: 'CreatedOnce' }
      await expectReadyStore(await platformWith({ spec }, store()), 'database')
    },
  )

  const entry = { secretKey: 'mysql-root-password', remoteRef: { key: 'db' } }
  const storeRef = { kind: 'SecretStore', name: 'own' }

  it.each<[string, object]>([
    ['a value', { data: [{ ...entry, sourceRef: { storeRef } }] }],
    ['several values', { data: [], dataFrom: [{ sourceRef: { storeRef } }] }],
  ])('is judged that only the entry of %s names', async (_, spec) => {
    const own = { metadata: { name: 'own', namespace: 'fawkes' }, spec: { provider: { vault: {} } } }
    const platform = await platformWith({ spec }, { ...store(), secretstores: [own] })
    const summary = 'SecretStore own is not ready.'
    expect((await findingOf(expectReadyStore(platform, 'database'))).summary).toBe(summary)
    expect((await findingOf(expectReadyStores(platform))).summary).toBe(summary)
  })

  it('passes where it is of the namespace itself, whatever its conditions are', async () => {
    const stored = store({ metadata: { namespace: 'fawkes' }, spec: { conditions: [{ namespaces: ['other'] }] } })
    const changes = { spec: { secretStoreRef: { kind: 'SecretStore', name: 'vault' } } }
    await expectReadyStore(await platformWith(changes, { secretstores: stored.clustersecretstores }), 'database')
  })
})

const componentOf = (component: string) => ({
  'app.kubernetes.io/name': 'devlake',
  'app.kubernetes.io/component': component,
})

describe('a Secret that has changed', () => {
  const labels = componentOf('mysql')
  const fieldsV1 = { 'f:data': { 'f:mysql-password': {} } }
  const changed = (minutes: number) =>
    secret({
      managedFields: [
        { time: ago(500), fieldsV1: { 'f:data': { 'f:other': {} } } },
        { time: ago(minutes), fieldsV1 },
        { time: ago(0), fieldsV1: { 'f:metadata': {} } },
      ],
    })
  const byKey = (key: string) => ({ env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'devlake-db', key } } }] })
  const volumes = [{ name: 'v', secret: { secretName: 'devlake-db' } }]
  const pod = (container: object, spec: object = {}) => ({
    metadata: { name: 'devlake-mysql-0', namespace: 'fawkes', labels },
    spec: { containers: [{ name: 'mysql', ...container }], ...spec },
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'mysql', state: { running: { startedAt: ago(60) } } }],
    },
  })

  it.each<[string, object, object?]>([
    ['a variable', byKey('mysql-password')],
    ['all of its keys', { envFrom: [{ secretRef: { name: 'devlake-db' } }] }],
    ['a file mounted by subPath', { volumeMounts: [{ name: 'v', subPath: 'x' }] }, { volumes }],
  ])('is not used by a container that reads %s', async (_, container, spec) => {
    const platform = await cluster({ secrets: [changed(30)], pods: [pod(container, spec)] })
    expect((await findingOf(expectInUse(platform, 'database'))).summary).toBe(
      'Secret fawkes/devlake-db has changed since the container mysql of Pod fawkes/devlake-mysql-0 read it.',
    )
  })

  it('is not used by files of an immutable Secret, which was created again', async () => {
    const created = (minutes: number) => ({ ...secret({ creationTimestamp: ago(minutes) }), immutable: true })
    const running = pod({ volumeMounts: [{ name: 'v' }] }, { volumes })
    const platform = await cluster({ secrets: [created(30)], pods: [running] })
    expect((await findingOf(expectInUse(platform, 'database'))).found).toMatch(/read as a file of an immutable Secret$/)
    await expectInUse(await cluster({ secrets: [created(90)], pods: [running] }), 'database')
  })

  it('is not used by a sidecar that has read it', async () => {
    const running = pod(
      {},
      { initContainers: [{ name: 'proxy', restartPolicy: 'Always', ...byKey('mysql-password') }] },
    )
    const initContainerStatuses = [{ name: 'proxy', state: { running: { startedAt: ago(60) } } }]
    const withSidecar = { ...running, status: { ...running.status, initContainerStatuses } }
    const platform = await cluster({ secrets: [changed(30)], pods: [withSidecar] })
    expect((await findingOf(expectInUse(platform, 'database'))).summary).toBe(
      'Secret fawkes/devlake-db has changed since the container proxy of Pod fawkes/devlake-mysql-0 read it.',
    )
  })

  it.each<[string, object]>([
    [
      'annotations',
      { 'f:metadata': { 'f:annotations': { 'f:force-sync': {} } }, 'f:data': { 'f:mysql-password': {} } },
    ],
    ['other keys', { 'f:data': { 'f:mysql-password': {}, 'f:mysql-root-password': {} } }],
  ])('blocks if the record of the write also covers %s, and the container cannot be asked', async (_, recorded) => {
    const written = secret({ managedFields: [{ time: ago(30), fieldsV1: recorded }] })
    const platform = await cluster({ secrets: [written], pods: [pod(byKey('mysql-password'))] })
    const error = await expectInUse(platform, 'database').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Blocked)
    expect((error as Blocked).finding.summary).toBe(
      'It is not known whether the container mysql of Pod fawkes/devlake-mysql-0 uses the current values of Secret fawkes/devlake-db.',
    )
  })

  describe('is compared with the variables of the container', () => {
    const all = { envFrom: [{ secretRef: { name: 'devlake-db' } }] }
    const prefixed = { envFrom: [{ prefix: 'DB.', secretRef: { name: 'devlake-db' } }] }
    const current = Buffer.from('current\nvalue').toString('base64')

    /** A container with these variables; its commands run here. */
    async function judgedWith(container: object, environment: Record<string, string>): Promise<void> {
      const written = { ...changed(30), data: { 'mysql-password': current } }
      const platform = await cluster({ secrets: [written], pods: [pod(container)] })
      const { api } = platform.kubernetes
      Object.assign(api, { mayI: async () => true })
      Object.assign(api.kept.commands, {
        read: async (key: string) => {
          const [, [program = '', ...words]] = JSON.parse(key) as [unknown, string[]]
          const env = { PATH: process.env.PATH, ...environment }
          const stdout = execFileSync(program, words, { env, encoding: 'utf8' })
          return { command: [program, ...words], ok: true, stdout, complaint: '' }
        },
      })
      await expectInUse(platform, 'database')
    }

    it.each<[string, object, string]>([
      ['all of its keys', all, 'mysql-password'],
      ['all of its keys with a prefix', prefixed, 'DB.mysql-password'],
      [
        'one key by a name with a dash',
        { env: [{ ...byKey('mysql-password').env[0], name: 'my-password' }] },
        'my-password',
      ],
    ])('that reads %s', async (_, container, variable) => {
      await judgedWith(container, { [variable]: 'current\nvalue' })
      expect((await findingOf(judgedWith(container, { [variable]: 'former' }))).summary).toMatch(/has changed since/)
    })
  })

  it.each<[string, number, object, object?]>([
    ['before the container was started', 90, byKey('mysql-password')],
    ['in another key', 30, byKey('other')],
    ['and is mounted as files, which follow it', 30, { volumeMounts: [{ name: 'v' }] }, { volumes }],
    ['and is not read', 30, {}],
    ['and another variable hides it', 30, { env: [...byKey('mysql-password').env, { name: 'X', value: '$(Y)' }] }],
  ])('passes if it changed %s', async (_, minutes, container, spec) => {
    await expectInUse(await cluster({ secrets: [changed(minutes)], pods: [pod(container, spec)] }), 'database')
  })
})

describe('a Secret that no pod reads', () => {
  const pod = (container: object, spec: object = {}) => ({
    metadata: { name: 'devlake-mysql-0', namespace: 'fawkes', labels: componentOf('mysql') },
    spec: { containers: [{ name: 'mysql', ...container }], ...spec },
    status: { phase: 'Running' },
  })
  const reading = (name: string, key = 'mysql-password') => ({
    env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name, key } } }],
  })
  const judged = async (...pods: ReturnType<typeof pod>[]) =>
    expectInUse(await cluster({ secrets: [secret()], pods }), 'database')

  it('is not used if a container reads the same key from another Secret', async () => {
    expect((await findingOf(judged(pod(reading('old-db'))))).summary).toBe(
      'The container mysql of Pod fawkes/devlake-mysql-0 reads mysql-password from the Secret old-db, and no pod reads devlake-db.',
    )
  })

  it.each([
    ['MYSQL_PASSWORD', 'mysql-password'],
    ['MYSQL_ROOT_PASSWORD', 'mysql-root-password'],
    ['DEVLAKE_MYSQL_PASSWORD', 'mysql-password'],
  ])('is not used if a manifest holds the value of %s', async (variable, key) => {
    const finding = await findingOf(judged(pod({ env: [{ name: variable, value: 'hunter2' }] })))
    expect(finding).toMatchObject({
      summary: `The manifest of Pod fawkes/devlake-mysql-0 holds the value of ${variable}, and no pod reads the Secret devlake-db.`,
      expected: `${key} of the Secret devlake-db, by valueFrom.secretKeyRef`,
    })
    expect(JSON.stringify(finding)).not.toContain('hunter2')
  })

  const variable = (name: string, secretName: string, key = 'mysql-password') => ({
    name,
    valueFrom: { secretKeyRef: { name: secretName, key } },
  })
  const value = { name: 'PASSWORD', value: 'hunter2' }
  const wholly = { envFrom: [{ prefix: 'DB_', secretRef: { name: 'devlake-db' } }] }

  it.each<[string, object, RegExp]>([
    [
      'a later value',
      { env: [variable('PASSWORD', 'devlake-db'), value] },
      /gets PASSWORD by a value in its manifest, which/,
    ],
    [
      'a later one of another Secret',
      { env: [variable('PASSWORD', 'devlake-db'), variable('PASSWORD', 'old-db')] },
      /gets PASSWORD by a value of the Secret old-db, which hides mysql-password of the Secret devlake-db\.$/,
    ],
    [
      'a value beside all keys',
      { ...wholly, env: [{ name: 'DB_mysql-password', value: 'hunter2' }] },
      /^The container mysql of Pod fawkes\/devlake-mysql-0 gets DB_mysql-password by a value in its manifest/,
    ],
  ])('is not used if %s hides a variable of it', async (_, container, summary) => {
    const finding = await findingOf(judged(pod(container)))
    expect(finding.summary).toMatch(summary)
    expect(JSON.stringify(finding)).not.toContain('hunter2')
  })

  const written = (name: string, value: string) => pod({ env: [{ name, value }] })

  it.each<[string, ReturnType<typeof pod>]>([
    ['a variable holds something else', written('MYSQL_PASSWORD_FILE', '/run/secrets/password')],
    ['a variable is empty', written('MYSQL_PASSWORD', '')],
    ['a variable repeats another one', written('MYSQL_PASSWORD', '$(PASSWORD)')],
    ['a variable refers to a secrets manager', written('MYSQL_PASSWORD', 'vault:secret/data/devlake#password')],
    [
      'a pod reads it beside a value of its own',
      pod({ env: [{ name: 'MYSQL_PASSWORD', value: 'x' }, ...reading('devlake-db').env] }),
    ],
    ['nothing reads its keys', pod({})],
    ['a variable of it hides a value', pod({ env: [value, variable('PASSWORD', 'devlake-db')] })],
    [
      'one of two variables of it is hidden',
      pod({ env: [variable('PASSWORD', 'devlake-db'), variable('ANOTHER', 'devlake-db'), value] }),
    ],
    ['a variable beside all keys is hidden', pod({ ...wholly, env: [variable('PASSWORD', 'devlake-db'), value] })],
    ['a hidden variable is composed', pod({ env: [variable('A', 'devlake-db'), { name: 'A', value: 'x$(B)' }] })],
    [
      'another container reads what a variable hides',
      pod(
        { env: [variable('PASSWORD', 'devlake-db'), value] },
        { initContainers: [{ name: 'init', env: [variable('PASSWORD', 'devlake-db')] }] },
      ),
    ],
    ['another Secret is read for other keys', pod(reading('metrics', 'token'))],
    [
      'an init container reads it',
      pod(reading('old-db'), { initContainers: [{ name: 'init', ...reading('devlake-db') }] }),
    ],
    ['all of its keys are variables', pod({ ...reading('old-db'), envFrom: [{ secretRef: { name: 'devlake-db' } }] })],
    ['it is mounted', pod(reading('old-db'), { volumes: [{ name: 'v', secret: { secretName: 'devlake-db' } }] })],
  ])('passes if %s', async (_, given) => {
    await judged(given)
  })
})

describe('an ExternalSecret of another name than its Secret', () => {
  const written = { metadata: { name: 'dora-db' }, spec: { target: { name: 'devlake-db' } } }
  const secretOf = (uid: string) => secret({ ownerReferences: [{ kind: 'ExternalSecret', name: 'dora-db', uid }] })

  it('is found by the Secret that it writes, and judged like any other', async () => {
    const platform = await platformWith(written, { secrets: [secretOf('es-1')] })
    expect((await expectExternalSecret(platform, 'database')).metadata.name).toBe('dora-db')
    await expectReadFromManager(platform, 'database')
    await expectWritten(platform, 'database')
  })

  it('is found by its configured name, and must write the Secret', async () => {
    const named = { ...quick, secretNames: { database: { externalSecret: 'dora-db' } } }
    const platform = (target: string) =>
      cluster(
        {
          externalsecrets: [externalSecret({ metadata: { name: 'dora-db' }, spec: { target: { name: target } } })],
          secrets: [secretOf('es-1')],
        },
        { configuration: named },
      )
    await expectWritten(await platform('devlake-db'), 'database')
    expect((await findingOf(expectWritten(await platform('another'), 'database'))).summary).toBe(
      'ExternalSecret fawkes/dora-db writes the Secret another, but the service uses devlake-db.',
    )
  })

  it('is named in the commands that mend its Secret', async () => {
    const annotate = 'kubectl annotate externalsecret -n fawkes dora-db force-sync=$(date +%s) --overwrite'
    const remedyOf = async (spec: object = {}) => {
      const changes = { ...written, spec: { ...written.spec, ...spec } }
      return (await findingOf(expectKeys(await platformWith(changes, { secrets: [secretOf('es-1')] }), 'database')))
        .remedy
    }
    expect(await remedyOf()).toEqual([annotate])
    expect(await remedyOf({ refreshPolicy: 'OnChange' })).toEqual([annotate])
    const forget =
      'kubectl patch externalsecret -n fawkes dora-db --subresource=status --type=merge -p \'{"status":{"syncedResourceVersion":null}}\''
    for (const once of [{ refreshPolicy: 'CreatedOnce' }, { refreshInterval: '0' }])
      expect(await remedyOf(once)).toEqual([expect.stringMatching(/reads the values once/), forget])
    expect(await remedyOf({ target: { name: 'devlake-db', immutable: true } })).toEqual([
      '# Secret devlake-db is immutable, so its values change only when it is written anew:',
      'kubectl delete secret -n fawkes devlake-db',
      forget,
    ])
  })

  it('that writes another Secret is not taken for it', async () => {
    const platform = await platformWith({ metadata: { name: 'dora-db' }, spec: { target: { name: 'another' } } })
    expect((await findingOf(expectExternalSecret(platform, 'database'))).summary).toBe(
      'ExternalSecret fawkes/devlake-db does not exist.',
    )
  })
})
