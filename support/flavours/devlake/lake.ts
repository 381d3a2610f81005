/** The rows of a stock DevLake: read once for all scenarios, and again when a panel differs from them. */

import { rememberSuccess } from '../../basis/memo'
import { inMySql } from '../../platform/database-commands'
import type { Platform } from '../../platform/platform'
import { credentialsOf } from '../../service/database-credentials'
import { isOfPlatform, projectPrefix } from '../../service/projects'
import { readLake } from './lake-rows'
import { collectedUntil } from './oracle/collections'
import type { Administration } from './rows/administration'
import type { Lake } from './rows/rows'
import { versionOfLake } from './versions'

/** The rows behind the metrics, and the rows of the administration. */
export interface LakeRows {
  readonly lake: Lake
  readonly administration: Administration
}

/**
 * Read once for all scenarios; `lakeOf.again` reads what was collected since.
 * @throws Unmet when the database cannot be read
 */
export const lakeOf = rememberSuccess(async (platform: Platform): Promise<LakeRows> => {
  const { onlyBegunMonths, unknown } = await versionOfLake(platform)
  const { lake, administration } = await readLake(
    platform.database,
    await credentialsOf(platform, 'service'),
    (statement) => inMySql(platform, statement),
  )
  const notes = [...(lake.notes ?? []), ...(unknown === null ? [] : [unknown])]
  return { lake: { ...lake, onlyBegunMonths, notes, collectedUntil: collectedUntil(administration) }, administration }
})

/**
 * The rows without the projects, deployments and incidents of stories: only a run collects those. The panels read across projects, so
 * they are compared with all rows.
 */
export function withoutRuns({ lake, administration }: LakeRows): LakeRows {
  return {
    lake: {
      ...lake,
      deploymentCommits: lake.deploymentCommits.filter(({ deployment }) => !deployment.startsWith(projectPrefix)),
      // The id of an incident is that of its connection and its key.
      incidents: lake.incidents.filter(({ id }) => !id.includes(`:${projectPrefix}`)),
    },
    administration: {
      ...administration,
      projects: administration.projects.filter(({ name }) => isOfPlatform(name)),
    },
  }
}
