/** The names and commands of a database in findings: by kubectl in the cluster, by a client of MySQL outside. */
import { type CommandLine, command, comment, jsonpathKey, onlyReads, sqlText } from '../basis/command'
import { connectionOf } from '../basis/connection'
import type { Configuration } from '../configuration/schema'
import type { Credentials } from './credentials'
import type { Address } from './exchange'
import type { ReachedAddress } from './outside-host'

/** The login or statement that failed, and where. */
export interface Attempt {
  readonly credentials: Credentials
  readonly statement: string
  readonly configuration: Configuration
  readonly address: ReachedAddress
}

export const serviceOf = ({ configuration: { namespace, components } }: Pick<Attempt, 'configuration'>) =>
  `Service ${namespace}/${components.mysql.service}`

/** The objects whose failure keeps the other parts of the platform from the database. */
export const databaseOf = (configuration: Configuration): readonly string[] => {
  const { host, port } = configuration.database
  return [serviceOf({ configuration }), ...(host === undefined ? [] : [outsideServer({ host, port })])]
}

/** The connections of a client to the database. */
export const toDatabase = (client: string, configuration: Configuration): string =>
  connectionOf(client, serviceOf({ configuration }))

const outsideServer = ({ host, port }: Address) => `MySQL at ${host}:${port}`

export const serverOf = (attempt: Attempt) =>
  attempt.address.outside ? outsideServer(attempt.address.outside) : `MySQL at ${serviceOf(attempt)}`

/**
 * The command with which an operator runs a statement. It asks for nothing: the password goes from its Secret to the client by a
 * pipe or an environment variable, so that no list of processes and no audit log shows it. The pipe carries one line, because not
 * every runtime tells a program in a pod that its input has ended.
 */
export function mysql(
  { configuration, address }: Pick<Attempt, 'configuration'> & { address?: ReachedAddress },
  statement: string,
  database?: string,
  user = 'root',
): CommandLine {
  const { namespace, components, secretNames } = configuration
  const { rootPasswordKey, passwordKey } = configuration.database
  const words = ['-u', user, ...(database === undefined ? [] : [database]), '-e', statement]
  const secret = ['-n', namespace, secretNames.database.name]
  const key = jsonpathKey(user === 'root' ? rootPasswordKey : passwordKey)
  const line = address?.outside
    ? command`MYSQL_PWD=$(kubectl get secret ${secret} -o jsonpath='{.data${key}}' | base64 -d) mysql -h ${address.outside.host} -P ${address.outside.port} ${words}`
    : command`kubectl get secret ${secret} -o jsonpath='{.data${key}}{"\\n"}' | kubectl exec -i -n ${namespace} svc/${components.mysql.service} -- sh -c 'read -r password; MYSQL_PWD=$(echo "$password" | base64 -d) exec mysql "$@"' mysql ${words}`
  return readingStatement.test(statement) ? onlyReads(line) : line
}

const readingStatement = /^(?:SELECT|SHOW|DESCRIBE) /

/** A statement with its values in place of its question marks, for a reader: the suite itself sends them apart. */
export function written({ statement, values }: Statement): string {
  const left = [...values]
  return statement.replaceAll('?', () => sqlText(left.shift() ?? '')).replaceAll(/\s+/g, ' ')
}

interface Statement {
  readonly statement: string
  readonly values: readonly string[]
}

/** The command with which an operator runs a statement in the database of the service, as its user. */
export function inMySql({ configuration }: Pick<Attempt, 'configuration'>, statement: string): CommandLine {
  const { name, user, host, port } = configuration.database
  const address = host === undefined ? {} : { address: { host, port, outside: { host, port } } }
  return mysql({ configuration, ...address }, statement, name, user)
}

export function logsOf(attempt: Attempt): CommandLine {
  const { namespace, components } = attempt.configuration
  if (attempt.address.outside) return mysql(attempt, 'SHOW STATUS')
  const selector = Object.entries(components.mysql.labels).map(([key, value]) => `${key}=${value}`)
  return command`kubectl logs -n ${namespace} -l '${selector.join(',')}' --tail=50`
}

export const describeSecret = ({ configuration: { namespace, secretNames } }: Attempt) =>
  command`kubectl describe secret -n ${namespace} ${secretNames.database.name}`

/** Returns the commands that lead to a host outside the cluster through a pod, for a machine that does not reach it directly. */
export function throughPod({ configuration: { namespace } }: Attempt, { host, port }: Address): CommandLine[] {
  return [
    comment`if only the cluster reaches ${host}: relay the port through a pod, and delete the pod afterwards`,
    command`kubectl run -n ${namespace} mysql-relay --image=alpine/socat -- TCP-LISTEN:3306,fork TCP:${host}:${port}`,
    command`kubectl port-forward -n ${namespace} pod/mysql-relay 3306:3306`,
    comment`then set the configuration keys database.host to 127.0.0.1 and database.port to 3306`,
    command`kubectl delete pod -n ${namespace} mysql-relay`,
  ]
}
