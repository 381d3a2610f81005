import { Given, Then } from '@cucumber/cucumber'
import {
  expectExternalSecret,
  expectReadFromManager,
  expectWritten,
  type SecretRole,
} from '../support/checks/external-secrets'
import { forEachForge } from '../support/checks/forges'
import { expectReadyStore, expectReadyStores } from '../support/checks/secret-stores'
import { expectInUse } from '../support/checks/secret-use'
import { expectKeys, expectSecrets, expectToken, type TokenRole } from '../support/checks/secrets'
import type { AcceptanceWorld } from '../support/glue/world'

Then('the ExternalSecret for the {secrets} secrets exists', async function (this: AcceptanceWorld, role: SecretRole) {
  await expectExternalSecret(this.platform, role)
})

Then('the secret store for the {secrets} secrets is ready', function (this: AcceptanceWorld, role: SecretRole) {
  return expectReadyStore(this.platform, role)
})

Then(
  'the {secrets} secrets were read from the secrets manager and are refreshed',
  function (this: AcceptanceWorld, role: SecretRole) {
    return expectReadFromManager(this.platform, role)
  },
)

Then('the ExternalSecret writes the {secrets} secrets', function (this: AcceptanceWorld, role: SecretRole) {
  return expectWritten(this.platform, role)
})

Then('the {secrets} secrets hold a real value for every key', function (this: AcceptanceWorld, role: SecretRole) {
  return expectKeys(this.platform, role)
})

Then('the running pods use the current {secrets} secrets', function (this: AcceptanceWorld, role: SecretRole) {
  return expectInUse(this.platform, role)
})

Then('every secret store used by an ExternalSecret is ready', function (this: AcceptanceWorld) {
  return expectReadyStores(this.platform)
})

Given('the {secrets} secrets exist', function (this: AcceptanceWorld, role: SecretRole) {
  return expectSecrets(this.platform, role)
})

Then('the {token} token is present', async function (this: AcceptanceWorld, role: TokenRole) {
  await forEachForge(this.platform.configuration, role, (one) => expectToken(this.platform, one))
})
