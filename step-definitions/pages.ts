import { Then } from '@cucumber/cucumber'
import { expectDashboardOpens, expectNoPanelErrors, expectSilentConsole } from '../support/checks/dashboards/pages'
import { expectSilentUi, expectUiOpens } from '../support/checks/ui'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the DevLake UI opens in time', async function (this: AcceptanceWorld) {
  this.picture('DevLake UI', await expectUiOpens(this.platform))
})

Then('the DevLake UI logs no errors in the browser console', function (this: AcceptanceWorld) {
  return expectSilentUi(this.platform)
})

Then('the {string} dashboard opens in time', async function (this: AcceptanceWorld, title: string) {
  const { loadedMs, picture } = await expectDashboardOpens(this.platform, title)
  this.picture(title, picture)
  this.evidence('time until the dashboard was complete', `${(loadedMs / 1000).toFixed(1)} s`)
})

Then('no panel of the {string} dashboard shows an error', async function (this: AcceptanceWorld, title: string) {
  this.evidence('panels', String(await expectNoPanelErrors(this.platform, title)))
})

Then('the {string} dashboard logs no errors in the browser console', function (this: AcceptanceWorld, title: string) {
  return expectSilentConsole(this.platform, title)
})
