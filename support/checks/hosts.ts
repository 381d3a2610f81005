/** Section 5 for each host: a service may be reached by several hosts, and its API by another one than its pages. */
import { hostsOf } from '../configuration/hosts'
import type { Entry } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { placedEntry } from './placed'

/** Runs a check for each host of a role. The check sees a platform that has only this host. */
export async function forEachHost(
  platform: Platform,
  role: Entry,
  check: (platform: Platform, role: Entry) => Promise<unknown>,
): Promise<void> {
  const here = placedEntry(platform, role)
  const hosts = hostsOf(platform.configuration, role)
  // Outcomes are remembered by platform, so a single host is judged on the one that everything else uses.
  if (hosts.length === 1) await check(here, role)
  else for (const host of hosts) await check(placedEntry(withHost(platform, role, host), role), role)
}

function withHost(platform: Platform, role: Entry, host: ReturnType<typeof hostsOf>[number]): Platform {
  const { configuration } = platform
  const { namespace } = configuration.ingresses[role]
  const ingresses = { ...configuration.ingresses, [role]: { ...host, namespace, others: [] } }
  return Object.create(platform, { configuration: { value: { ...configuration, ingresses }, enumerable: true } })
}
