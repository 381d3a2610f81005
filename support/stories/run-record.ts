/**
 * What a run creates, written down in the cluster before the first of it is: a ConfigMap by which a later run can take back
 * what one that was killed could not. What stands there is data of the cluster, so only what bears the run's own names is believed.
 */
import { z } from 'zod'
import type { Leavings } from '../contracts/webhooks'
import type { Platform } from '../platform/platform'
import { projectPrefix } from '../service/projects'
import { leavingsOf } from './stored-events'
import { commitPrefixOf } from './story'

/** What was recorded of a run, as far as it is surely a run's own. */
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

export async function keepRecord(
  { kubernetes }: Platform,
  name: string,
  run: string,
  projects: readonly string[],
  leavings: readonly Leavings[],
): Promise<void> {
  const startedAt = new Date().toISOString()
  await kubernetes.createRecord(name, { run, startedAt, projects: projects.join('\n'), rows: JSON.stringify(leavings) })
}

/** The records that runs left, oldest first; a ConfigMap that is no record of a run is none. */
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
    projects.some((project) =>
      [`${project}-`, `${project}:`, commitPrefixOf(project)].some((own) => key.startsWith(own)),
    )
  const given = rowsIn(data.rows)
  // Only where the contract says that stories leave something.
  const leavings = leavingsOf(platform, []).map((known) => ({
    ...known,
    values: given
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
