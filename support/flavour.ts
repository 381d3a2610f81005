/**
 * Which flavour of the service answers. This only advises: the configuration decides, and what is missing under the configured
 * contract stays failed.
 */
import type { Contract } from './contracts/contract'
import { contracts } from './contracts/contracts'
import { Blocked, Unmet } from './expectation'
import type { Platform } from './platform/platform'

/** The line to paste, in a sentence, where the answers look like another contract than the configured one. */
export async function adviceOnContract(platform: Pick<Platform, 'contract' | 'rest'>): Promise<string[]> {
  const { contract } = platform
  if (await shows(platform, contract)) return []
  for (const other of Object.values(contracts))
    if (other !== contract && (await shows(platform, other)))
      return [
        `The service looks like the contract ${other.name} (${other.sign.inWords}), and ${contract.name} is configured. If that is what runs here, write into the configuration: "contract: ${other.name}"`,
      ]
  return []
}

/** A service that cannot be asked shows nothing; its own items say so. */
async function shows({ rest }: Pick<Platform, 'rest'>, { sign: { paths, shownBy } }: Contract): Promise<boolean> {
  for (const path of paths) {
    try {
      const { status, body } = await rest.get(path)
      if (shownBy(status, body)) return true
    } catch (error) {
      if (!(error instanceof Unmet || error instanceof Blocked)) throw error
    }
  }
  return false
}
