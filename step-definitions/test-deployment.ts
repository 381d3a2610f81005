import { Then, When } from '@cucumber/cucumber'
import { deployThroughArgoCd, expectInApi, expectInTable } from '../support/checks/test-deployment'
import type { AcceptanceWorld } from '../support/glue/world'

When('the test application is/was deployed through ArgoCD', async function (this: AcceptanceWorld) {
  await deployThroughArgoCd(this.platform)
})

Then('ArgoCD reports that the deployment succeeded', async function (this: AcceptanceWorld) {
  this.evidence('deployment', await deployThroughArgoCd(this.platform))
})

Then('the deployment is collected within the deadline', async function (this: AcceptanceWorld) {
  const milliseconds = await expectInTable(this.platform)
  this.evidence('time until the deployment was collected', `${(milliseconds / 1000).toFixed(1)} s`)
})

Then('the API returns the deployment', function (this: AcceptanceWorld) {
  return expectInApi(this.platform)
})

Then('the deployments table holds the deployment', async function (this: AcceptanceWorld) {
  await expectInTable(this.platform)
})
