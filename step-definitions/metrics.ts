import { Then } from '@cucumber/cucumber'
import { expectMetric } from '../support/checks/metrics'
import type { AcceptanceWorld } from '../support/glue/world'
import { expectExposition } from '../support/service/exposition'

Then('the metrics page is in the text format to its last line', async function (this: AcceptanceWorld) {
  await expectExposition(this.platform)
})

Then(
  'the metric {string} has its type, its labels and possible values',
  async function (this: AcceptanceWorld, metric: string) {
    this.evidence('samples that were looked at', String(await expectMetric(this.platform, metric)))
  },
)
