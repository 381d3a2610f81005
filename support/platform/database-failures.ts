/**
 * Findings about logins and statements that MySQL refused, by the number or code of its error, and about writes that the
 * configuration does not allow. Numbers: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and
 * https://mariadb.com/kb/en/mariadb-error-codes.
 */
import { OutOfBounds, unread } from '../basis/bounds'
import { command, comment, configuration } from '../basis/command'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import { oddityOf } from '../basis/oddity'
import { type Attempt, describeSecret, logsOf, mysql, serverOf, serviceOf, throughPod } from './database-commands'
import { accessDenied, type DatabaseError, LoginFailure } from './database-login'

type Told = Partial<Circumstances> & Pick<Circumstances, 'summary' | 'expected'>

/** A cause: its finding, and whether it only keeps the suite from checking. */
type Cause = Told & { readonly blocks?: boolean }

/** Turns an error of a session into Unmet or Blocked. Any error that is not about the database is returned unchanged. */
export function databaseFailure(error: unknown, attempt: Attempt): unknown {
  if (error instanceof Unmet || error instanceof Blocked) return error
  if (error instanceof OutOfBounds)
    return unread({
      bound: error.bound,
      object: `the answer of the database to: ${attempt.statement}`,
      remedy: [mysql(attempt, 'SHOW PROCESSLIST')],
    })
  const reason: DatabaseError = error instanceof LoginFailure ? error.reason : (error as DatabaseError)
  if (typeof reason.code !== 'string' && typeof reason.errno !== 'number') return error
  const { blocks, ...cause } = causeOf(error, reason, attempt)
  const circumstances: Circumstances = {
    object: serverOf(attempt),
    found: wordsOf(error, reason),
    remedy: [logsOf(attempt)],
    ...cause,
  }
  return blocks ? new Blocked(circumstances) : new Unmet(circumstances)
}

function causeOf(error: unknown, reason: DatabaseError, attempt: Attempt): Cause {
  if (reason.errno === accessDenied) return denied(error, attempt)
  const known = causes[reason.errno ?? 0] ?? causes[reason.code ?? ''] ?? cannotQuery
  return known(attempt, reason)
}

/** The number, code and text of the error; for a login also the encryption. */
function wordsOf(error: unknown, { errno = 0, code, sqlMessage, message }: DatabaseError): string {
  const words = `${errno > 0 ? `${errno} ` : ''}${code ? `${code}: ` : ''}${sqlMessage ?? message}`
  if (!(error instanceof LoginFailure) || errno <= 0) return words
  const { encrypted, withoutTls } = error
  return `${words} (${encrypted ? 'over TLS' : `without TLS${withoutTls ? `: ${withoutTls}` : ''}`})`
}

/** The finding for error 1045, which MySQL sends for a wrong password, host and encryption alike. */
function denied(error: unknown, attempt: Attempt): Cause {
  const { user, password, source } = attempt.credentials
  const { foundOut, accounts = [] } = error instanceof LoginFailure ? error : {}
  const accountsRemedy = mysql(attempt, 'SELECT User, Host, ssl_type FROM mysql.user')
  const common = { remedy: [accountsRemedy] }
  switch (foundOut) {
    case 'no TLS':
      return {
        ...tlsMissing(attempt),
        summary: `MySQL admits ${user} only over TLS, and the connection was not encrypted.`,
      }
    case 'client certificate':
      return {
        ...common,
        blocks: true,
        summary: `MySQL admits ${user} only with a client certificate, and the suite has none.`,
        expected: `an account of ${user} that requires no client certificate; found ${accounts.join(', ')}`,
        remedy: [
          accountsRemedy,
          comment`set database.user to a user without REQUIRE X509, ISSUER or SUBJECT, such as one with SELECT only`,
        ],
      }
    case 'host':
      return {
        ...common,
        blocks: true,
        summary: `MySQL has no account of ${user} for the host that the suite connects from.`,
        expected: `an account of ${user} for that host; found ${accounts.join(', ') || 'no account'}`,
        remedy: [accountsRemedy, comment`create an account for that host, or connect from a host that has one`],
      }
    default:
      return {
        ...common,
        summary: `MySQL does not accept the password of ${user}${oddityOf(password)}${
          foundOut === 'password' ? '.' : ', or admits the user only from other hosts or with a client certificate.'
        }`,
        object: source,
        expected: `a password with which ${user} can connect`,
        remedy: [describeSecret(attempt), accountsRemedy],
      }
  }
}

const cannotQuery = (attempt: Attempt): Cause => {
  const { namespace } = attempt.configuration
  const common = { summary: 'MySQL cannot be queried.', expected: `an answer to: ${attempt.statement}` }
  const { outside } = attempt.address
  if (outside) return { ...common, remedy: throughPod(attempt, outside) }
  return {
    ...common,
    reliesOn: [serviceOf(attempt)],
    remedy: [logsOf(attempt), command`kubectl get pods -n ${namespace}`],
  }
}

const tooManyOf =
  (whose: string) =>
  (attempt: Attempt): Cause => ({
    summary: `MySQL has no connection left for ${whose}.`,
    expected: 'a free connection',
    remedy: [mysql(attempt, 'SHOW PROCESSLIST'), mysql(attempt, "SHOW VARIABLES LIKE 'max%connections'")],
  })

const missing = (attempt: Attempt): Cause => ({
  summary: 'MySQL does not know a table or column that a statement needs.',
  expected: `an answer to: ${attempt.statement}`,
  remedy: [mysql(attempt, 'SHOW TABLES', attempt.configuration.database.name)],
})

const tooFewRights = (attempt: Attempt): Cause => ({
  summary: `MySQL does not allow ${attempt.credentials.user} to run a statement.`,
  expected: `the right to run: ${attempt.statement}`,
  remedy: [
    mysql(attempt, 'SELECT User, Host FROM mysql.user'),
    mysql(attempt, 'SHOW GRANTS', undefined, attempt.credentials.user),
  ],
})

const unknownDatabase = (attempt: Attempt): Cause => {
  const { database } = attempt.configuration
  return {
    summary: `The database ${database.name} does not exist, or ${attempt.credentials.user} has no access to it.`,
    expected: `the database ${database.name}, accessible to ${attempt.credentials.user}`,
    remedy: [mysql(attempt, 'SHOW DATABASES'), comment`if its name is different: configuration key database.name`],
  }
}

const locked = (attempt: Attempt): Cause => ({
  summary: `MySQL has locked the account of ${attempt.credentials.user}.`,
  expected: 'an account that is not locked',
  remedy: [mysql(attempt, 'SELECT User, Host FROM mysql.user'), comment`unlock it: ALTER USER … ACCOUNT UNLOCK`],
})

const expired = (attempt: Attempt): Cause => ({
  summary: `The password of ${attempt.credentials.user} has expired in MySQL.`,
  object: attempt.credentials.source,
  expected: 'a password that is valid',
  remedy: [mysql(attempt, 'SELECT User, Host FROM mysql.user'), comment`renew it: ALTER USER … IDENTIFIED BY …`],
})

const offline = (attempt: Attempt): Cause => ({
  summary: 'MySQL is in offline mode, in which only administrators can log in.',
  expected: 'offline_mode = OFF',
  remedy: [mysql(attempt, "SHOW VARIABLES LIKE 'offline_mode'"), mysql(attempt, 'SET GLOBAL offline_mode = OFF')],
})

const byAnotherWay = (attempt: Attempt): Cause => ({
  summary: `MySQL does not let ${attempt.credentials.user} log in with a password.`,
  object: attempt.credentials.source,
  expected: 'an account that is identified by a password',
  remedy: [mysql(attempt, 'SELECT User, Host, plugin FROM mysql.user')],
})

const tlsMissing = (attempt: Attempt): Cause => {
  const variables = mysql(attempt, "SHOW VARIABLES LIKE '%ssl%'")
  const common = {
    blocks: true,
    summary: 'MySQL admits encrypted connections only, and the connection was not encrypted.',
  }
  return attempt.configuration.database.tls === 'off'
    ? {
        ...common,
        object: 'configuration key database.tls',
        expected: 'prefer or require',
        remedy: [comment`set the configuration key database.tls to: prefer`, variables],
      }
    : { ...common, expected: 'a server that offers TLS', remedy: [variables] }
}

/** OpenSSL's words for a certificate that another authority signed. */
const otherAuthority = /self[- ]signed|unable to (?:get|verify)|signature failure|invalid CA/i

const tlsFailed = (attempt: Attempt, { message }: DatabaseError): Cause => {
  const variables = mysql(attempt, "SHOW VARIABLES LIKE '%ssl%'")
  const common = { blocks: true, expected: 'an encrypted connection', remedy: [variables] }
  if (otherAuthority.test(message))
    return {
      ...common,
      summary: 'The certificate of MySQL is not signed by the authority in database.certificateAuthority.',
      object: 'configuration key database.certificateAuthority',
      expected: 'the authority that signed the certificate of the database',
      remedy: [
        comment`set database.certificateAuthority to the authority that signed the certificate of the database. Without the key, it is not verified`,
        variables,
      ],
    }
  if (/expired|not yet valid/i.test(message))
    return {
      ...common,
      summary: 'The certificate of MySQL is not valid now.',
      expected: 'a certificate that is valid by the clock of this machine',
    }
  return { ...common, summary: 'The TLS connection to MySQL cannot be established.' }
}

const tlsNotOffered = (attempt: Attempt): Cause => ({
  blocks: true,
  summary: 'MySQL offers no TLS, which the configuration requires.',
  expected: 'TLS, because database.tls is require',
  remedy: [
    mysql(attempt, "SHOW VARIABLES LIKE '%ssl%'"),
    comment`to allow plain connections: set the configuration key database.tls to prefer`,
  ],
})

const late = (attempt: Attempt): Cause => ({
  summary: 'MySQL did not answer in time.',
  expected: `an answer within ${attempt.configuration.deadlines.request / 1000} s`,
  found: `no answer to: ${attempt.statement}`,
  remedy: [logsOf(attempt), mysql(attempt, 'SHOW PROCESSLIST')],
})

const waitsForLock = (attempt: Attempt): Cause => ({
  summary: 'A statement waited too long for a lock in MySQL.',
  expected: `no lock that keeps waiting: ${attempt.statement}`,
  remedy: [mysql(attempt, 'SHOW FULL PROCESSLIST')],
})

const causes: Readonly<Record<string | number, (attempt: Attempt, reason: DatabaseError) => Cause>> = {
  1040: tooManyOf('anybody'),
  1203: (attempt) => tooManyOf(attempt.credentials.user)(attempt),
  1226: (attempt) => tooManyOf(attempt.credentials.user)(attempt),
  1044: unknownDatabase,
  1049: unknownDatabase,
  1054: missing,
  1146: missing,
  1142: tooFewRights,
  1143: tooFewRights,
  1227: tooFewRights,
  1129: (attempt) => ({
    blocks: true,
    summary: 'MySQL blocks the host that the suite connects from, after too many failed connections.',
    expected: 'a host that is not blocked',
    remedy: [
      mysql(attempt, 'FLUSH HOSTS'),
      comment`where MySQL no longer knows FLUSH HOSTS: TRUNCATE TABLE performance_schema.host_cache`,
    ],
  }),
  1130: (attempt) => ({
    blocks: true,
    summary: 'MySQL has no account for the host that the suite connects from.',
    expected: `an account of ${attempt.credentials.user} for that host`,
    remedy: [mysql(attempt, 'SELECT User, Host FROM mysql.user'), comment`create an account for that host`],
  }),
  1205: waitsForLock,
  1213: waitsForLock,
  1251: byAnotherWay,
  1698: byAnotherWay,
  AUTH_SWITCH_PLUGIN_ERROR: byAnotherWay,
  1820: expired,
  1862: expired,
  3032: offline,
  3118: locked,
  4151: locked,
  3159: tlsMissing,
  HANDSHAKE_SSL_ERROR: tlsFailed,
  HANDSHAKE_NO_SSL_SUPPORT: tlsNotOffered,
  1969: late,
  3024: late,
  PROTOCOL_SEQUENCE_TIMEOUT: late,
}

export const writeRefused = (statement: string): Blocked =>
  new Blocked({
    summary: 'The configuration does not allow this run to change the database.',
    object: 'configuration key writes.database',
    expected: 'true, and writes.context set to the current context',
    found: `not allowed: ${statement}`,
    remedy: [configuration`writes:\n  context: CONTEXT\n  database: true`],
  })
