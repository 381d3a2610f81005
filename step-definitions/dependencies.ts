import { Then } from '@cucumber/cucumber'
import { expectCertificates } from '../support/checks/certificates'
import { expectPrometheusAvailable } from '../support/checks/dependencies'
import { expectDependency, expectEntryClass } from '../support/checks/substitutes'
import type { Dependency } from '../support/contracts/contract'
import type { AcceptanceWorld } from '../support/glue/world'

Then('{dependency} is deployed and available', function (this: AcceptanceWorld, dependency: Dependency) {
  return expectDependency(this.platform, dependency)
})

Then('the cluster has an ingress class', function (this: AcceptanceWorld) {
  return expectEntryClass(this.platform)
})

Then('every certificate of the platform is ready and renewed in time', function (this: AcceptanceWorld) {
  return expectCertificates(this.platform)
})

Then('Prometheus is available', function (this: AcceptanceWorld) {
  return expectPrometheusAvailable(this.platform)
})
