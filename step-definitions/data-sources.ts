import { Then } from '@cucumber/cucumber'
import {
  expectConnections,
  expectConnectionsWork,
  expectScopes,
  expectTokensKept,
} from '../support/checks/data-sources'
import { forEachForge } from '../support/checks/forges'
import type { DataSource } from '../support/contracts/data-sources'
import type { AcceptanceWorld } from '../support/glue/world'

const sum = (counts: readonly number[]) => String(counts.reduce((total, count) => total + count, 0))

Then(
  'the service has a connection to the configured {dataSource} address',
  async function (this: AcceptanceWorld, source: DataSource) {
    const connections = await forEachForge(this.platform.configuration, source, (one) =>
      expectConnections(this.platform, one),
    )
    this.evidence(
      'connections',
      connections
        .flat()
        .map(({ name, endpoint }) => `${name}: ${endpoint}`)
        .join('\n'),
    )
  },
)

Then('{dataSource} accepts the login of the service', async function (this: AcceptanceWorld, source: DataSource) {
  const tested = await forEachForge(this.platform.configuration, source, (one) =>
    expectConnectionsWork(this.platform, one),
  )
  this.evidence('connections tested', sum(tested))
})

Then(
  'the token of the {dataSource} connection cannot be read back',
  async function (this: AcceptanceWorld, source: DataSource) {
    const checked = await forEachForge(this.platform.configuration, source, (one) =>
      expectTokensKept(this.platform, one),
    )
    this.evidence('connections checked', sum(checked))
  },
)

Then(
  'commits, pull requests and code reviews are collected from every repository',
  async function (this: AcceptanceWorld) {
    const names = await forEachForge(this.platform.configuration, 'github', (one) =>
      expectScopes(this.platform, one, ['commits', 'pull requests', 'code review']),
    )
    this.evidence('repositories', names.flat().join('\n'))
  },
)

Then('sync events are collected from every Application', async function (this: AcceptanceWorld) {
  this.evidence('Applications', (await expectScopes(this.platform, 'argocd', ['sync events'])).join('\n'))
})
