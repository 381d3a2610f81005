import { Then } from '@cucumber/cucumber'
import { expectReadyEndpoints } from '../support/checks/endpoints'
import { expectPongByPortForward, expectPongFromInside, expectService } from '../support/checks/services'
import type { Component } from '../support/contracts/contract'
import type { AcceptanceWorld } from '../support/glue/world'

Then(
  'the {component} service is a ClusterIP with the documented port',
  function (this: AcceptanceWorld, component: Component) {
    return expectService(this.platform, component)
  },
)

Then('the {component} service has ready endpoints', function (this: AcceptanceWorld, component: Component) {
  return expectReadyEndpoints(this.platform, component)
})

Then('the lake answers a ping from inside the cluster', function (this: AcceptanceWorld) {
  return expectPongFromInside(this.platform)
})

Then('the lake answers a ping through a port-forward', function (this: AcceptanceWorld) {
  return expectPongByPortForward(this.platform)
})
