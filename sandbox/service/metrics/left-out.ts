/** Samples left out of the metrics: changes authored after they were deployed, incidents resolved before creation. */
import { z } from 'zod'
import type { Log } from '../basis/log'
import type { Database, Transaction } from '../database/database'
import { idWithinProject } from '../database/keys'
import type { Definitions } from './definitions'
import { allTime, leadTimes, restorations, scopeValues } from './relations'
import { restorationValues } from './time-to-restore'

const leftOutRow = z.object({ project: z.string(), id: z.string() })

/** One sentence for each left-out sample of these projects, over the whole history. */
async function leftOut(
  transaction: Transaction,
  definitions: Definitions,
  projects: readonly string[],
): Promise<readonly string[]> {
  if (projects.length === 0) return []
  const scope = { projects, window: allTime }
  const columns = `project, ${idWithinProject('id')} AS id`
  const changes = await transaction.rows(
    leftOutRow,
    `WITH ${leadTimes(definitions)} SELECT ${columns} FROM lead_times WHERE NOT (${definitions.plausible('value')})`,
    scopeValues(scope),
  )
  const incidents = await transaction.rows(
    leftOutRow,
    `WITH ${restorations(definitions)} SELECT ${columns} FROM restorations WHERE NOT (${definitions.plausible('value')})`,
    restorationValues(scope, null),
  )
  return [
    ...changes.map(
      ({ project, id }) => `deployment ${id} of ${project} left out of lead time: authored after its finish`,
    ),
    ...incidents.map(
      ({ project, id }) => `incident ${id} of ${project} left out of time to restore: resolved before its creation`,
    ),
  ]
}

/** Logs one warning for each sample left out, after a collection changed its project. */
export function createLeftOutReport(
  database: Database,
  definitions: Definitions,
  log: Log,
): (projects: readonly string[]) => Promise<void> {
  const reported = new Set<string>()
  return async (projects) => {
    const found = await database.read((transaction) => leftOut(transaction, definitions, projects))
    for (const sentence of found) {
      if (!reported.has(sentence)) log.warning(sentence)
      reported.add(sentence)
    }
  }
}
