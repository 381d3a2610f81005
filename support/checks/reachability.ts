/** Whether a component can be asked at all: what every look at its surfaces needs first. */
import type { Component } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { expectPodsReady } from './pods'
import { expectReadyEndpoints } from './services'

/** The findings are those of the pods and the service, so that a part that is down is one cause for all who need it. */
export async function expectReachable(platform: Platform, component: Component): Promise<void> {
  await expectPodsReady(platform, component)
  await expectReadyEndpoints(platform, component)
  if (component !== 'mysql') await platform.routes.to(component)
}
