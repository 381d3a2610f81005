/** The origin of the Secrets. */
import type { Configuration } from './schema'

/** Returns `manual` also where External Secrets is declared absent: something else then creates the Secrets. */
export const secretsModeOf = ({ secrets, absent }: Configuration): Configuration['secrets'] =>
  absent.externalSecrets === undefined ? secrets : 'manual'
