import { Then, When } from '@cucumber/cucumber'
import {
  expectIncidentAddress,
  expectIncidentInTable,
  expectIncidentResolved,
  expectWebhookPlugin,
  type RaisedAlert,
  raiseAlert,
} from '../support/checks/incident-webhook'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the webhook plugin is enabled', async function (this: AcceptanceWorld) {
  this.evidence('connections of the webhook plugin', String(await expectWebhookPlugin(this.platform)))
})

Then('the incident webhook answers', function (this: AcceptanceWorld) {
  return expectIncidentAddress(this.platform)
})

/** An alert about the project of the scenario's story. That project is recorded and removed like those of other stories. */
const alertOf = ({ told }: AcceptanceWorld): RaisedAlert => ({
  project: told.story.project,
  startsAt: told.story.toldAt,
  incidents: told.incidents,
})

When('an alert about a project is raised in the observability platform', async function (this: AcceptanceWorld) {
  await this.told.posted
  await raiseAlert(this.platform, alertOf(this))
})

Then('the incidents table holds an incident for the alert', async function (this: AcceptanceWorld) {
  const milliseconds = await expectIncidentInTable(this.platform, alertOf(this))
  this.evidence('time until the incident was seen', `${(milliseconds / 1000).toFixed(1)} s`)
})

Then('the incident is resolved when the alert ends', async function (this: AcceptanceWorld) {
  const milliseconds = await expectIncidentResolved(this.platform, alertOf(this))
  this.evidence('time until the resolution was seen', `${(milliseconds / 1000).toFixed(1)} s`)
})
