import { Given } from '@cucumber/cucumber'
import { expectReachable } from '../support/checks/reachability'
import type { AcceptanceWorld } from '../support/world'

Given('the lake can be reached', function (this: AcceptanceWorld) {
  return expectReachable(this.platform, 'lake')
})

Given('the database can be reached', function (this: AcceptanceWorld) {
  return expectReachable(this.platform, 'mysql')
})

Given('Prometheus can be reached', async function (this: AcceptanceWorld) {
  await this.platform.routes.toPrometheus()
})
