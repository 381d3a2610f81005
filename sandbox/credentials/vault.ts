/**
 * Stand-in for Vault: a private file with the values that the ExternalSecrets ask for, drawn anew at each start. The
 * External Secrets stand-in reads it at each refresh, so editing the file is rotating a secret.
 */
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeWhole } from '../basis/files'
import { files } from '../basis/layout'

const schema = z.record(z.string(), z.record(z.string(), z.string()))
/** Property values by entry and property. */
export type Vault = z.infer<typeof schema>

const upperCase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lettersAndDigits = `${upperCase}${upperCase.toLowerCase()}0123456789`

const random = (length: number, alphabet = lettersAndDigits): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

export function fillVault(): void {
  const vault: Vault = {
    'fawkes/devlake/secrets': {
      // DevLake asks for 128 capital letters.
      'encryption-secret': random(128, upperCase),
      'api-token': random(48),
      'github-token': `ghp_${random(36)}`,
    },
    'fawkes/devlake/db': { 'mysql-root-password': random(32), 'mysql-password': random(32) },
    'fawkes/devlake/grafana': { 'admin-password': random(32) },
    'fawkes/devlake/webhooks': { secret: random(48) },
    'fawkes/devlake/expired': { 'api-token': random(48) },
    'fawkes/argocd': { token: random(64) },
    'fawkes/jenkins': { token: random(34) },
  }
  writeWhole(files.vault, JSON.stringify(vault, undefined, 2))
}

/** Throws when the file is missing or damaged: to its readers, the vault is then down. */
export function readVault(): Vault {
  return schema.parse(JSON.parse(readFileSync(files.vault, 'utf8')))
}

/** @throws Error that names what the vault does not have */
export function vaultValue(vault: Vault, entry: string, key: string): string {
  const value = vault[entry]?.[key]
  if (value === undefined) throw new Error(`The vault has no ${key} in ${entry}`)
  return value
}
