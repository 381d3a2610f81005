import { Then } from '@cucumber/cucumber'
import {
  expectConnections,
  expectConnectionsWork,
  expectScopes,
  expectTokensKept,
} from '../support/checks/data-sources'
import type { DataSource } from '../support/contracts/data-sources'
import type { AcceptanceWorld } from '../support/glue/world'

Then(
  'the service has a connection to the address of {dataSource}',
  async function (this: AcceptanceWorld, source: DataSource) {
    const connections = await expectConnections(this.platform, source)
    this.evidence('connections', connections.map(({ name, endpoint }) => `${name}: ${endpoint}`).join('\n'))
  },
)

Then('{dataSource} lets the service in', async function (this: AcceptanceWorld, source: DataSource) {
  this.evidence('connections that were tried', String(await expectConnectionsWork(this.platform, source)))
})

Then(
  'the token of the connection to {dataSource} cannot be read back',
  async function (this: AcceptanceWorld, source: DataSource) {
    this.evidence('connections that were looked at', String(await expectTokensKept(this.platform, source)))
  },
)

Then(
  'commits, pull requests and code review are collected from each repository',
  async function (this: AcceptanceWorld) {
    const names = await expectScopes(this.platform, 'github', ['commits', 'pull requests', 'code review'])
    this.evidence('repositories', names.join('\n'))
  },
)

Then('sync events are collected from each Application', async function (this: AcceptanceWorld) {
  this.evidence('Applications', (await expectScopes(this.platform, 'argocd', ['sync events'])).join('\n'))
})
