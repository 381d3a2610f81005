import { Given, Then } from '@cucumber/cucumber'
import {
  expectDashboard,
  expectDashboards,
  expectDatasources,
  expectInstalled,
  expectVariablesUsed,
} from '../support/checks/dashboards/installation'
import { expectDashboardsOpen } from '../support/checks/dashboards/pages'
import { expectPanelsAnswered } from '../support/checks/dashboards/panels'
import type { Filter } from '../support/checks/numbers/numbers-proof'
import { expectDeploymentShown, expectReportedShown } from '../support/checks/numbers/shown-deployments'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the folder of the DORA metrics holds dashboards', function (this: AcceptanceWorld) {
  return expectInstalled(this.platform)
})

Then('every panel asks the database of the service', async function (this: AcceptanceWorld) {
  this.evidence('data sources that are asked', String(await expectDatasources(this.platform)))
})

Then('the dashboard {string} is in the folder of the DORA metrics', function (this: AcceptanceWorld, title: string) {
  return expectDashboard(this.platform, title)
})

Given('each of the dashboards is there', function (this: AcceptanceWorld) {
  return expectDashboards(this.platform)
})

Given('the dashboards open in a browser', function (this: AcceptanceWorld) {
  return expectDashboardsOpen(this.platform)
})

Then('no query of a panel fails', async function (this: AcceptanceWorld) {
  this.evidence('panels', String(await expectPanelsAnswered(this.platform)))
})

Then('the panels show what the events of each project make up', async function (this: AcceptanceWorld) {
  this.evidence('numbers that were compared', await this.numbers.expectPanels())
})

Then('each dashboard has a project and a team to choose, and asks for them', async function (this: AcceptanceWorld) {
  this.evidence('queries', String(await expectVariablesUsed(this.platform)))
})

Then('another {filter} changes what the panels show', async function (this: AcceptanceWorld, filter: Filter) {
  this.evidence('numbers that were compared', await this.numbers.expectFilter(filter))
})

Then('over a time without events the panels show no data, and not 0', async function (this: AcceptanceWorld) {
  this.evidence('panels', String(await this.numbers.expectNoData()))
})

Then('the dashboards show the deployment', async function (this: AcceptanceWorld) {
  this.evidence('panels with the deployment', await expectDeploymentShown(this.platform, this.numbers))
})

Then(
  'the dashboards show {int} deployments over the last {int} days',
  async function (this: AcceptanceWorld, sent: number, days: number) {
    const shown = await expectReportedShown(this.numbers, this.told.story, sent, days)
    this.evidence('panels that count deployments', shown)
  },
)
