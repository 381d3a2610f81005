import { Then } from '@cucumber/cucumber'
import { expectDashboardOpens, expectNoPanelErrors, expectSilentConsole } from '../support/checks/dashboards/pages'
import { expectSilentUi, expectUiOpens } from '../support/checks/ui'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the DevLake UI opens in time', async function (this: AcceptanceWorld) {
  this.picture('DevLake UI', await expectUiOpens(this.platform))
})

Then('the DevLake UI says nothing wrong in the console', function (this: AcceptanceWorld) {
  return expectSilentUi(this.platform)
})

Then('the dashboard {string} opens in time', async function (this: AcceptanceWorld, title: string) {
  const { loadedMs, picture } = await expectDashboardOpens(this.platform, title)
  this.picture(title, picture)
  this.evidence('time until it was complete', `${(loadedMs / 1000).toFixed(1)} s`)
})

Then('no panel of the dashboard {string} shows an error', async function (this: AcceptanceWorld, title: string) {
  this.evidence('panels', String(await expectNoPanelErrors(this.platform, title)))
})

Then('the dashboard {string} says nothing wrong in the console', function (this: AcceptanceWorld, title: string) {
  return expectSilentConsole(this.platform, title)
})
