import { Then } from '@cucumber/cucumber'
import { expectNoErrorLines, expectNoErrorState, expectPodsReady } from '../support/checks/pods'
import type { Component } from '../support/contracts/contract'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the pods of the {component} are running and ready', async function (this: AcceptanceWorld, component: Component) {
  await expectPodsReady(this.platform, component)
})

Then(
  'no pod of the {component} is in an error state or crashed lately',
  function (this: AcceptanceWorld, component: Component) {
    return expectNoErrorState(this.platform, component, new Date())
  },
)

Then('the logs of the {component} hold no errors', async function (this: AcceptanceWorld, component: Component) {
  this.evidence('lines that were looked at', String(await expectNoErrorLines(this.platform, component)))
})
