import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { expectNumbers, rangeIn, readingIn } from '../support/checks/numbers/story-numbers'
import {
  deploymentsIn,
  expectDeployments,
  expectInApi,
  expectInTable,
  expectRefused,
} from '../support/checks/story-events'
import type { AcceptanceWorld } from '../support/glue/world'
import { storySentences } from '../support/stories/story-sentences'

for (const sentence of storySentences)
  Given(sentence, async function (this: AcceptanceWorld, _events: DataTable) {
    await this.told.posted
  })

const showCollection = (world: AcceptanceWorld, milliseconds: number) =>
  world.evidence('time until the collection was seen', `${(milliseconds / 1000).toFixed(1)} s`)

When('the service has collected the data', async function (this: AcceptanceWorld) {
  // Stories about the metrics need the collection only as an instrument; ingestion itself is checked by the step below.
  showCollection(this, await this.asInstrument(this.told.collected))
})

Then('the service collects the data', async function (this: AcceptanceWorld) {
  showCollection(this, await this.told.collected)
})

Then(
  /^(?:over|from) (.+), every surface reports$/,
  async function (this: AcceptanceWorld, words: string, table: DataTable) {
    const { toldAt } = this.told.story
    this.evidence(
      'quantities compared, by surface',
      await expectNumbers(this.platform, this.told, rangeIn(words, toldAt), readingIn(table.raw(), toldAt)),
    )
  },
)

Then('each of these events was refused with status {int}', async function (this: AcceptanceWorld, status: number) {
  this.evidence('events refused', expectRefused(await this.told.posted, status))
})

Then('exactly these deployments are stored', async function (this: AcceptanceWorld, table: DataTable) {
  const { project, toldAt } = this.told.story
  await expectDeployments(this.platform, project, deploymentsIn(table.hashes(), toldAt))
})

Then('the deployments table holds exactly these deployments', async function (this: AcceptanceWorld, table: DataTable) {
  const { project, toldAt } = this.told.story
  await expectInTable(this.platform, project, deploymentsIn(table.hashes(), toldAt))
})

Then('the API lists exactly these deployments', async function (this: AcceptanceWorld, table: DataTable) {
  const { project, toldAt } = this.told.story
  await expectInApi(this.platform, project, deploymentsIn(table.hashes(), toldAt))
})

Then('no deployment is stored', async function (this: AcceptanceWorld) {
  await expectDeployments(this.platform, this.told.story.project, [])
})
