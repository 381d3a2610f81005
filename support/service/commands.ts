/** The commands with which an operator reads what the service lists and stores. */
import { type CommandLine, quotedSqlName } from '../basis/command'
import { inMySql, written } from '../platform/database-commands'
import type { Platform } from '../platform/platform'

export function showProjects({ rest, contract }: Platform): Promise<CommandLine> {
  return rest.commandFor(contract.rest.projects)
}

/** Shows the deployments of a project by the statement that the suite itself uses. */
export function showDeployments({ configuration, contract }: Platform, project: string): CommandLine {
  const statement = contract.database.statements.deploymentsOf(quotedSqlName(configuration.database.name))
  return inMySql({ configuration }, written({ statement, values: [project] }))
}
