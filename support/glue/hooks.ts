import { After, AfterAll, Before, BeforeAll, BeforeStep } from '@cucumber/cucumber'
import { checklistIds } from '../basis/checklist'
import { isOwn } from '../basis/own-checks'
import { endScenarios, openArrangement, openPlatform, witnessedBy } from '../run/session'
import type { AcceptanceWorld } from './world'

BeforeAll({ name: 'read the configuration and the secrets' }, () => openPlatform().registerSecrets())

Before({ name: 'find the story', tags: '@story' }, function (this: AcceptanceWorld, { pickle }) {
  const arrangement = openArrangement()
  this.story = arrangement.storyOf(pickle)
})

BeforeStep(function (this: AcceptanceWorld, { pickle, pickleStep }) {
  this.stepType = pickleStep.type
  this.ownItem = checklistIds(pickle.tags.map(({ name }) => name)).find(isOwn)
})

After({ name: 'stop attaching exchanges' }, () => {
  witnessedBy(() => {})
})

AfterAll({ name: 'remove what the stories created, and close connections' }, endScenarios)
