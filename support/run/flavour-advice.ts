/** What the configured flavour of the service has no counterpart for, and whether it is the one that answers. */
import { isAbsent } from '../basis/capability'
import { Blocked, Unmet } from '../basis/expectation'
import type { Contract } from '../contracts/contract'
import { contracts } from '../flavours/flavours'
import type { Platform } from '../platform/platform'

/** Items that are about one capability alone: where the contract has none, nobody has to look, or to wait for what is down. */
export function withoutCounterpart({ graphql, metrics, dora, webhooks }: Contract): Map<string, string> {
  const about: readonly (readonly [unknown, readonly string[]])[] = [
    [graphql, ['8.1', '8.2']],
    [metrics, ['9.1', '9.2', '10.1', '10.2', '10.3', '10.4']],
    [dora.settings.option, ['18.2', '18.3', '18.4', '18.5']],
    [webhooks.deployments, ['19.3']],
  ]
  return new Map(
    about.flatMap(([given, ids]) => (isAbsent(given) ? ids.map((id): [string, string] => [id, given.absent]) : [])),
  )
}

/**
 * The line to paste, in a sentence, where the answers look like another contract than the configured one. It only advises: what is
 * missing under the configured contract stays failed.
 */
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
