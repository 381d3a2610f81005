/** Section 5 for each host: a service may be reached by several hosts, and its API by another one than its pages. */
import { hostsOf } from '../configuration/hosts'
import type { Entry } from '../contracts/contract'
import type { Platform } from '../platform/platform'

/** Runs a check for each host of a role. The check sees a platform that has only this host. */
export async function forEachHost(
  platform: Platform,
  role: Entry,
  check: (platform: Platform, role: Entry) => Promise<unknown>,
): Promise<void> {
  for (const host of hostsOf(platform.configuration, role)) await check(withHost(platform, role, host), role)
}

function withHost(platform: Platform, role: Entry, host: ReturnType<typeof hostsOf>[number]): Platform {
  const { configuration } = platform
  const ingresses = { ...configuration.ingresses, [role]: { ...host, others: [] } }
  return Object.create(platform, { configuration: { value: { ...configuration, ingresses }, enumerable: true } })
}
