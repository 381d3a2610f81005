import { Then } from '@cucumber/cucumber'
import { expectListed } from '../support/checks/known-projects'
import {
  expectPong,
  expectQuestionRefused,
  expectRateLimit,
  expectRefused,
  expectServiceVersion,
  type Intruder,
  type WrongQuestion,
} from '../support/checks/rest'
import type { AcceptanceWorld } from '../support/glue/world'
import { expectProjects } from '../support/service/projects'

Then('the service answers a ping with pong', function (this: AcceptanceWorld) {
  return expectPong(this.platform)
})

Then('the service reports its version', async function (this: AcceptanceWorld) {
  await expectServiceVersion(this.platform)
})

Then('a caller with a valid token gets the projects', async function (this: AcceptanceWorld) {
  this.evidence('projects returned', String((await expectProjects(this.platform)).length))
})

Then('a caller with {intruder} is refused and gets no data', function (this: AcceptanceWorld, intruder: Intruder) {
  return expectRefused(this.platform, intruder)
})

Then(
  'a request for {wrongQuestion} is refused with the documented error',
  function (this: AcceptanceWorld, question: WrongQuestion) {
    return expectQuestionRefused(this.platform, question)
  },
)

Then('each answer reports how many requests are left, and the number goes down', function (this: AcceptanceWorld) {
  return expectRateLimit(this.platform)
})

Then('REST lists every project that has settings or recent deployments', async function (this: AcceptanceWorld) {
  this.evidence('projects in the database', await expectListed(this.platform, 'REST'))
})
