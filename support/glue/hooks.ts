import { After, AfterAll, Before, BeforeAll, BeforeStep } from '@cucumber/cucumber'
import { closePlatform, openArrangement, openPlatform, removeStories, witnessedBy } from '../run/session'
import type { AcceptanceWorld } from './world'

BeforeAll({ name: 'the configuration and the secrets are read' }, () => openPlatform().registerSecrets())

Before({ name: 'its story is known', tags: '@story' }, function (this: AcceptanceWorld, { pickle }) {
  const arrangement = openArrangement()
  this.story = arrangement.storyOf(pickle)
})

BeforeStep(function (this: AcceptanceWorld, { pickleStep }) {
  this.stepType = pickleStep.type
})

After({ name: 'nothing more is attached' }, () => {
  witnessedBy(() => {})
})

AfterAll({ name: 'what the stories created is removed, and connections are closed' }, async () => {
  await removeStories()
  await closePlatform()
})
