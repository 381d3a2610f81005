/** Log lines about a database that does not answer, by the words of Go's and Java's drivers and of MySQL itself. */

const unanswered =
  /connection refused|no such host|i\/o timeout|bad connection|invalid connection|Communications link failure|Can't connect to MySQL|Lost connection to MySQL|server has gone away|Unknown MySQL server host|name resolution|server misbehaving/

/** A database as log lines name it. */
interface Named {
  /** The name of its Service. */
  readonly service: string
  readonly port?: number
}

/** Returns true for a line that says that the database does not answer. */
export const isUnansweredByDatabase = (line: string, { service, port = 3306 }: Named): boolean =>
  unanswered.test(line) && (line.includes(service) || line.includes(`:${port}`) || /mysql/i.test(line))
