/** What runs that were killed left behind: found by their records, and taken back once those runs are surely over. */
import type { Platform } from '../platform/platform'
import { takeBack } from './removal'
import { type RecordedRun, recordedRuns } from './run-record'

/** No run lasts so long; a younger record may be that of one that goes on right now. */
const olderThanMs = 24 * 60 * 60 * 1000

/** @returns what is still there of them, in words */
export async function takeBackLeftovers(platform: Platform): Promise<string[]> {
  const left: string[] = []
  for (const run of await recordedRuns(platform))
    if (Date.now() - run.startedAt > olderThanMs) left.push(...(await takeBackRun(platform, run)))
  return left
}

async function takeBackRun(platform: Platform, { name, projects, leavings }: RecordedRun): Promise<string[]> {
  const left = await takeBack(platform, projects, leavings)
  if (left.projects.length === 0) await platform.kubernetes.deleteRecord(name)
  return [...left.projects.map((project) => `project ${project} of ${name}`), ...left.rows]
}
