/** Finds the items that the configured contract has no counterpart for, and checks that the service follows that contract. */
import { isAbsent } from '../basis/capability'
import type { Checklist, ItemCapability } from '../basis/checklist'
import { Blocked, Unmet } from '../basis/expectation'
import type { Contract } from '../contracts/contract'
import { contracts } from '../flavours/flavours'
import type { Platform } from '../platform/platform'

/** The place in a contract where it has a capability, or says why it has none. */
const statedIn: Readonly<Record<ItemCapability, (contract: Contract) => unknown>> = {
  graphql: ({ graphql }) => graphql,
  metrics: ({ metrics }) => metrics,
  'metric settings': ({ dora }) => dora.settings.option,
  deployments: ({ webhooks }) => webhooks.deployments,
}

/**
 * Items whose capability the contract does not have, each with the reason. Their scenarios need not run, or wait for a
 * service that is down.
 */
export function withoutCounterpart({ items }: Checklist, contract: Contract): Map<string, string> {
  return new Map(
    items.flatMap(({ id, capability }): [string, string][] => {
      const stated = capability === undefined ? undefined : statedIn[capability](contract)
      return isAbsent(stated) ? [[id, stated.absent]] : []
    }),
  )
}

/**
 * Returns a sentence with the line to paste if the service answers like a different contract than the configured one. It is
 * only advice: everything missing under the configured contract still fails.
 */
export async function adviceOnContract(platform: Pick<Platform, 'contract' | 'rest'>): Promise<string[]> {
  const { contract } = platform
  if (await shows(platform, contract)) return adviceOnVersion(platform)
  for (const other of Object.values(contracts))
    if (other.name !== contract.name && (await shows(platform, other)))
      return [
        `The service answers like the contract ${other.name} (${other.sign.inWords}), but ${contract.name} is configured. If ${other.name} runs here, add to the configuration: "contract: ${other.name}"`,
      ]
  return []
}

/** A sentence if the version of the service is unknown under its contract, which then takes it for another one. */
async function adviceOnVersion({ contract, rest }: Pick<Platform, 'contract' | 'rest'>): Promise<string[]> {
  const { unknownVersion, version } = contract.rest
  const sentence = unknownVersion?.((await rest.get(version)).body)
  return sentence ? [sentence] : []
}

/** True if the service shows the sign of the contract. False if it cannot be reached, which its own items report. */
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
