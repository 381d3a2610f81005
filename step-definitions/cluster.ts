import { Then } from '@cucumber/cucumber'
import { expectAccess } from '../support/checks/access'
import { expectVersion, expectWorkers } from '../support/checks/cluster'
import { expectStorage } from '../support/checks/storage'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the cluster runs a supported version of Kubernetes', function (this: AcceptanceWorld) {
  return expectVersion(this.platform)
})

Then('enough worker nodes can take pods of the service', function (this: AcceptanceWorld) {
  return expectWorkers(this.platform)
})

Then('the storage of the database is bound, large enough and in use', function (this: AcceptanceWorld) {
  return expectStorage(this.platform)
})

Then('the caller has every permission that this run needs', function (this: AcceptanceWorld) {
  return expectAccess(this.platform)
})
