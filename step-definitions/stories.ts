import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { expectNumbers, rangeIn, readingIn } from '../support/checks/numbers/story-numbers'
import { deploymentsIn, expectDeployments, expectRefused } from '../support/checks/story-events'
import type { AcceptanceWorld } from '../support/glue/world'
import { storySentences } from '../support/stories/telling'

for (const sentence of storySentences)
  Given(sentence, async function (this: AcceptanceWorld, _told: DataTable) {
    await this.told.posted
  })

When('the service has collected the data', async function (this: AcceptanceWorld) {
  const milliseconds = await this.told.collected
  this.evidence('time until the collection was seen', `${(milliseconds / 1000).toFixed(1)} s`)
})

Then(/^over (.+) every surface reports$/, async function (this: AcceptanceWorld, words: string, table: DataTable) {
  const { toldAt } = this.told.story
  this.evidence(
    'quantities compared, by surface',
    await expectNumbers(this.platform, this.told, rangeIn(words, toldAt), readingIn(table.raw(), toldAt)),
  )
})

Then('each of them was refused with {int}', async function (this: AcceptanceWorld, status: number) {
  this.evidence('refused', expectRefused(await this.told.posted, status))
})

Then('these deployments are stored', async function (this: AcceptanceWorld, table: DataTable) {
  const { project, toldAt } = this.told.story
  await expectDeployments(this.platform, project, deploymentsIn(table.hashes(), toldAt))
})

Then('nothing of it is stored', async function (this: AcceptanceWorld) {
  await expectDeployments(this.platform, this.told.story.project, [])
})
