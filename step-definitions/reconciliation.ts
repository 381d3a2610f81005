import { Given, Then } from '@cucumber/cucumber'
import { expectDocumentedStages, expectSettingsStored, expectStages } from '../support/checks/metric-settings'
import { expectEventsReadable } from '../support/checks/numbers/instruments'
import type { Metric, WindowedMetric } from '../support/checks/numbers/metric'
import type { AcceptanceWorld } from '../support/glue/world'

Then(
  'every surface reports the {metric} that the events of each project make up',
  async function (this: AcceptanceWorld, metric: Metric) {
    this.evidence('recomputed and compared', await this.numbers.expectMetric(metric))
  },
)

Given('the events of the projects can be read', function (this: AcceptanceWorld) {
  return expectEventsReadable(this.platform)
})

Given('every surface of the metrics can be read', function (this: AcceptanceWorld) {
  return this.numbers.expectReadable()
})

Given('each project has settings of its own', async function (this: AcceptanceWorld) {
  this.evidence('projects with settings', String(await expectSettingsStored(this.platform)))
})

Then(
  'each project is shown its {windowedMetric} over the window of its settings',
  async function (this: AcceptanceWorld, metric: WindowedMetric) {
    this.evidence('recomputed and compared', await this.numbers.expectWindowInForce(metric))
  },
)

Then('the stages are Development, Review and Production', function (this: AcceptanceWorld) {
  return expectDocumentedStages(this.platform)
})

Then('each project is shown its lead time by the stages of its settings', async function (this: AcceptanceWorld) {
  this.evidence('projects whose stages were compared', String(await expectStages(this.platform)))
})

Then(
  'each project is shown its time to restore by the severities of its settings',
  async function (this: AcceptanceWorld) {
    this.evidence('recomputed and compared', await this.numbers.expectMetric('time to restore'))
  },
)
