/**
 * The stand-in for Grafana with a database: the answers to queries and the content of the dashboards. The expected numbers are
 * calculated by hand from the events of the project `till`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGrafana, type Grafana } from '../../../sandbox/grafana/server'
import { launchChromium } from '../../../support/platform/chromium'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'
import { answered, type Frames, openedPanels } from './dashboard-page'
import { reportChoosy, reportTill } from './reported-events'

const password = 'password-of-a-test'
const from = Date.parse('2026-03-02T00:00:00Z')
const to = Date.parse('2026-03-09T00:00:00Z')

/** A variable in Grafana's syntax. */
const braced = (name: string) => `$\{${name}}`
const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
describe('Grafana with a database', () => {
  let database: MariaDb
  let service: DoraService
  let browser: Browser
  let grafana: Grafana
  let directory: string
  let base: string

  const asAdmin = { authorization: basic('admin', password) }

  async function query(rawSql: string, format = 'table') {
    const asked = { refId: 'A', datasource: { uid: 'mysql', type: 'mysql' }, rawSql, format }
    const answer = await grafana.server.inject({
      method: 'POST',
      url: '/api/ds/query',
      headers: asAdmin,
      payload: { queries: [asked], from: String(from), to: String(to) },
    })
    return { status: answer.statusCode, result: answered.parse(answer.json()).results.A }
  }

  beforeAll(async () => {
    database = await startMariaDb()
    service = await startService(database.url)
    await reportTill(service)
    await service.send('POST', '/api/projects', { name: 'nothing-yet' })
    await service.collected()

    const { host, username, password: secret } = new URL(database.url)
    Object.assign(process.env, {
      MYSQL_URL: host,
      MYSQL_USER: username,
      MYSQL_PASSWORD: secret,
      MYSQL_DATABASE: 'lake',
    })
    directory = mkdtempSync(join(tmpdir(), 'grafana-'))
    grafana = createGrafana({ directory, adminPassword: password })
    base = await grafana.server.listen({ host: '127.0.0.1', port: 0 })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await grafana?.server.close()
    await service?.stop()
    await database?.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  describe('a query', () => {
    it('returns a data frame with typed columns and times in milliseconds', async () => {
      const { status, result } = await query(
        "SELECT 1 AS n, 'x' AS s, 2.5 AS f, CAST('2026-03-02 01:00:00' AS datetime) AS t",
      )
      expect(status).toBe(200)
      expect(result?.frames[0]?.schema.fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
        'n: number',
        's: string',
        'f: number',
        't: time',
      ])
      expect(result?.frames[0]?.data.values).toEqual([[1], ['x'], [2.5], [from + 3_600_000]])
    })

    it('without rows returns a data frame without fields', async () => {
      expect((await query('SELECT 1 FROM projects WHERE 1 = 0')).result?.frames[0]).toMatchObject({
        schema: { fields: [] },
        data: { values: [] },
      })
    })

    it('in the time series format gives each metric a column', async () => {
      const sql =
        "SELECT 1772409600 AS time, 'a' AS metric, 1 AS v UNION ALL SELECT 1772409600, 'b', 2 UNION ALL SELECT 1772496000, 'b', 3"
      const frame = (await query(sql, 'time_series')).result?.frames[0]
      expect(frame?.schema.fields.map(({ name }) => name)).toEqual(['Time', 'a', 'b'])
      expect(frame?.data.values).toEqual([
        [from, from + 86_400_000],
        [1, null],
        [2, 3],
      ])
    })

    it.each([
      ['table', 'SELECT nothing FROM projects', "db query error: Error 1054 (42S22): Unknown column 'nothing' in"],
      ['table', 'SELECT 1 FROM nowhere', "db query error: Error 1146 (42S02): Table 'lake.nowhere' doesn't exist"],
      [
        'table',
        `SELECT name FROM projects WHERE name IN (${braced('project')})`,
        'db query error: Error 1064 (42000): You have an error',
      ],
      [
        'table',
        'SELECT * FROM mysql.user',
        'db query error: query failed - please inspect Grafana server log for details',
      ],
      ['table', 'SELECT $__nothing(1)', 'unknown macro __nothing'],
      ['time_series', 'SELECT 1 AS n', 'db has no time column'],
    ])('that fails reports the reason: %s %s', async (format, sql, message) => {
      const { status, result } = await query(sql, format)
      expect([status, result?.status, result?.frames]).toEqual([400, 400, []])
      expect(result?.error).toContain(message)
    })

    it('shows the data source without its password, and its health', async () => {
      const get = async (url: string) => grafana.server.inject({ method: 'GET', url, headers: asAdmin })
      const shown = await get('/api/datasources/uid/mysql')
      expect(shown.json()).toMatchObject({
        type: 'mysql',
        jsonData: { database: 'lake' },
        secureJsonFields: { password: true },
      })
      expect(shown.body).not.toContain('lake-of-a-test')
      expect((await get('/api/datasources/uid/mysql/health')).json()).toEqual({
        message: 'Database Connection OK',
        status: 'OK',
      })
      const file = readFileSync(grafana.installation.datasources, 'utf8')
      writeFileSync(grafana.installation.datasources, file.replace('$MYSQL_DATABASE', 'elsewhere'))
      const ill = await get('/api/datasources/uid/mysql/health')
      writeFileSync(grafana.installation.datasources, file)
      expect([ill.statusCode, ill.json().status]).toEqual([400, 'ERROR'])
    })
  })

  describe('a dashboard', () => {
    let page: Page
    const trouble: string[] = []
    /** The values of each panel as the page received them. */
    const received = new Map<string, Frames>()

    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
      // Read on the way to the page, because Chromium does not keep the bodies of delivered answers.
      await page.route('**/api/ds/query*', async (route) => {
        const response = await route.fetch()
        const panel = route.request().headers()['x-panel-id']
        const frame = panel && answered.parse(await response.json()).results.A?.frames[0]
        if (frame) {
          const fields = frame.schema.fields.map(({ name }, index) => [name, frame.data.values[index] ?? []])
          received.set(`panel-${panel}`, Object.fromEntries(fields))
        }
        await route.fulfill({ response })
      })
      page.on('console', (message) => trouble.push(message.text()))
      page.on('pageerror', (error) => trouble.push(error.message))
      page.on('request', (request) => {
        if (!request.url().startsWith(base) && !request.url().startsWith('data:')) trouble.push(request.url())
      })
      await page.goto(`${base}/d/dora-overview/x?var-project=till`)
      expect(page.url()).toBe(`${base}/login`)
      await page.fill('input[name=user]', 'admin')
      await page.fill('input[name=password]', password)
      await page.click('button[type=submit]')
      await page.waitForURL(/\/d\/dora-overview\/x\?var-project=till/)
      await page.waitForLoadState('networkidle')
    })

    const opened = (uid: string, parameters: Record<string, string>) => {
      received.clear()
      const query = new URLSearchParams({ from: String(from), to: String(to), ...parameters })
      return openedPanels(page, `${base}/d/${uid}/x?${query}`, received)
    }
    const till = { 'var-project': 'till' }

    it('DORA Metrics Overview shows the four metrics', async () => {
      const panels = await opened('dora-overview', till)
      expect(panels.get('Deployment Frequency')?.values).toEqual({ 'Deployments per day': [expect.closeTo(3 / 7, 9)] })
      expect(panels.get('Deployment Frequency')?.text).toBe('0.43 / day')
      expect(panels.get('Lead Time for Changes')?.values).toEqual({ 'Lead time': [expect.closeTo(100, 9)] })
      expect(panels.get('Lead Time for Changes')?.text).toBe('1.67 hours')
      expect(panels.get('Change Failure Rate')?.values).toEqual({ 'Change failure rate': [75] })
      expect(panels.get('Change Failure Rate')?.text).toBe('75.0%')
      expect(panels.get('Mean Time to Restore')?.values).toEqual({ 'Time to restore': [45] })
      expect(panels.get('Mean Time to Restore')?.text).toBe('45.00 mins')
      expect(panels.get('Operational Performance')?.text).toBe('No data')
    })

    it('Deployment Frequency counts the days in UTC', async () => {
      const panels = await opened('deployment-frequency', till)
      expect(panels.get('Successful Deployments')?.values).toEqual({ 'Successful deployments': [3] })
      const days = Array.from({ length: 8 }, (_, day) => from + day * 86_400_000)
      expect(panels.get('Deployments per Day')?.values).toEqual({ Time: days, Deployments: [1, 1, 0, 1, 0, 0, 0, 0] })
      expect(panels.get('Deployments per Day')?.marks).toBe(8)
      expect(panels.get('Latest Deployments')?.values?.Deployment).toEqual([
        'last-moment',
        'after-it',
        'failed',
        'at-the-start',
      ])
    })

    it('Lead Time for Changes counts from the first new commit, including those of an earlier failed deployment', async () => {
      const panels = await opened('lead-time-for-changes', till)
      expect(panels.get('Lead Time for Changes')?.values).toEqual({ 'Lead time': [expect.closeTo(100, 9)] })
      expect(panels.get('Lead Time p50')?.values).toEqual({ 'Lead time p50': [expect.closeTo(60, 9)] })
      expect(panels.get('Lead Time p95')?.values).toEqual({ 'Lead time p95': [expect.closeTo(168, 9)] })
      expect(panels.get('Lead Time of each Deployment')?.values?.['Lead time']).toEqual([60, 180, 60])
      expect(panels.get('Lead Time of each Deployment')?.marks).toBe(3)
      expect(panels.get('Mean Lead Time per Day')?.values?.['Mean lead time']).toEqual([60, 180, 60])
      expect(panels.get('Latest Changes')?.values?.['New commits']).toEqual([1, 2, 1])
    })

    it('Change Failure Rate counts failures and deployments with incidents', async () => {
      const panels = await opened('change-failure-rate', till)
      expect(panels.get('Change Failure Rate')?.values).toEqual({ 'Change failure rate': [75] })
      expect(panels.get('Deployments')?.values).toEqual({ Deployments: [4] })
      expect(panels.get('Failed Deployments')?.values).toEqual({ 'Failed deployments': [3] })
      expect(panels.get('Failed and Successful Deployments')?.values).toMatchObject({
        Successful: [1, 0, 0, 0, 0, 0, 0, 0],
        Failed: [0, 2, 0, 1, 0, 0, 0, 0],
      })
      expect(panels.get('Latest Failures')?.values).toMatchObject({
        Deployment: ['last-moment', 'after-it', 'failed'],
        Reason: ['caused an incident', 'caused an incident', 'failed'],
        Incidents: [2, 1, 1],
      })
    })

    it('Mean Time to Restore counts the incidents that were resolved in the range', async () => {
      const panels = await opened('mttr', till)
      expect(panels.get('Mean Time to Restore')?.values).toEqual({ 'Time to restore': [45] })
      expect(panels.get('Time to Restore p50')?.values).toEqual({ 'Time to restore p50': [45] })
      expect(panels.get('Time to Restore p95')?.values).toEqual({ 'Time to restore p95': [expect.closeTo(58.5, 9)] })
      expect(panels.get('Restored Incidents')?.values).toEqual({ 'Restored incidents': [2] })
      expect(panels.get('Latest Restored Incidents')?.values?.Incident).toEqual(['i2', 'i1'])
    })

    it('counts only the severities that the project settings name', async () => {
      await reportChoosy(service)
      await service.collected()
      const panels = await opened('mttr', { 'var-project': 'choosy' })
      expect(panels.get('Mean Time to Restore')?.values).toEqual({ 'Time to restore': [60] })
    })

    it.each(['dora-overview', 'deployment-frequency', 'lead-time-for-changes', 'change-failure-rate', 'mttr'])(
      '%s shows "No data" in every panel, and never 0, if there is no data',
      async (uid) => {
        const others = [
          { 'var-project': 'nothing-yet' },
          { ...till, 'var-team': 'storefront' },
          { ...till, from: '2025-03-02T00:00:00Z', to: '2025-03-09T00:00:00Z' },
        ]
        for (const parameters of others) {
          const panels = await opened(uid, parameters)
          expect([...panels.values()].map(({ text }) => text)).toEqual([...panels.values()].map(() => 'No data'))
        }
      },
    )

    it('can switch to another project, team and time range', async () => {
      await opened('dora-overview', till)
      await page.selectOption('#var-project', 'nothing-yet')
      await page.waitForURL(/var-project=nothing-yet/)
      await page.waitForFunction("document.querySelector('.stat.none') !== null")
      await page.selectOption('#var-team', 'none')
      await page.waitForURL(/var-team=none/)
      await page.selectOption('#time-range', { label: 'Last 7 days' })
      await page.waitForURL(/from=now-7d&to=now/)
      await page.waitForFunction("document.querySelectorAll('.loading').length === 0")
    })

    it('has logged nothing in the console and sent no request to another host', () => {
      expect(trouble).toEqual([])
    })

    it('marks a panel whose query fails and shows the others', async () => {
      const file = join(grafana.installation.dashboards, 'mttr.json')
      const text = readFileSync(file, 'utf8')
      writeFileSync(file, text.replace('SUM(minutes)', 'SUM(seconds)'))
      const panels = await opened('mttr', till)
      writeFileSync(file, text)
      expect([...panels].filter(([, { failed }]) => failed).map(([title]) => title)).toEqual(['Mean Time to Restore'])
      expect(panels.get('Restored Incidents')?.text).toBe('2')
    })
  })
})
