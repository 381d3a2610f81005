/**
 * The record of what a run creates. The ConfigMap is written before anything is created, so that a later run can clean up after a
 * killed one. Anyone in the cluster can write a ConfigMap, so only names with the suite's own prefixes are trusted.
 */
import { z } from 'zod'
import type { Leavings } from '../contracts/webhooks'
import type { Platform } from '../platform/platform'
import { projectPrefix } from '../service/projects'
import { leavingsOf } from './stored-events'
import { commitPrefixOf } from './story'

/** The record of a run, reduced to projects and rows that certainly belong to a run. */
export interface RecordedRun {
  readonly name: string
  readonly startedAt: number
  readonly projects: readonly string[]
  readonly leavings: readonly Leavings[]
}

const rows = z.array(z.looseObject({ table: z.string(), column: z.string(), values: z.array(z.string()) }))

const configMap = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  data: z.looseObject({ startedAt: z.iso.datetime(), projects: z.string(), rows: z.string().default('[]') }),
})

/** Records the projects and rows that a run may create. */
export async function recordRun(
  { kubernetes }: Platform,
  name: string,
  run: string,
  projects: readonly string[],
  leavings: readonly Leavings[],
): Promise<void> {
  const startedAt = kubernetes.now.toISOString()
  await kubernetes.createRecord(name, { run, startedAt, projects: projects.join('\n'), rows: JSON.stringify(leavings) })
}

/** The records that runs left, oldest first. Ignores ConfigMaps that are not valid records. */
export async function recordedRuns(platform: Platform): Promise<RecordedRun[]> {
  const found = await platform.kubernetes.records()
  return found
    .flatMap((object) => recordedRun(platform, object) ?? [])
    .sort((one, other) => one.startedAt - other.startedAt)
}

function recordedRun(platform: Platform, object: unknown): RecordedRun | undefined {
  const parsed = configMap.safeParse(object)
  if (!parsed.success) return undefined
  const { metadata, data } = parsed.data
  if (!metadata.name.startsWith(projectPrefix)) return undefined
  const projects = data.projects.split('\n').filter((project) => project.startsWith(projectPrefix))
  const isOwn = (key: string) =>
    projects.some(
      (project) =>
        key === project || [`${project}-`, `${project}:`, commitPrefixOf(project)].some((own) => key.startsWith(own)),
    )
  const recorded = rowsIn(data.rows)
  // Only tables and columns in which stories can leave rows according to the contract.
  const leavings = leavingsOf(platform, []).map((known) => ({
    ...known,
    values: recorded
      .filter(({ table, column }) => table === known.table && column === known.column)
      .flatMap(({ values }) => values.filter(isOwn)),
  }))
  return { name: metadata.name, startedAt: Date.parse(data.startedAt), projects, leavings }
}

function rowsIn(text: string): z.infer<typeof rows> {
  try {
    return rows.catch([]).parse(JSON.parse(text))
  } catch {
    return []
  }
}
