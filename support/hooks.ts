import { After, AfterAll, BeforeAll, BeforeStep } from '@cucumber/cucumber'
import { closePlatform, openPlatform, witnessedBy } from './session'
import type { AcceptanceWorld } from './world'

BeforeAll({ name: 'the configuration and the secrets are read' }, () => openPlatform().registerSecrets())

BeforeStep(function (this: AcceptanceWorld, { pickleStep }) {
  this.stepType = pickleStep.type
})

After({ name: 'nothing more is attached' }, () => {
  witnessedBy(() => {})
})

AfterAll({ name: 'connections are closed' }, closePlatform)
