import { Given, Then } from '@cucumber/cucumber'
import {
  expectAdminLetIn,
  expectAnonymousOnlyReads,
  expectStrangerRefused,
  expectUsable,
} from '../support/checks/grafana'
import type { AcceptanceWorld } from '../support/glue/world'

Given('Grafana can be used', function (this: AcceptanceWorld) {
  return expectUsable(this.platform)
})

Then('Grafana lets the admin in', async function (this: AcceptanceWorld) {
  await expectAdminLetIn(this.platform)
})

Then('Grafana refuses a stranger with a wrong password', function (this: AcceptanceWorld) {
  return expectStrangerRefused(this.platform)
})

Then('nobody changes a dashboard without a login', async function (this: AcceptanceWorld) {
  this.evidence('who has not logged in', await expectAnonymousOnlyReads(this.platform))
})
