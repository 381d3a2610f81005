import { Then } from '@cucumber/cucumber'
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

Then('the service answers its version', async function (this: AcceptanceWorld) {
  await expectServiceVersion(this.platform)
})

Then('a caller with the token is given the projects', async function (this: AcceptanceWorld) {
  this.evidence('projects that were given', String((await expectProjects(this.platform)).length))
})

Then(
  'a caller with {intruder} token is refused and given no data',
  function (this: AcceptanceWorld, intruder: Intruder) {
    return expectRefused(this.platform, intruder)
  },
)

Then(
  'a question about an {wrongQuestion} is refused with the documented error',
  function (this: AcceptanceWorld, question: WrongQuestion) {
    return expectQuestionRefused(this.platform, question)
  },
)

Then('each answer says how many requests are left, and they become fewer', function (this: AcceptanceWorld) {
  return expectRateLimit(this.platform)
})
