import { Then } from '@cucumber/cucumber'
import { expectNoErrorLines } from '../support/checks/log-lines'
import { expectNoErrorState, expectPodsReady } from '../support/checks/pods'
import type { Component } from '../support/contracts/contract'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the {component} pods are running and ready', async function (this: AcceptanceWorld, component: Component) {
  await expectPodsReady(this.platform, component)
})

Then(
  'no {component} pod is in an error state or crashed recently',
  function (this: AcceptanceWorld, component: Component) {
    return expectNoErrorState(this.platform, component, this.platform.kubernetes.now)
  },
)

Then('the {component} logs hold no errors', async function (this: AcceptanceWorld, component: Component) {
  this.evidence('lines checked', String(await expectNoErrorLines(this.platform, component)))
})
