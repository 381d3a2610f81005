import { Given, Then } from '@cucumber/cucumber'
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
  return expectTargetsExist(this.platform, role)
})

Given('the pods behind the {ingress} ingress are running and ready', function (this: AcceptanceWorld, role: Entry) {
  return expectTargetsRunning(this.platform, role)
})

Given('the services behind the {ingress} ingress have ready endpoints', function (this: AcceptanceWorld, role: Entry) {
  return expectTargetsReady(this.platform, role)
})

Then('stored data cannot be changed from outside without logging in', function (this: AcceptanceWorld) {
  return expectNoOpenRoute(this.platform)
})

Then('the {ingress} ingress uses an existing ingress class', function (this: AcceptanceWorld, role: Entry) {
  return expectIngressClassOf(this.platform, role)
})

Then('every path of the {ingress} ingress leads to its service', function (this: AcceptanceWorld, role: Entry) {
  return expectRouting(this.platform, role)
})

Then(
  'the {ingress} host answers from outside, over TLS if its ingress has TLS',
  function (this: AcceptanceWorld, role: Entry) {
    return expectAnswerFromOutside(this.platform, role)
  },
)
