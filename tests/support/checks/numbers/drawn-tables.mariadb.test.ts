/** The tables of the sandbox's dashboards show what the events of its projects yield, in every column. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createGrafana, type Grafana } from '../../../../sandbox/grafana/server'
import { tableDifference } from '../../../../support/checks/numbers/drawn-tables'
import { configurationSchema } from '../../../../support/configuration/schema'
import type { ProjectEvents } from '../../../../support/dora/compute'
import { fawkes } from '../../../../support/flavours/fawkes/fawkes'
import { Database } from '../../../../support/platform/database'
import { panelAnswer } from '../../../../support/platform/panel-answers'
import type { Platform } from '../../../../support/platform/platform'
import { settingsOfProjects } from '../../../../support/service/metric-settings'
import { eventsOfProject } from '../../../../support/service/raw-events'
import { rowsOf } from '../../../fixtures/dashboard-pages'
import { type DoraService, ownTables, startService } from '../../../fixtures/dora-service'
import { root } from '../../../fixtures/features'
import { type MariaDb, startMariaDb } from '../../../fixtures/mariadb'

const password = 'password-of-a-test'
const day = 86_400_000
const end = Math.floor(Date.now() / 1000) * 1000

const model = z.looseObject({
  panels: z.array(
    z.looseObject({
      title: z.string(),
      fieldConfig: z.looseObject({ defaults: z.looseObject({}), overrides: z.array(z.any()) }),
      targets: z.array(z.looseObject({ rawSql: z.string() })),
    }),
  ),
})

let mariadb: MariaDb
let service: DoraService
let grafana: Grafana
let platform: Platform
const directory = mkdtempSync(join(tmpdir(), 'grafana-'))

beforeAll(async () => {
  mariadb = await startMariaDb()
  service = await startService(mariadb.url)
  await service.collected()
  const { hostname, port, username, password: secret, host } = new URL(mariadb.url)
  const access = { MYSQL_URL: host, MYSQL_USER: username, MYSQL_PASSWORD: secret, MYSQL_DATABASE: 'lake' }
  Object.assign(process.env, access)
  grafana = createGrafana({ directory, adminPassword: password })
  const configuration = configurationSchema(fawkes.names).parse({ events: ownTables, database: { user: username } })
  const server = { host: hostname, port: Number(port) }
  platform = {
    ...{ configuration, contract: fawkes },
    database: new Database({ tcp: async () => server }, configuration, () => {}, false),
    kubernetes: { namespace: 'fawkes', secret: async () => new Map([['mysql-password', secret]]) },
  } as unknown as Platform
})
afterAll(async () => {
  await platform?.database.close()
  await grafana?.server.close()
  await service?.stop()
  await mariadb?.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** The panel with the answer to its query, and a text that holds all its values. */
async function viewOf(uid: string, title: string, project: string, start: number) {
  const file = join(root, 'sandbox/grafana/dashboards', `${uid}.json`)
  const panel = model.parse(JSON.parse(readFileSync(file, 'utf8'))).panels.find((one) => one.title === title)
  if (!panel) throw new Error(`There is no panel ${title}.`)
  const rawSql = (panel.targets[0]?.rawSql ?? '')
    .replaceAll(`$\{project:sqlstring}`, `'${project}'`)
    .replaceAll(`COALESCE(p.team, 'none') IN ($\{team:sqlstring})`, 'TRUE')
  const answer = await grafana.server.inject({
    ...{ method: 'POST', url: '/api/ds/query' },
    headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` },
    payload: {
      queries: [{ refId: 'A', datasource: { uid: 'mysql', type: 'mysql' }, rawSql, format: 'table' }],
      ...{ from: String(start), to: String(end) },
    },
  })
  const { columns, errors } = panelAnswer(answer.statusCode, answer.body)
  const text = columns.flatMap(({ values }) => values).join(' ')
  return { id: 1, type: 'table', title, timezone: 'utc', fieldConfig: panel.fieldConfig, columns, errors, text }
}

const tables = fawkes.dashboards.all.flatMap(({ uid, tables = {} }) =>
  Object.entries(tables).map(([title, table]) => ({ uid, title, table })),
)

describe.each(['checkout', 'payments', 'catalog'])('the tables of %s', (project) => {
  it.each([7, 30, 90])('show its events of the last %s days', async (days) => {
    const start = end - days * day
    const events: ProjectEvents = await eventsOfProject(platform, project)
    const severities = (await settingsOfProjects(platform)).get(project)?.severities ?? null
    const question = { project, windows: [{ start, end }], severities, now: end }
    for (const { uid, title, table } of tables) {
      const view = await viewOf(uid ?? '', title, project, start)
      expect(view.errors).toEqual([])
      expect(tableDifference(view, table, rowsOf(table.rows, events, question), 0.05), `${uid} / ${title}`).toBeNull()
    }
  })
})
