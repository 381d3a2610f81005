import { Then } from '@cucumber/cucumber'
import { expectOnlyProjectsExposed } from '../support/checks/known-projects'
import { expectMetric } from '../support/checks/metrics'
import type { AcceptanceWorld } from '../support/glue/world'
import { expectExposition } from '../support/service/exposition'

Then('every line of the metrics page is in the Prometheus text format', async function (this: AcceptanceWorld) {
  await expectExposition(this.platform)
})

Then(
  'the metric {string} has its documented type and labels, and valid values',
  async function (this: AcceptanceWorld, metric: string) {
    this.evidence('samples checked', String(await expectMetric(this.platform, metric)))
  },
)

Then('the metrics page has series only of projects that exist', async function (this: AcceptanceWorld) {
  this.evidence('projects with series', String(await expectOnlyProjectsExposed(this.platform)))
})
