import { Given, Then } from '@cucumber/cucumber'
import {
  expectAnonymousOnlyReads,
  expectPeopleLetIn,
  expectStrangerRefused,
  expectUsable,
} from '../support/checks/grafana'
import type { AcceptanceWorld } from '../support/glue/world'

Given('the admin can log in to Grafana', function (this: AcceptanceWorld) {
  return expectUsable(this.platform)
})

Then('Grafana accepts the login of the admin', async function (this: AcceptanceWorld) {
  this.evidence('login', await expectPeopleLetIn(this.platform))
})

Then('Grafana refuses an unknown user with a wrong password', function (this: AcceptanceWorld) {
  return expectStrangerRefused(this.platform)
})

Then('nobody can change a dashboard without logging in', async function (this: AcceptanceWorld) {
  this.evidence('anonymous visitors', await expectAnonymousOnlyReads(this.platform))
})
