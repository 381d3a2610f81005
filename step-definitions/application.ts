import { Then, When } from '@cucumber/cucumber'
import { expectApplication, expectDeploysFromRepository } from '../support/checks/application'
import {
  expectHealthy,
  expectOperationSucceeded,
  expectSynced,
  expectSyncSucceeds,
  startSync,
} from '../support/checks/application-state'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the Application exists', async function (this: AcceptanceWorld) {
  await expectApplication(this.platform)
})

Then(
  'the Application deploys from the platform repository into the namespace of the service',
  function (this: AcceptanceWorld) {
    return expectDeploysFromRepository(this.platform)
  },
)

Then('the Application is healthy', function (this: AcceptanceWorld) {
  return expectHealthy(this.platform)
})

Then('the Application is synced', function (this: AcceptanceWorld) {
  return expectSynced(this.platform)
})

Then('the last operation of the Application succeeded', function (this: AcceptanceWorld) {
  return expectOperationSucceeded(this.platform)
})

When('a sync of the Application is started by hand', async function (this: AcceptanceWorld) {
  this.operationBefore = await startSync(this.platform)
})

Then('the sync succeeds', function (this: AcceptanceWorld) {
  return expectSyncSucceeds(this.platform, this.operationBefore)
})
