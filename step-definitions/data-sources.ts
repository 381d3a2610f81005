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
  'the service has a connection to the configured {dataSource} address',
  async function (this: AcceptanceWorld, source: DataSource) {
    const connections = await expectConnections(this.platform, source)
    this.evidence('connections', connections.map(({ name, endpoint }) => `${name}: ${endpoint}`).join('\n'))
  },
)

Then('{dataSource} accepts the login of the service', async function (this: AcceptanceWorld, source: DataSource) {
  this.evidence('connections tested', String(await expectConnectionsWork(this.platform, source)))
})

Then(
  'the token of the {dataSource} connection cannot be read back',
  async function (this: AcceptanceWorld, source: DataSource) {
    this.evidence('connections checked', String(await expectTokensKept(this.platform, source)))
  },
)

Then(
  'commits, pull requests and code reviews are collected from every repository',
  async function (this: AcceptanceWorld) {
    const names = await expectScopes(this.platform, 'github', ['commits', 'pull requests', 'code review'])
    this.evidence('repositories', names.join('\n'))
  },
)

Then('sync events are collected from every Application', async function (this: AcceptanceWorld) {
  this.evidence('Applications', (await expectScopes(this.platform, 'argocd', ['sync events'])).join('\n'))
})
