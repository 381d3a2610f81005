/**
 * The stand-in for Grafana: who gets in, what the backend makes of a query, and what its dashboards show. The expected numbers
 * are worked out by hand from the events of the project `till`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createGrafana, type Grafana } from '../../../sandbox/grafana/server'
import { expandMacros } from '../../../sandbox/grafana/sql/macros'
import { launchChromium } from '../../../support/platform/chromium'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'
import { tell } from '../../fixtures/story'

const password = 'password-of-a-test'
const from = Date.parse('2026-03-02T00:00:00Z')
const to = Date.parse('2026-03-09T00:00:00Z')

/** A variable as Grafana writes it. */
const braced = (name: string) => `$\{${name}}`
const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
const cell = z.union([z.string(), z.number(), z.null()])
const answered = z.object({
  results: z.record(
    z.string(),
    z.object({
      status: z.number(),
      error: z.string().optional(),
      frames: z.array(
        z.object({
          schema: z.object({ fields: z.array(z.object({ name: z.string(), type: z.string() })) }),
          data: z.object({ values: z.array(z.array(cell)) }),
        }),
      ),
    }),
  ),
})
type Frames = Record<string, readonly (string | number | null)[]>

describe('the macros of the MySQL data source', () => {
  const range = { from: 1_772_409_600_123, to: 1_773_014_400_999 }
  const expanded = (sql: string) => expandMacros(sql, range).sql

  it.each([
    [
      '$__timeFilter(d.finished_date)',
      'd.finished_date BETWEEN FROM_UNIXTIME(1772409600) AND FROM_UNIXTIME(1773014400)',
    ],
    ['$__timeFrom()', 'FROM_UNIXTIME(1772409600)'],
    ['$__timeTo()', 'FROM_UNIXTIME(1773014400)'],
    ["$__timeGroup(finished_date, '1d')", 'UNIX_TIMESTAMP(finished_date) DIV 86400 * 86400'],
    ["$__timeGroupAlias(finished_date,'15m')", 'UNIX_TIMESTAMP(finished_date) DIV 900 * 900 AS "time"'],
    ['$__unixEpochFilter(t)', 't >= 1772409600 AND t <= 1773014400'],
    ['$__unixEpochFrom()', '1772409600'],
    ['$__time(created)', 'UNIX_TIMESTAMP(created) as time_sec'],
  ])('%s', (macro, sql) => {
    expect(expanded(macro)).toBe(sql)
  })

  it.each([
    "name = '$project'",
    `name IN (${braced('project')})`,
    `name IN (${braced('project:sqlstring')})`,
    "'$.mttr.severities'",
  ])('leave %s as it is: variables are for the page', (sql) => {
    expect(expanded(sql)).toBe(sql)
  })

  it('tell how a group fills the intervals without a row', () => {
    expect(expandMacros("$__timeGroup(t, '1d', 0)", range).fill).toEqual({ interval: 86_400, value: 0 })
    expect(expandMacros("$__timeGroup(t, '1d', NULL)", range).fill).toEqual({ interval: 86_400, value: null })
  })

  it.each([
    ['$__nothing(x)', 'unknown macro __nothing'],
    ['$__timeFilter()', 'missing time column argument for macro __timeFilter'],
    ["$__timeGroup(t, 'soon')", "error parsing interval 'soon'"],
    ['SELECT user()', 'invalid query'],
  ])('refuse %s', (sql, message) => {
    expect(() => expanded(sql)).toThrow(message)
  })
})

describe('getting in', () => {
  let now = Date.parse('2026-03-10T12:00:00Z')
  const installed: { directory: string; grafana: Grafana }[] = []

  const grafana = (directory = mkdtempSync(join(tmpdir(), 'grafana-'))): Grafana => {
    const made = createGrafana({ directory, adminPassword: password, now: () => now })
    installed.push({ directory, grafana: made })
    return made
  }
  afterEach(async () => {
    for (const { directory, grafana } of installed.splice(0)) {
      await grafana.server.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })
  const get = (made: Grafana, url: string, headers: Record<string, string> = {}) =>
    made.server.inject({ method: 'GET', url, headers })
  const as = (user: string, secret: string) => ({ authorization: basic(user, secret) })

  it('needs no login for the health, and one for everything else', async () => {
    const made = grafana()
    expect((await get(made, '/api/health')).json()).toMatchObject({ database: 'ok' })
    for (const url of ['/api/user', '/api/org', '/api/search', '/api/datasources', '/api/dashboards/uid/mttr']) {
      const answer = await get(made, url)
      expect([url, answer.statusCode, answer.json().message]).toEqual([url, 401, 'Unauthorized'])
    }
    const page = await get(made, '/d/mttr/mean-time-to-restore?var-project=till')
    expect([page.statusCode, page.headers.location]).toEqual([302, '/login'])
  })

  it('takes the password by basic auth, and by a session from the login form', async () => {
    const made = grafana()
    expect((await get(made, '/api/user', as('admin', password))).json()).toMatchObject({ login: 'admin' })
    const login = await made.server.inject({ method: 'POST', url: '/login', payload: { user: 'admin', password } })
    expect(login.json()).toEqual({ message: 'Logged in', redirectUrl: '/' })
    const session = login.cookies.find(({ name }) => name === 'grafana_session')
    const answer = await get(made, '/api/org', { cookie: `grafana_session=${session?.value}` })
    expect(answer.json()).toMatchObject({ name: 'Main Org.' })
    expect((await get(made, '/api/org', { cookie: 'grafana_session=another' })).statusCode).toBe(401)
  })

  it('refuses a wrong password and a stranger alike', async () => {
    const made = grafana()
    const refusals = [
      await get(made, '/api/org', as('admin', 'wrong')),
      await get(made, '/api/org', as('nobody', password)),
    ]
    for (const refusal of refusals) {
      expect([refusal.statusCode, refusal.json().message]).toEqual([401, 'Invalid username or password'])
    }
  })

  it('locks a user out for five minutes after five wrong passwords, and no one else', async () => {
    const made = grafana()
    for (let attempt = 0; attempt < 5; attempt++) await get(made, '/api/org', as('admin', 'wrong'))
    expect((await get(made, '/api/org', as('admin', password))).statusCode).toBe(401)
    for (let attempt = 0; attempt < 6; attempt++) await get(made, '/api/org', as('nobody', 'wrong'))
    now += 5 * 60_000 + 1
    expect((await get(made, '/api/org', as('admin', password))).statusCode).toBe(200)
  })

  it('forgets wrong passwords after the right one', async () => {
    const made = grafana()
    for (let attempt = 0; attempt < 12; attempt++) {
      await get(made, '/api/org', as('admin', attempt % 4 === 3 ? password : 'wrong'))
    }
    expect((await get(made, '/api/org', as('admin', password))).statusCode).toBe(200)
  })

  it('keeps a changed password when it starts again, whatever the secret says', async () => {
    const made = grafana()
    const changed = await made.server.inject({
      method: 'PUT',
      url: '/api/user/password',
      headers: as('admin', password),
      payload: { oldPassword: password, newPassword: 'another-password', confirmNew: 'another-password' },
    })
    expect(changed.json()).toEqual({ message: 'User password changed' })
    const again = grafana(installed[0]?.directory)
    expect((await get(again, '/api/org', as('admin', password))).statusCode).toBe(401)
    expect((await get(again, '/api/org', as('admin', 'another-password'))).statusCode).toBe(200)
  })

  it('lets anybody read, and no more, where anonymous access is on', async () => {
    const made = grafana()
    writeFileSync(join(installed[0]?.directory ?? '', 'settings.json'), JSON.stringify({ anonymous: 'Viewer' }))
    expect((await get(made, '/api/search')).statusCode).toBe(200)
    expect((await get(made, '/api/admin/settings')).statusCode).toBe(403)
    expect((await get(made, '/api/org', as('admin', 'wrong'))).statusCode).toBe(401)
  })

  it('shows the five dashboards, as their files are now', async () => {
    const made = grafana()
    const hits = z.array(z.object({ uid: z.string(), title: z.string(), folderTitle: z.string(), url: z.string() }))
    const search = async (query: string) =>
      hits.parse((await get(made, `/api/search?type=dash-db&${query}`, as('admin', password))).json())
    expect((await search('tag=dora')).map(({ uid, title, folderTitle }) => `${folderTitle}/${title} (${uid})`)).toEqual(
      [
        'DORA Metrics/Change Failure Rate (change-failure-rate)',
        'DORA Metrics/Deployment Frequency (deployment-frequency)',
        'DORA Metrics/DORA Metrics Overview (dora-overview)',
        'DORA Metrics/Lead Time for Changes (lead-time-for-changes)',
        'DORA Metrics/Mean Time to Restore (mttr)',
      ],
    )
    const file = join(made.installation.dashboards, 'mttr.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"Mean Time to Restore"', '"Time lost"'))
    expect((await search('query=restore')).map(({ title }) => title)).toEqual([])
    writeFileSync(file, '{')
    expect((await get(made, '/api/dashboards/uid/mttr', as('admin', password))).json()).toMatchObject({
      message: 'Dashboard not found',
    })
    expect((await get(made, '/api/dashboards/uid/dora-overview', as('admin', password))).json()).toMatchObject({
      dashboard: { uid: 'dora-overview', title: 'DORA Metrics Overview' },
      meta: {
        folderTitle: 'DORA Metrics',
        url: '/d/dora-overview/dora-metrics-overview',
        slug: 'dora-metrics-overview',
        provisioned: true,
      },
    })
  })
})

describe('on a database', () => {
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
    const story = tell(service, 'till')
    await story.pushed([
      { sha: 'c1', authored: '2026-03-01T23:00:00Z' },
      { sha: 'c2', authored: '2026-03-03T09:00:00Z' },
      { sha: 'c3', authored: '2026-03-03T11:30:00Z' },
      { sha: 'c4', authored: '2026-03-05T22:59:59.999Z' },
      { sha: 'c5', authored: '2026-03-08T12:00:00Z' },
    ])
    await story.deployed({ id: 'at-the-start', finished: '2026-03-02T00:00:00Z', commits: ['c1'] })
    await story.deployed({ id: 'failed', finished: '2026-03-03T10:00:00Z', status: 'failure', commits: ['c2'] })
    await story.deployed({ id: 'after-it', finished: '2026-03-03T12:00:00Z', commits: ['c2', 'c3'] })
    await story.deployed({
      id: 'last-moment',
      finished: '2026-03-05T23:59:59.999Z',
      commits: ['c4'],
      environment: 'Production',
    })
    await story.deployed({ id: 'at-the-end', finished: '2026-03-09T00:00:00Z', commits: ['c5'] })
    await story.deployed({ id: 'elsewhere', finished: '2026-03-04T10:00:00Z', environment: 'staging', commits: ['c3'] })
    await story.deployed({ id: 'given-up', finished: '2026-03-04T11:00:00Z', status: 'aborted', commits: ['c3'] })
    await story.incident({ id: 'i1', created: '2026-03-03T13:00:00Z', resolved: '2026-03-03T14:00:00Z' })
    await story.incident({
      id: 'i2',
      created: '2026-03-06T00:00:00Z',
      resolved: '2026-03-06T00:30:00Z',
      severity: 'low',
    })
    await story.incident({ id: 'later', created: '2026-03-06T01:00:00Z', resolved: '2026-03-10T01:00:00Z' })
    await story.incident({
      id: 'backwards',
      created: '2026-03-07T10:00:00Z',
      resolved: '2026-03-07T09:00:00Z',
      deployment: 'failed',
    })
    await story.incident({
      id: 'elsewhere',
      created: '2026-03-07T10:00:00Z',
      resolved: '2026-03-07T11:00:00Z',
      environment: 'staging',
    })
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
    it('answers a frame of typed columns, times in milliseconds', async () => {
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

    it('without rows answers a frame without fields', async () => {
      expect((await query('SELECT 1 FROM projects WHERE 1 = 0')).result?.frames[0]).toMatchObject({
        schema: { fields: [] },
        data: { values: [] },
      })
    })

    it('in the format of a time series gives each metric a column', async () => {
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
    ])('that fails says why: %s %s', async (format, sql, message) => {
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
    /** The values of each panel's answer as the page got it. */
    const got = new Map<string, Frames>()

    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width: 1400, height: 1000 } })
      // On its way to the page: Chromium forgets the bodies of answers that it has handed on.
      await page.route('**/api/ds/query*', async (route) => {
        const response = await route.fetch()
        const panel = route.request().headers()['x-panel-id']
        const frame = panel && answered.parse(await response.json()).results.A?.frames[0]
        if (frame) {
          const fields = frame.schema.fields.map(({ name }, index) => [name, frame.data.values[index] ?? []])
          got.set(`panel-${panel}`, Object.fromEntries(fields))
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

    /** The panels of a dashboard: the values that the page got, and the text that it shows of them. */
    async function opened(uid: string, parameters: Record<string, string>) {
      got.clear()
      await page.goto(
        `${base}/d/${uid}/x?${new URLSearchParams({ from: String(from), to: String(to), ...parameters })}`,
      )
      await page.waitForSelector('section.panel')
      await page.waitForFunction("document.querySelectorAll('.loading').length === 0")
      const panels = await page.$$eval('section.panel', (sections) =>
        sections.map((section) => ({
          id: section.getAttribute('data-viz-panel-key') ?? '',
          title: (section.getAttribute('data-testid') ?? '').replace('data-testid Panel header ', ''),
          text: section.querySelector('[data-testid="data-testid panel content"]')?.textContent ?? '',
          marks: section.querySelectorAll('svg rect, svg circle').length,
          failed: section.querySelector('[data-testid="data-testid Panel status error"]') !== null,
        })),
      )
      return new Map(panels.map(({ title, ...panel }) => [title, { ...panel, values: got.get(panel.id) }]))
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

    it('Lead Time for Changes takes the first new commit, also of a failure before', async () => {
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

    it('Mean Time to Restore takes the incidents that were resolved in the range', async () => {
      const panels = await opened('mttr', till)
      expect(panels.get('Mean Time to Restore')?.values).toEqual({ 'Time to restore': [45] })
      expect(panels.get('Time to Restore p50')?.values).toEqual({ 'Time to restore p50': [45] })
      expect(panels.get('Time to Restore p95')?.values).toEqual({ 'Time to restore p95': [expect.closeTo(58.5, 9)] })
      expect(panels.get('Restored Incidents')?.values).toEqual({ 'Restored incidents': [2] })
      expect(panels.get('Latest Restored Incidents')?.values?.Incident).toEqual(['i2', 'i1'])
    })

    it('counts the severities that the settings of the project name', async () => {
      const settings = { mttr: { severities: ['HIGH'] } }
      const metrics = [{ pluginName: 'dora', pluginOption: settings, enable: true }]
      await service.send('POST', '/api/projects', { name: 'choosy', metrics })
      const story = tell(service, 'choosy')
      await story.incident({ id: 'i1', created: '2026-03-03T13:00:00Z', resolved: '2026-03-03T14:00:00Z' })
      await story.incident({
        id: 'i2',
        created: '2026-03-03T13:00:00Z',
        resolved: '2026-03-03T13:30:00Z',
        severity: 'low',
      })
      await service.collected()
      const panels = await opened('mttr', { 'var-project': 'choosy' })
      expect(panels.get('Mean Time to Restore')?.values).toEqual({ 'Time to restore': [60] })
    })

    it.each(['dora-overview', 'deployment-frequency', 'lead-time-for-changes', 'change-failure-rate', 'mttr'])(
      '%s says "No data" in every panel, and nowhere 0, where there is none',
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

    it('can be turned to another project, team and time', async () => {
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

    it('has said nothing in the console and asked nobody else so far', () => {
      expect(trouble).toEqual([])
    })

    it('marks a panel whose query fails, and shows the others', async () => {
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
