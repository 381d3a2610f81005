/** Tokens that a data source no longer takes: names of sources in a file that faults write; nothing else does. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeWhole } from '../basis/files'
import { inState } from '../basis/layout'

const source = z.enum(['github', 'argocd', 'jenkins'])
export type Source = z.infer<typeof source>

const file = inState('revoked.json')

export function revoke(sources: readonly Source[]): void {
  writeWhole(file, JSON.stringify(sources))
}

export const isRevoked = (name: Source): boolean =>
  existsSync(file) &&
  z
    .array(source)
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .includes(name)
