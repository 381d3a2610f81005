import { Given, Then } from '@cucumber/cucumber'
import { forEachHost } from '../support/checks/hosts'
import {
  expectIngressClassOf,
  expectRouting,
  expectTargetsExist,
  expectTargetsReady,
  expectTargetsRunning,
} from '../support/checks/ingresses'
import { expectAnswerFromOutside, expectNoOpenRoute } from '../support/checks/outside-answers'
import type { Entry } from '../support/contracts/contract'
import type { AcceptanceWorld } from '../support/glue/world'

Given('the services behind the {ingress} ingress exist', function (this: AcceptanceWorld, role: Entry) {
  return forEachHost(this.platform, role, expectTargetsExist)
})

Given('the pods behind the {ingress} ingress are running and ready', function (this: AcceptanceWorld, role: Entry) {
  return forEachHost(this.platform, role, expectTargetsRunning)
})

Given('the services behind the {ingress} ingress have ready endpoints', function (this: AcceptanceWorld, role: Entry) {
  return forEachHost(this.platform, role, expectTargetsReady)
})

Then('stored data cannot be changed from outside without logging in', function (this: AcceptanceWorld) {
  return forEachHost(this.platform, 'service', expectNoOpenRoute)
})

Then('the {ingress} ingress uses an existing ingress class', function (this: AcceptanceWorld, role: Entry) {
  return forEachHost(this.platform, role, expectIngressClassOf)
})

Then('every path of the {ingress} ingress leads to its service', function (this: AcceptanceWorld, role: Entry) {
  return forEachHost(this.platform, role, expectRouting)
})

Then(
  'the {ingress} host answers from outside, over TLS if its ingress has TLS',
  function (this: AcceptanceWorld, role: Entry) {
    return forEachHost(this.platform, role, expectAnswerFromOutside)
  },
)
