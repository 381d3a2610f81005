/** A commit at GitLab that was never stored, asked through the connection of a real service and compared with its database. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { missedAtSource } from '../../../../support/checks/numbers/at-source'
import { commitsAtForges } from '../../../../support/checks/numbers/commits-at-forges'
import { configurationSchema } from '../../../../support/configuration/schema'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../../support/platform/database'
import { Http } from '../../../../support/platform/http'
import type { Platform } from '../../../../support/platform/platform'
import { Rest } from '../../../../support/platform/rest'
import type { Routes } from '../../../../support/platform/routes'
import { type DoraService, startService, token } from '../../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../../fixtures/mariadb'

const hour = 3_600_000
const [before, pushed] = ['a'.repeat(40), 'b'.repeat(40)]
let gitlab: Server
let mariadb: MariaDb
let service: DoraService
let platform: Platform

beforeAll(async () => {
  const at = new Date(Date.now() - 3 * hour).toISOString()
  const project = { id: 1, default_branch: 'main' }
  const push = { ref_type: 'branch', ref: 'main', commit_from: before, commit_to: pushed }
  gitlab = createServer(({ url = '', headers }, response) => {
    const isKnown = headers['private-token'] === 'glpat-known'
    const answer = /^\/api\/v4\/projects\/1(\/events\?.*)?$/.exec(url)
    response.writeHead(!isKnown ? 401 : answer ? 200 : 404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(answer?.[1] ? [{ action_name: 'pushed to', created_at: at, push_data: push }] : project),
    )
  }).listen(0, '127.0.0.1')
  await once(gitlab, 'listening')
  const endpoint = `http://127.0.0.1:${(gitlab.address() as AddressInfo).port}/api/v4`
  mariadb = await startMariaDb()
  service = await startService(mariadb.url)
  const connections = '/api/plugins/gitlab/connections'
  const made = await service.send('POST', connections, { name: 'gitlab', endpoint, token: 'glpat-known' })
  const { id } = made.body as { id: number }
  const scope = { gitlabId: 1, name: 'checkout', pathWithNamespace: 'shop/checkout' }
  expect((await service.send('PUT', `${connections}/${id}/scopes`, { data: [scope] })).status).toBe(200)
  await run("UPDATE _tool_scopes SET created_at = UTC_TIMESTAMP(3) - INTERVAL 30 DAY WHERE name = 'shop/checkout'")
  const { hostname: host, port, username: user, password, pathname } = new URL(mariadb.url)
  const configuration = configurationSchema(fawkes.names).parse({
    ...{ dataSources: { gitlab: { endpoint } }, absent: { github: 'on GitLab' } },
    database: { user, name: pathname.slice(1) },
  })
  const secret = new Map([
    ['token', token],
    ['mysql-password', password],
  ])
  const routes = { to: async () => ({ base: service.url, at: undefined }) } as unknown as Routes
  platform = {
    ...{ contract: fawkes, configuration, routes },
    rest: new Rest(new Http({ deadlineMs: 10_000, parallelRequests: 6, witness: () => {} }), routes, () => []),
    kubernetes: { namespace: 'fawkes', secret: async () => secret, now: new Date() },
    registerSecrets: async () => {},
    database: new Database({ tcp: async () => ({ host, port: Number(port) }) }, configuration, () => {}, false),
  } as unknown as Platform
})
afterAll(async () => {
  await platform?.database.close()
  await service?.stop()
  await mariadb?.stop()
  gitlab?.close()
})

async function run(statement: string): Promise<void> {
  const sql = await createConnection(mariadb.url)
  await sql.query(statement)
  await sql.end()
}

const store = (sha: string) =>
  run(
    `INSERT INTO commits (sha, authored_date, created_at, updated_at)
     VALUES ('${sha}', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
  )

async function asked() {
  const now = Date.now()
  const { commits, repositories } = await commitsAtForges(platform, now)
  return { finding: missedAtSource(commits, now, platform.configuration.deadlines), unknown: repositories.unknown }
}

it('is missed until it is stored, also as the first of its repository', async () => {
  const missed = {
    object: 'commits of shop/checkout',
    summary: `The service has not stored the commit ${pushed} of shop/checkout that GitLab has had for 3 h.`,
  }
  expect((await asked()).finding).toMatchObject({ ...missed, found: expect.stringContaining('none of shop/checkout') })
  await store(before)
  expect((await asked()).finding).toMatchObject({ ...missed, found: expect.stringContaining('a commit of any repo') })
  await store(pushed)
  expect(await asked()).toEqual({ finding: undefined, unknown: [] })
})
