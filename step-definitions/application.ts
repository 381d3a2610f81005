import { Then, When } from '@cucumber/cucumber'
import { deliveryChecks } from '../support/checks/delivery'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the Application exists', async function (this: AcceptanceWorld) {
  await deliveryChecks(this.platform).exists(this.platform)
})

Then(
  'the Application deploys from the platform repository into the namespace of the service',
  function (this: AcceptanceWorld) {
    return deliveryChecks(this.platform).delivers(this.platform)
  },
)

Then('the Application is healthy', function (this: AcceptanceWorld) {
  return deliveryChecks(this.platform).healthy(this.platform)
})

Then('the Application is synced', function (this: AcceptanceWorld) {
  return deliveryChecks(this.platform).synced(this.platform)
})

Then('the last operation of the Application succeeded', function (this: AcceptanceWorld) {
  return deliveryChecks(this.platform).lastSucceeded(this.platform)
})

When('a sync of the Application is started by hand', async function (this: AcceptanceWorld) {
  this.operationBefore = await deliveryChecks(this.platform).start(this.platform)
})

Then('the sync succeeds', function (this: AcceptanceWorld) {
  return deliveryChecks(this.platform).syncSucceeds(this.platform, this.operationBefore)
})
