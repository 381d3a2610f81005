/** Each error of MySQL has its own finding: the server's number, code and words, and commands for this cause. */
import { describe, expect, it } from 'vitest'
import { OutOfBounds } from '../../../support/basis/bounds'
import { Blocked, Unmet } from '../../../support/basis/expectation'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { endpointSlice, service } from '../../../support/platform/core-resources'
import { databaseFailure } from '../../../support/platform/database-failures'
import { type Cause, LoginFailure } from '../../../support/platform/database-login'
import { hasPods, outsideHost } from '../../../support/platform/outside-host'

const error = (errno: number, code: string, sqlMessage?: string) =>
  Object.assign(new Error(sqlMessage ?? 'of the client'), { errno, code, ...(sqlMessage ? { sqlMessage } : {}) })

interface Given {
  readonly tls?: 'off' | 'prefer' | 'require'
  readonly outside?: boolean
  readonly password?: string
}

function findingOf(given: unknown, { tls = 'prefer', outside = false, password = 'right' }: Given = {}) {
  const failure = databaseFailure(given, {
    credentials: { user: 'merico', password, source: 'Secret fawkes/devlake-db, key mysql-password' },
    statement: 'SELECT 1',
    configuration: configurationSchema(fawkes.names).parse({ database: { tls } }),
    address: outside
      ? { host: '127.0.0.1', port: 1, outside: { host: 'db.example.org', port: 3307 } }
      : { host: '127.0.0.1', port: 4000 },
  })
  if (!(failure instanceof Unmet || failure instanceof Blocked)) throw new Error(`no finding: ${failure}`)
  return { verdict: failure.constructor.name, ...failure.finding }
}

describe('an error of MySQL', () => {
  it.each([
    [
      3032,
      'ER_SERVER_OFFLINE_MODE',
      'Unmet',
      'MySQL is in offline mode, in which only administrators can log in.',
      'SET GLOBAL offline_mode = OFF',
    ],
    [1040, 'ER_CON_COUNT_ERROR', 'Unmet', 'MySQL has no connection left for anybody.', 'SHOW PROCESSLIST'],
    [
      1044,
      'ER_DBACCESS_DENIED_ERROR',
      'Unmet',
      'The database lake does not exist, or merico has no access to it.',
      'SHOW DATABASES',
    ],
    [
      1049,
      'ER_BAD_DB_ERROR',
      'Unmet',
      'The database lake does not exist, or merico has no access to it.',
      'SHOW DATABASES',
    ],
    [
      1054,
      'ER_BAD_FIELD_ERROR',
      'Unmet',
      'MySQL does not know a table or column that a statement needs.',
      'SHOW TABLES',
    ],
    [
      1129,
      'ER_HOST_IS_BLOCKED',
      'Blocked',
      'MySQL blocks the host that the suite connects from, after too many failed connections.',
      'FLUSH HOSTS',
    ],
    [
      1130,
      'ER_HOST_NOT_PRIVILEGED',
      'Blocked',
      'MySQL has no account for the host that the suite connects from.',
      'SELECT User, Host',
    ],
    [1142, 'ER_TABLEACCESS_DENIED_ERROR', 'Unmet', 'MySQL does not allow merico to run a statement.', 'SHOW GRANTS'],
    [1146, 'ER_NO_SUCH_TABLE', 'Unmet', 'MySQL does not know a table or column that a statement needs.', 'SHOW TABLES'],
    [1203, 'ER_TOO_MANY_USER_CONNECTIONS', 'Unmet', 'MySQL has no connection left for merico.', 'SHOW PROCESSLIST'],
    [
      1205,
      'ER_LOCK_WAIT_TIMEOUT',
      'Unmet',
      'A statement waited too long for a lock in MySQL.',
      'SHOW FULL PROCESSLIST',
    ],
    [1226, 'ER_USER_LIMIT_REACHED', 'Unmet', 'MySQL has no connection left for merico.', 'SHOW PROCESSLIST'],
    [
      1227,
      'ER_SPECIFIC_ACCESS_DENIED_ERROR',
      'Unmet',
      'MySQL does not allow merico to run a statement.',
      'SHOW GRANTS',
    ],
    [1251, 'ER_NOT_SUPPORTED_AUTH_MODE', 'Unmet', 'MySQL does not let merico log in with a password.', 'plugin'],
    [
      1698,
      'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
      'Unmet',
      'MySQL does not let merico log in with a password.',
      'plugin',
    ],
    [1820, 'ER_MUST_CHANGE_PASSWORD', 'Unmet', 'The password of merico has expired in MySQL.', 'IDENTIFIED BY'],
    [3118, 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'Unmet', 'MySQL has locked the account of merico.', 'UNLOCK'],
    [4151, 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'Unmet', 'MySQL has locked the account of merico.', 'UNLOCK'],
    [
      3159,
      'ER_SECURE_TRANSPORT_REQUIRED',
      'Blocked',
      'MySQL admits encrypted connections only, and the connection was not encrypted.',
      'ssl',
    ],
    [1105, 'ER_UNKNOWN_ERROR', 'Unmet', 'MySQL cannot be queried.', 'kubectl logs'],
  ] as const)('%i %s', (errno, code, verdict, summary, remedy) => {
    const finding = findingOf(error(errno, code, 'words of the server'))
    expect(finding).toMatchObject({ verdict, summary, found: `${errno} ${code}: words of the server` })
    expect(finding.remedy.join('\n')).toContain(remedy)
  })

  it.each([
    ['self-signed certificate in certificate chain', 'is not signed by the authority in database.certificateAuthority'],
    ['unable to verify the first certificate', 'is not signed by the authority in database.certificateAuthority'],
    ['certificate has expired', 'is not valid now'],
  ])('of a certificate: %s', (message, summary) => {
    const finding = findingOf(Object.assign(new Error(message), { code: 'HANDSHAKE_SSL_ERROR' }))
    expect(finding).toMatchObject({ verdict: 'Blocked', summary: `The certificate of MySQL ${summary}.` })
  })

  it.each([
    ['HANDSHAKE_SSL_ERROR', 'Blocked', 'The TLS connection to MySQL cannot be established.', 'ssl'],
    ['HANDSHAKE_NO_SSL_SUPPORT', 'Blocked', 'MySQL offers no TLS, which the configuration requires.', 'database.tls'],
    ['AUTH_SWITCH_PLUGIN_ERROR', 'Unmet', 'MySQL does not let merico log in with a password.', 'plugin'],
    ['ECONNREFUSED', 'Unmet', 'MySQL cannot be queried.', 'kubectl get pods'],
    ['PROTOCOL_CONNECTION_LOST', 'Unmet', 'MySQL cannot be queried.', 'kubectl get pods'],
  ] as const)('of the client: %s', (code, verdict, summary, remedy) => {
    const finding = findingOf(error(-111, code))
    expect(finding).toMatchObject({ verdict, summary, found: `${code}: of the client` })
    expect(finding.remedy.join('\n')).toContain(remedy)
  })

  it('that ends a statement names the deadline', () => {
    for (const errno of [1969, 3024])
      expect(findingOf(error(errno, 'ER_X', 'interrupted'))).toMatchObject({
        summary: 'MySQL did not answer in time.',
        expected: 'an answer within 10 s',
        found: 'no answer to: SELECT 1',
      })
  })

  it('beyond a bound names the bound', () => {
    expect(findingOf(new OutOfBounds('databaseRows'))).toMatchObject({
      verdict: 'Blocked',
      summary: 'The suite stopped reading: the answer of the database to: SELECT 1 exceeds 500,000 rows.',
    })
  })

  it('that is none of these is an error of the suite', () => {
    const bug = new TypeError('a bug')
    expect(databaseFailure(bug, undefined as never)).toBe(bug)
  })
})

describe('a denied login', () => {
  const denied = (cause?: Cause, encrypted = true, withoutTls?: string) =>
    new LoginFailure(error(1045, 'ER_ACCESS_DENIED_ERROR', 'Access denied'), encrypted, withoutTls, cause, [
      'merico@10.%',
    ])

  it.each([
    ['password', 'Unmet', 'MySQL does not accept the password of merico.'],
    ['host', 'Blocked', 'MySQL has no account of merico for the host that the suite connects from.'],
    ['client certificate', 'Blocked', 'MySQL admits merico only with a client certificate, and the suite has none.'],
    ['no TLS', 'Blocked', 'MySQL admits merico only over TLS, and the connection was not encrypted.'],
    [
      undefined,
      'Unmet',
      'MySQL does not accept the password of merico, or admits the user only from other hosts or with a client certificate.',
    ],
  ] as const)('by %s', (cause, verdict, summary) => {
    expect(findingOf(denied(cause))).toMatchObject({
      verdict,
      summary,
      found: '1045 ER_ACCESS_DENIED_ERROR: Access denied (over TLS)',
    })
  })

  it('without TLS says why, and names the configuration only if that is the reason', () => {
    expect(findingOf(denied('no TLS', false), { tls: 'off' })).toMatchObject({
      object: 'configuration key database.tls',
      found: '1045 ER_ACCESS_DENIED_ERROR: Access denied (without TLS)',
    })
    expect(findingOf(denied('no TLS', false, 'the server offers no TLS'))).toMatchObject({
      object: 'MySQL at Service fawkes/devlake-mysql',
      found: '1045 ER_ACCESS_DENIED_ERROR: Access denied (without TLS: the server offers no TLS)',
    })
  })

  it('shows what is hard to see in a password', () => {
    for (const [password, oddity] of [
      ['', ', which is empty'],
      ['x\n', ', which ends with a line break'],
      [' x', ', which has leading or trailing spaces'],
    ] as const)
      expect(findingOf(denied('password'), { password }).summary).toBe(
        `MySQL does not accept the password of merico${oddity}.`,
      )
  })
})

describe('a database outside the cluster', () => {
  it('is named by its address, with commands that do not need a pod of its own', () => {
    const { object, remedy } = findingOf(error(1040, 'ER_CON_COUNT_ERROR', 'Too many connections'), { outside: true })
    expect(object).toBe('MySQL at db.example.org:3307')
    expect(remedy[0]).toBe(
      "MYSQL_PWD=$(kubectl get secret -n fawkes devlake-db -o jsonpath='{.data.mysql-root-password}' | base64 -d) mysql -h db.example.org -P 3307 -u root -e 'SHOW PROCESSLIST'",
    )
    expect(findingOf(error(-1, 'ENOTFOUND'), { outside: true }).remedy.join('\n')).toContain(
      'TCP-LISTEN:3306,fork TCP:db.example.org:3307',
    )
  })

  const slice = (endpoint: object) =>
    endpointSlice.parse({ metadata: { name: 'x' }, ports: [{ name: 'db', port: 3307 }], endpoints: [endpoint] })
  const spec = (given: object) =>
    service.parse({ metadata: { name: 'x' }, spec: { ports: [{ name: 'db', port: 3306 }], ...given } })

  it('is found behind a service without pods', () => {
    const named = spec({ type: 'ExternalName', externalName: 'db.example.org' })
    expect(outsideHost(named, [], 3306)).toEqual({ place: 'outside', host: 'db.example.org', port: 3306 })
    const listed = slice({ addresses: ['10.9.9.9'] })
    expect(outsideHost(spec({}), [listed], 3306)).toEqual({ place: 'outside', host: '10.9.9.9', port: 3307 })
    expect(
      outsideHost(spec({}), [slice({ addresses: ['10.9.9.9'], conditions: { ready: false } })], 3306),
    ).toBeUndefined()
    expect(
      outsideHost(spec({}), [slice({ addresses: ['10.9.9.9'], targetRef: { name: 'pod' } })], 3306),
    ).toBeUndefined()
    expect([named, spec({}), spec({ selector: { app: 'mysql' } })].map(hasPods)).toEqual([false, false, true])
  })
})
