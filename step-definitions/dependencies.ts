import { Then } from '@cucumber/cucumber'
import {
  expectCertificates,
  expectDeployed,
  expectIngressClass,
  expectPrometheusAvailable,
} from '../support/checks/dependencies'
import type { Dependency } from '../support/contracts/contract'
import type { AcceptanceWorld } from '../support/glue/world'

Then('{dependency} is deployed and available', function (this: AcceptanceWorld, dependency: Dependency) {
  return expectDeployed(this.platform, dependency)
})

Then('the cluster has an ingress class', function (this: AcceptanceWorld) {
  return expectIngressClass(this.platform)
})

Then('no certificate is unready or about to expire', function (this: AcceptanceWorld) {
  return expectCertificates(this.platform, this.platform.kubernetes.now)
})

Then('Prometheus is available', function (this: AcceptanceWorld) {
  return expectPrometheusAvailable(this.platform)
})
