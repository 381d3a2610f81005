/** The deployments of each project, as the database counts them. */
import { z } from 'zod'
import type { Window } from '../dora/metrics'
import type { Platform } from '../platform/platform'
import { credentialsOf } from './database-credentials'

const row = z.looseObject({ project: z.string(), deployments: z.coerce.number() })

/** The projects with deployments in a window, each with their number. @throws Unmet or Blocked as a question to the database does */
export async function deploymentsByProject(platform: Platform, { start, end }: Window): Promise<z.infer<typeof row>[]> {
  const { database, contract, configuration } = platform
  const sqlTime = (time: number) => new Date(time).toISOString().slice(0, 19).replace('T', ' ')
  return database.rows(
    await credentialsOf(platform, 'service'),
    row,
    contract.database.statements.deploymentsByProject(`\`${configuration.database.name}\``),
    [sqlTime(start), sqlTime(end)],
  )
}
