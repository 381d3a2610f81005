/** The pushes to the default branches of the forges' repositories: a file that only faults write. Without it there are none. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { readJson, writeWhole } from '../basis/files'
import { inState } from '../basis/layout'

const push = z.object({
  forge: z.enum(['github', 'gitlab']),
  repository: z.string(),
  at: z.iso.datetime(),
  sha: z.string(),
  before: z.string(),
})
export type Push = z.infer<typeof push>

const file = inState('pushes.json')

export function writePushes(pushes: readonly Push[]): void {
  writeWhole(file, JSON.stringify(pushes))
}

/** The newest first, as the forges list them. */
export const pushesTo = (forge: Push['forge'], repository: string): readonly Push[] =>
  (existsSync(file) ? readJson(file, z.array(push), 'Delete the file to forget all pushes.') : [])
    .filter((one) => one.forge === forge && one.repository === repository)
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
