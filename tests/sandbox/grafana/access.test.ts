import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createGrafana, type Grafana } from '../../../sandbox/grafana/server'

const password = 'password-of-a-test'
const basic = (user: string, secret: string) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`

describe('access to Grafana', () => {
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

  it('requires a login for everything except the health', async () => {
    const made = grafana()
    expect((await get(made, '/api/health')).json()).toMatchObject({ database: 'ok' })
    for (const url of ['/api/user', '/api/org', '/api/search', '/api/datasources', '/api/dashboards/uid/mttr']) {
      const answer = await get(made, url)
      expect([url, answer.statusCode, answer.json().message]).toEqual([url, 401, 'Unauthorized'])
    }
    const page = await get(made, '/d/mttr/mean-time-to-restore?var-project=till')
    expect([page.statusCode, page.headers.location]).toEqual([302, '/login'])
  })

  it('accepts the password by basic auth and a session from the login form', async () => {
    const made = grafana()
    expect((await get(made, '/api/user', as('admin', password))).json()).toMatchObject({ login: 'admin' })
    const login = await made.server.inject({ method: 'POST', url: '/login', payload: { user: 'admin', password } })
    expect(login.json()).toEqual({ message: 'Logged in', redirectUrl: '/' })
    const session = login.cookies.find(({ name }) => name === 'grafana_session')
    const answer = await get(made, '/api/org', { cookie: `grafana_session=${session?.value}` })
    expect(answer.json()).toMatchObject({ name: 'Main Org.' })
    expect((await get(made, '/api/org', { cookie: 'grafana_session=another' })).statusCode).toBe(401)
  })

  it('rejects a wrong password and an unknown user with the same answer', async () => {
    const made = grafana()
    const refusals = [
      await get(made, '/api/org', as('admin', 'wrong')),
      await get(made, '/api/org', as('nobody', password)),
    ]
    for (const refusal of refusals) {
      expect([refusal.statusCode, refusal.json().message]).toEqual([401, 'Invalid username or password'])
    }
  })

  it('locks a user out for five minutes after five wrong passwords, and nobody else', async () => {
    const made = grafana()
    for (let attempt = 0; attempt < 5; attempt++) await get(made, '/api/org', as('admin', 'wrong'))
    expect((await get(made, '/api/org', as('admin', password))).statusCode).toBe(401)
    for (let attempt = 0; attempt < 6; attempt++) await get(made, '/api/org', as('nobody', 'wrong'))
    now += 5 * 60_000 + 1
    expect((await get(made, '/api/org', as('admin', password))).statusCode).toBe(200)
  })

  it('resets the count of wrong passwords after a correct one', async () => {
    const made = grafana()
    for (let attempt = 0; attempt < 12; attempt++) {
      await get(made, '/api/org', as('admin', attempt % 4 === 3 ? password : 'wrong'))
    }
    expect((await get(made, '/api/org', as('admin', password))).statusCode).toBe(200)
  })

  it('keeps a changed password after a restart, whatever the secret holds', async () => {
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

  it('lets anonymous visitors only read if anonymous access is on', async () => {
    const made = grafana()
    writeFileSync(join(installed[0]?.directory ?? '', 'settings.json'), JSON.stringify({ anonymous: 'Viewer' }))
    expect((await get(made, '/api/search')).statusCode).toBe(200)
    expect((await get(made, '/api/admin/settings')).statusCode).toBe(403)
    expect((await get(made, '/api/org', as('admin', 'wrong'))).statusCode).toBe(401)
  })

  it('serves the five dashboards from the current content of their files', async () => {
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
