/** The rows of a stock DevLake as the run has read them: once for all scenarios, and again where something differs from them. */

import type { Platform } from '../../platform/platform'
import { credentialsOf } from '../../service/database-credentials'
import { isOfPlatform, projectPrefix } from '../../service/projects'
import { readLake } from './lake-rows'
import type { Administration } from './rows/administration'
import type { Lake } from './rows/rows'

export interface LakeRows {
  readonly lake: Lake
  readonly administration: Administration
}

const known = new WeakMap<Platform, Promise<LakeRows>>()

/** @throws Unmet when the database cannot be read */
export function lakeOf(platform: Platform): Promise<LakeRows> {
  return known.get(platform) ?? lakeAnew(platform)
}

/** As they are now: what was collected since they were read last is among them. @throws as {@link lakeOf} does */
export function lakeAnew(platform: Platform): Promise<LakeRows> {
  const rows = credentialsOf(platform, 'service').then((credentials) => readLake(platform.database, credentials))
  known.set(platform, rows)
  // They may be readable later.
  rows.catch(() => known.delete(platform))
  return rows
}

/** Without the projects and the deployments of runs, which nobody collects but the run. Panels look beyond a project and need all. */
export function withoutRuns(platform: Platform, { lake, administration }: LakeRows): LakeRows {
  return {
    lake: {
      ...lake,
      deploymentCommits: lake.deploymentCommits.filter(({ deployment }) => !deployment.startsWith(projectPrefix)),
    },
    administration: {
      ...administration,
      projects: administration.projects.filter(({ name }) => isOfPlatform(platform, name)),
    },
  }
}
