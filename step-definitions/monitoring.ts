import { Then } from '@cucumber/cucumber'
import {
  expectNoGap,
  expectSelectedByPrometheus,
  expectSelectsLake,
  expectServiceMonitor,
  expectTargetUp,
} from '../support/checks/monitoring'
import { expectSeries } from '../support/checks/series'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the ServiceMonitor exists', async function (this: AcceptanceWorld) {
  await expectServiceMonitor(this.platform)
})

Then('the ServiceMonitor selects the service of the lake and its port', function (this: AcceptanceWorld) {
  return expectSelectsLake(this.platform)
})

Then('a Prometheus selects the ServiceMonitor', function (this: AcceptanceWorld) {
  return expectSelectedByPrometheus(this.platform)
})

Then('the Prometheus target is up and was scraped lately', async function (this: AcceptanceWorld) {
  await expectTargetUp(this.platform)
})

Then('no scrape was missed lately', function (this: AcceptanceWorld) {
  return expectNoGap(this.platform)
})

Then(
  'Prometheus has the metric {string} as the service exposes it',
  async function (this: AcceptanceWorld, metric: string) {
    this.evidence('samples that were compared', String(await expectSeries(this.platform, metric)))
  },
)
