import { Then } from '@cucumber/cucumber'
import { expectAccess } from '../support/checks/access'
import { expectStorage, expectVersion, expectWorkers } from '../support/checks/cluster'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the cluster runs a supported version of Kubernetes', function (this: AcceptanceWorld) {
  return expectVersion(this.platform)
})

Then('enough worker nodes are ready and not cordoned', function (this: AcceptanceWorld) {
  return expectWorkers(this.platform)
})

Then('the storage of the database is bound and large enough', function (this: AcceptanceWorld) {
  return expectStorage(this.platform)
})

Then('the caller has every permission that this run needs', function (this: AcceptanceWorld) {
  return expectAccess(this.platform)
})
