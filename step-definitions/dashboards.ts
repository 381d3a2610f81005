import { Given, Then } from '@cucumber/cucumber'
import { expectDatasources, expectDatasourcesOf } from '../support/checks/dashboards/datasources'
import {
  expectDashboard,
  expectInstalled,
  expectVariablesUsed,
  namesOf,
} from '../support/checks/dashboards/installation'
import { expectEveryProjectOffered } from '../support/checks/dashboards/offered-projects'
import { expectOneOpens } from '../support/checks/dashboards/pages'
import { expectPanelsAnswered } from '../support/checks/dashboards/panels'
import type { Filter } from '../support/checks/numbers/numbers-proof'
import { expectDeploymentShown, expectReportedShown } from '../support/checks/numbers/shown-deployments'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the DORA metrics folder holds dashboards', function (this: AcceptanceWorld) {
  return expectInstalled(this.platform)
})

Then('every panel queries the database of the service', async function (this: AcceptanceWorld) {
  this.evidence('data sources queried', String(await expectDatasources(this.platform)))
})

Given(
  'the panels of the {string} dashboard query the database of the service',
  function (this: AcceptanceWorld, title: string) {
    return expectDatasourcesOf(this.platform, namesOf(this.platform, title))
  },
)

Then('the {string} dashboard is in the DORA metrics folder', function (this: AcceptanceWorld, title: string) {
  return expectDashboard(this.platform, title)
})

Given('a dashboard opens in a browser', function (this: AcceptanceWorld) {
  return expectOneOpens(this.platform)
})

Then('no panel query fails', async function (this: AcceptanceWorld) {
  this.evidence('panels', String(await expectPanelsAnswered(this.platform)))
})

Then("the panels show the values recomputed from each project's events", async function (this: AcceptanceWorld) {
  this.evidence('numbers compared', await this.numbers.expectPanels())
})

Then(
  'every dashboard lets the reader choose a project and a team, and its queries use the choice',
  async function (this: AcceptanceWorld) {
    this.evidence('queries checked', String(await expectVariablesUsed(this.platform)))
  },
)

Then('every dashboard offers every project', async function (this: AcceptanceWorld) {
  this.evidence('projects compared', await expectEveryProjectOffered(this.platform))
})

Then('choosing another {filter} changes what the panels show', async function (this: AcceptanceWorld, filter: Filter) {
  this.evidence('numbers compared', await this.numbers.expectFilter(filter))
})

Then(
  'the panels show no data, rather than 0, over a time range without events',
  async function (this: AcceptanceWorld) {
    this.evidence('panels', String(await this.numbers.expectNoData()))
  },
)

Then('the dashboards show the deployment', async function (this: AcceptanceWorld) {
  this.evidence('panels with the deployment', await expectDeploymentShown(this.platform, this.numbers))
})

Then(
  'the dashboards show {int} deployments over the last {int} days',
  async function (this: AcceptanceWorld, reported: number, days: number) {
    const shown = await expectReportedShown(this.platform, this.numbers, this.told.story, reported, days)
    this.evidence('panels that count deployments', shown)
  },
)
