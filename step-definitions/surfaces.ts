import { Given } from '@cucumber/cucumber'
import { expectReachable } from '../support/checks/reachability'
import type { Component } from '../support/contracts/contract'
import type { AcceptanceWorld } from '../support/glue/world'

Given('(the ){component} can be reached', function (this: AcceptanceWorld, component: Component) {
  return expectReachable(this.platform, component)
})

Given('the database can be reached', function (this: AcceptanceWorld) {
  return expectReachable(this.platform, 'mysql')
})

Given('Prometheus can be reached', async function (this: AcceptanceWorld) {
  await this.platform.routes.toPrometheus()
})
