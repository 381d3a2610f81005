import { Given, Then } from '@cucumber/cucumber'
import { expectStages } from '../support/checks/lead-time-stages'
import { expectDocumentedStages, expectSettingsStored } from '../support/checks/metric-settings'
import { expectEventsReadable } from '../support/checks/numbers/instruments'
import type { Metric, WindowedMetric } from '../support/checks/numbers/metric'
import type { AcceptanceWorld } from '../support/glue/world'

Then(
  "every surface reports the {metric} recomputed from each project's events",
  async function (this: AcceptanceWorld, metric: Metric) {
    this.evidence(
      'events recomputed and answers compared',
      await this.withNumbers(metric, this.numbers.expectMetric(metric)),
    )
  },
)

Given('the events of the projects can be read', function (this: AcceptanceWorld) {
  return expectEventsReadable(this.platform)
})

Given('the events of the projects can be read and compared', function (this: AcceptanceWorld) {
  return this.numbers.expectComparable()
})

Given('every surface that reports metrics can be read', function (this: AcceptanceWorld) {
  return this.numbers.expectReadable()
})

Given('every project has its own settings', async function (this: AcceptanceWorld) {
  this.evidence('projects with settings', String(await expectSettingsStored(this.platform)))
})

Then(
  'the {windowedMetric} of every project is reported over the window in its settings',
  async function (this: AcceptanceWorld, metric: WindowedMetric) {
    this.evidence('events recomputed and answers compared', await this.numbers.expectWindowInForce(metric))
  },
)

Then('the lead time stages are Development, Review and Production', function (this: AcceptanceWorld) {
  return expectDocumentedStages(this.platform)
})

Then(
  'the lead time of every project is broken down into the stages in its settings',
  async function (this: AcceptanceWorld) {
    this.evidence('projects compared', String(await expectStages(this.platform)))
  },
)

Then(
  'the time to restore of every project counts incidents of the severities in its settings',
  async function (this: AcceptanceWorld) {
    this.evidence('events recomputed and answers compared', await this.numbers.expectSeveritiesInForce())
  },
)
