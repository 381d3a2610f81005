/** Findings about statements that MySQL did not run, and about writes that the configuration does not allow. */
import { command } from '../basis/command'
import { Blocked, type Circumstances, Unmet } from '../basis/expectation'
import type { Configuration } from '../configuration/schema'
import type { Credentials } from './credentials'
import { reasonOf } from './exchange'

/** Turns an error of the MySQL client into Unmet. Any other error is returned unchanged. */
export function databaseFailure(
  error: unknown,
  credentials: Credentials,
  statement: string,
  configuration: Configuration,
): unknown {
  if (error instanceof Unmet || error instanceof Blocked) return error
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string') return error
  return new Unmet(circumstancesOf(code, error, credentials, statement, configuration))
}

function circumstancesOf(
  code: string,
  error: unknown,
  { user, password, source }: Credentials,
  statement: string,
  { namespace, components, database, secretNames, deadlines }: Configuration,
): Circumstances {
  const service = `Service ${namespace}/${components.mysql.service}`
  const object = `MySQL at ${service}`
  const logs = command`kubectl logs -n ${namespace} -l '${Object.entries(components.mysql.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}' --tail=50`
  switch (code) {
    case 'ER_ACCESS_DENIED_ERROR':
      return {
        summary: `MySQL does not accept the password of ${user}${oddityOf(password)}.`,
        object: source,
        expected: `a password with which ${user} can connect`,
        found: 'access denied',
        remedy: [command`kubectl describe secret -n ${namespace} ${secretNames.database.name}`, logs],
      }
    case 'ER_BAD_DB_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
      return {
        summary: `The database ${database.name} does not exist, or ${user} has no access to it.`,
        object,
        expected: `the database ${database.name}, accessible to ${user}`,
        found: reasonOf(error),
        remedy: [logs],
      }
    case 'PROTOCOL_SEQUENCE_TIMEOUT':
      return {
        summary: 'MySQL did not answer in time.',
        object,
        expected: `an answer within ${deadlines.request / 1000} s`,
        found: `no answer to: ${statement}`,
        remedy: [logs],
      }
    default:
      return {
        summary: 'MySQL cannot be queried.',
        object,
        reliesOn: [service],
        expected: `an answer to: ${statement}`,
        found: `${code}: ${reasonOf(error)}`,
        remedy: [logs, command`kubectl get pods -n ${namespace}`],
      }
  }
}

/** Names a property of a password that easily gets into a Secret and is hard to see there, as by `echo` without -n. */
function oddityOf(password: string): string {
  if (password === '') return ', which is empty'
  if (/[\r\n]$/.test(password)) return ', which ends with a line break'
  return password.trim() === password ? '' : ', which has leading or trailing spaces'
}

export const writeRefused = (statement: string): Blocked =>
  new Blocked({
    summary: 'The configuration does not allow this run to change the database.',
    object: 'configuration key writes.database',
    expected: 'true, and writes.context set to the current context',
    found: `not allowed: ${statement}`,
  })
