import { Then } from '@cucumber/cucumber'
import {
  expectGraphQLError,
  expectGraphQLMetrics,
  expectGraphQLProjects,
  expectGraphQLRefused,
  expectSchema,
} from '../support/checks/graphql'
import type { AcceptanceWorld } from '../support/glue/world'

Then('introspection without a token shows every documented type and field', function (this: AcceptanceWorld) {
  return expectSchema(this.platform)
})

Then('GraphQL gives a caller with the token the same projects', async function (this: AcceptanceWorld) {
  this.evidence('projects that were compared', String((await expectGraphQLProjects(this.platform)).length))
})

Then('GraphQL gives a caller with the token the metrics of a project', function (this: AcceptanceWorld) {
  return expectGraphQLMetrics(this.platform)
})

Then('GraphQL refuses data to a caller without a token', function (this: AcceptanceWorld) {
  return expectGraphQLRefused(this.platform)
})

Then('GraphQL answers a wrong query with an error', function (this: AcceptanceWorld) {
  return expectGraphQLError(this.platform)
})
