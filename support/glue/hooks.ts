import { After, AfterAll, Before, BeforeAll, BeforeStep } from '@cucumber/cucumber'
import { endScenarios, openArrangement, openPlatform, witnessedBy } from '../run/session'
import type { AcceptanceWorld } from './world'

BeforeAll({ name: 'read the configuration and the secrets' }, () => openPlatform().registerSecrets())

Before({ name: 'find the story', tags: '@story' }, function (this: AcceptanceWorld, { pickle }) {
  const arrangement = openArrangement()
  this.story = arrangement.storyOf(pickle)
})

BeforeStep(function (this: AcceptanceWorld, { pickleStep }) {
  this.stepType = pickleStep.type
})

After({ name: 'stop attaching exchanges' }, () => {
  witnessedBy(() => {})
})

AfterAll({ name: 'remove what the stories created, and close connections' }, endScenarios)
