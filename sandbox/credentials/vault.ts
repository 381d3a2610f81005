/**
 * Stand-in for Vault: a private file with random values for the ExternalSecrets, new in each sandbox. The stand-in for
 * External Secrets reads it at each refresh, so editing the file rotates a secret.
 */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { readJson, writeWhole } from '../basis/files'
import { files, startOver } from '../basis/layout'

const schema = z.record(z.string(), z.record(z.string(), z.string()))
/** Values by entry and property. */
export type Vault = z.infer<typeof schema>

const upperCase = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lettersAndDigits = `${upperCase}${upperCase.toLowerCase()}0123456789`

const random = (length: number, alphabet = lettersAndDigits): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** The entry with the token with which External Secrets logs in. */
const login = 'external-secrets/vault'

/** @throws Error when the vault cannot be read */
export const loginToken = (): string => vaultValue(readVault(), login, 'token')

export function fillVault(): void {
  const vault: Vault = {
    'fawkes/devlake/secrets': {
      // DevLake requires 128 capital letters.
      'encryption-secret': random(128, upperCase),
      'api-token': random(48),
      'github-token': `ghp_${random(36)}`,
      'gitlab-token': `glpat-${random(20)}`,
    },
    'fawkes/devlake/db': { 'mysql-root-password': random(32), 'mysql-password': random(32) },
    'fawkes/devlake/grafana': {
      'admin-password': random(32),
      'service-account-token': `glsa_${random(32)}_${random(8)}`,
    },
    'fawkes/devlake/webhooks': { secret: random(48) },
    'fawkes/devlake/expired': { 'api-token': random(48) },
    'fawkes/argocd': { token: random(64) },
    'fawkes/jenkins': { token: random(34) },
    [login]: { token: `hvs.${random(90)}` },
  }
  writeWhole(files.vault, JSON.stringify(vault, undefined, 2))
}

/** @throws Error when the file is missing or damaged, which means to its readers that the vault is down */
export function readVault(): Vault {
  return readJson(files.vault, schema, `Restore the file. To replace its secrets by new ones: ${startOver}`)
}

/** @throws Error that names the missing entry and property */
export function vaultValue(vault: Vault, entry: string, key: string): string {
  const value = vault[entry]?.[key]
  if (value === undefined) throw new Error(`${files.vault} has no property ${key} in the entry ${entry}`)
  return value
}
