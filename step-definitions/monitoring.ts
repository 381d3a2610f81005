import { Then } from '@cucumber/cucumber'
import { expectNoGap, expectTargetUp } from '../support/checks/monitoring'
import { expectSeries } from '../support/checks/series'
import { expectSelectedByPrometheus, expectSelectsLake, expectServiceMonitor } from '../support/checks/service-monitor'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the ServiceMonitor exists', async function (this: AcceptanceWorld) {
  await expectServiceMonitor(this.platform)
})

Then('the ServiceMonitor selects the lake service and its port', function (this: AcceptanceWorld) {
  return expectSelectsLake(this.platform)
})

Then('a Prometheus selects the ServiceMonitor', function (this: AcceptanceWorld) {
  return expectSelectedByPrometheus(this.platform)
})

Then('the Prometheus target is up and was scraped recently', async function (this: AcceptanceWorld) {
  await expectTargetUp(this.platform)
})

Then('no recent scrape was missed', function (this: AcceptanceWorld) {
  return expectNoGap(this.platform)
})

Then(
  'Prometheus returns the metric {string} as the service exposes it',
  async function (this: AcceptanceWorld, metric: string) {
    this.evidence('samples compared', String(await expectSeries(this.platform, metric)))
  },
)
