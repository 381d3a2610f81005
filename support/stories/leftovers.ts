/** Removes what killed runs left behind, as their records list it. A run is certainly over once its record is old enough. */
import type { Platform } from '../platform/platform'
import { removeStoryData } from './removal'
import { type RecordedRun, recordedRuns } from './run-record'

/** No run lasts this long. A younger record may belong to a run that is still in progress. */
const olderThanMs = 24 * 60 * 60 * 1000

/** Removes the leftovers of old runs. @returns a description of everything that could not be removed */
export async function removeLeftovers(platform: Platform): Promise<string[]> {
  const left: string[] = []
  for (const run of await recordedRuns(platform))
    if (platform.kubernetes.now.getTime() - run.startedAt > olderThanMs) left.push(...(await removeRun(platform, run)))
  return left
}

async function removeRun(platform: Platform, { name, projects, leavings }: RecordedRun): Promise<string[]> {
  const left = await removeStoryData(platform, projects, leavings)
  if (left.projects.length === 0) await platform.kubernetes.deleteRecord(name)
  return [...left.projects.map((project) => `project ${project} of ${name}`), ...left.rows]
}
