/** The data sources that reject their token: names in a file that only faults write. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { readJson, writeWhole } from '../basis/files'
import { inState } from '../basis/layout'

const source = z.enum(['github', 'gitlab', 'argocd', 'jenkins', 'vault'])
export type Source = z.infer<typeof source>

const file = inState('revoked.json')

export function revoke(sources: readonly Source[]): void {
  writeWhole(file, JSON.stringify(sources))
}

export const isRevoked = (name: Source): boolean =>
  existsSync(file) && readJson(file, z.array(source), 'Delete the file to accept all tokens again.').includes(name)
