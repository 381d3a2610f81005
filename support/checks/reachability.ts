/** Checks that a component is reachable, before anything is read from its surfaces. */
import type { Component } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { expectReadyEndpoints } from './endpoints'
import { isOutside } from './outside-database'
import { expectPodsReady } from './pods'

/**
 * Checks that the pods of a component are ready, that its service has ready endpoints, and that a route to it opens. The findings
 * equal those of the pods' and the service's own items, so that a component that is down is a single cause for everything. A
 * database outside the cluster has no pods: only its answers tell whether it is reachable.
 */
export async function expectReachable(platform: Platform, component: Component): Promise<void> {
  if (component === 'mysql' && (await isOutside(platform))) return
  await expectPodsReady(platform, component)
  await expectReadyEndpoints(platform, component)
  if (component !== 'mysql') await platform.routes.to(component)
}
