import { Then } from '@cucumber/cucumber'
import {
  expectGraphQLError,
  expectGraphQLMetrics,
  expectGraphQLProjects,
  expectGraphQLRefused,
  expectSchema,
} from '../support/checks/graphql'
import { expectListed } from '../support/checks/known-projects'
import type { AcceptanceWorld } from '../support/glue/world'

Then('introspection without a token lists every documented type and field', function (this: AcceptanceWorld) {
  return expectSchema(this.platform)
})

Then('GraphQL returns the same projects to a caller with a valid token', async function (this: AcceptanceWorld) {
  this.evidence('projects compared', String((await expectGraphQLProjects(this.platform)).length))
})

Then('GraphQL returns the metrics of a project to a caller with a valid token', function (this: AcceptanceWorld) {
  return expectGraphQLMetrics(this.platform)
})

Then('GraphQL gives no data to a caller without a token', function (this: AcceptanceWorld) {
  return expectGraphQLRefused(this.platform)
})

Then('GraphQL answers an invalid query with an error', function (this: AcceptanceWorld) {
  return expectGraphQLError(this.platform)
})

Then('GraphQL lists every project that has settings or recent deployments', async function (this: AcceptanceWorld) {
  this.evidence('projects in the database', await expectListed(this.platform, 'GraphQL'))
})
