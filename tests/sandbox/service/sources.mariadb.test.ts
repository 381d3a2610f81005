/** Connections and scopes: how they are shown, tested and validated. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type DoraService, startService } from '../../fixtures/dora-service'
import { type MariaDb, startMariaDb } from '../../fixtures/mariadb'

let mariadb: MariaDb
let service: DoraService
let source: Server
let endpoint: string
/** Path and authorization of the last request to the source. */
let lastRequest: string
/** The scopes that the source reports for the token. */
let tokenScopes: string

beforeAll(async () => {
  source = createServer((request, response) => {
    const { authorization = 'nothing' } = request.headers
    lastRequest = `${request.url} with ${authorization}`
    const good = ['Bearer good-token', 'Basic YWRhOmdvb2QtdG9rZW4='].includes(authorization)
    response.writeHead(good ? 200 : 401, { 'x-oauth-scopes': tokenScopes }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(source, 'listening')
  endpoint = `http://127.0.0.1:${(source.address() as AddressInfo).port}/api`
  tokenScopes = 'repo, read:user, read:org'
  mariadb = await startMariaDb()
  service = await startService(mariadb.url)
})

afterAll(async () => {
  source?.close()
  await service?.stop()
  await mariadb?.stop()
})

const withId = z.looseObject({ id: z.number() })

async function connect(plugin: string, name: string, secret: object): Promise<string> {
  const answer = await service.send('POST', `/api/plugins/${plugin}/connections`, { name, endpoint, ...secret })
  expect(answer.status).toBe(200)
  return `/api/plugins/${plugin}/connections/${withId.parse(answer.body).id}`
}

describe('a connection', () => {
  it('is listed without its secret', async () => {
    const path = await connect('github', 'listed', { token: 'ghp_abcdef' })
    const shown = { name: 'listed', endpoint: `${endpoint}/`, authMethod: 'AccessToken', token: 'gh******ef' }
    expect((await service.get(path)).body).toMatchObject(shown)
    const list = await service.get('/api/plugins/github/connections')
    expect(list.body).toContainEqual(expect.objectContaining(shown))
    expect(list.text).not.toContain('ghp_abcdef')
  })

  it.each([
    ['github', { token: 'good-token' }, '/api/user with Bearer good-token'],
    ['argocd', { token: 'good-token' }, '/api/applications with Bearer good-token'],
    ['jenkins', { username: 'ada', password: 'good-token' }, '/api/ with Basic YWRhOmdvb2QtdG9rZW4='],
  ])('of %s is tested with its secret', async (plugin, secret, expectedRequest) => {
    const path = await connect(plugin, 'tested', secret)
    const answer = await service.send('POST', `${path}/test`)
    expect(lastRequest).toBe(expectedRequest)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ success: true, message: 'success' })
  })

  it.each([
    ['github', { token: 'good-token' }, 'with Bearer good-token', 200],
    ['jenkins', { username: 'ada', password: 'good-token' }, 'with Basic YWRhOmdvb2QtdG9rZW4=', 200],
    ['github', { token: 'old-token' }, 'with Bearer old-token', 401],
  ])('of %s passes a question on with its secret', async (plugin, secret, login, status) => {
    const path = await connect(plugin, `asked with ${status}`, secret)
    const answer = await service.get(`${path}/proxy/rest/repos/shop/checkout?page=2`)
    expect(lastRequest).toBe(`/api/repos/shop/checkout?page=2 ${login}`)
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body: {} })
  })

  it('passes nothing on without a token, or to ArgoCD', async () => {
    const path = await connect('argocd', 'asked', { token: 'good-token' })
    expect((await service.get(`${path}/proxy/rest/applications`)).status).toBe(404)
    expect((await service.get('/api/plugins/github/connections/1/proxy/rest/user', {})).status).toBe(401)
  })

  it('fails its test with a token that its endpoint refuses', async () => {
    const path = await connect('argocd', 'refused', { token: 'old-token' })
    const answer = await service.send('POST', `${path}/test`)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({
      success: false,
      message: 'StatusUnauthorized error when testing connection',
    })
  })

  it('fails its test if nothing listens at its endpoint', async () => {
    const path = await connect('jenkins', 'nowhere', { username: 'ada', password: 'good-token' })
    await service.send('PATCH', path, { endpoint: 'http://127.0.0.1:1/' })
    const answer = await service.send('POST', `${path}/test`)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ success: false })
  })

  it('to GitHub needs the token scopes that DevLake requires', async () => {
    const path = await connect('github', 'few scopes', { token: 'good-token' })
    tokenScopes = 'repo, user'
    const answer = await service.send('POST', `${path}/test`)
    tokenScopes = 'repo, read:user, read:org'
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ success: false, message: 'Please check the field(s) read:org' })
  })

  it('keeps its secret when the masked secret is sent back', async () => {
    const path = await connect('argocd', 'kept', { token: 'good-token' })
    await service.send('PATCH', path, { name: 'renamed', token: 'go******en' })
    expect((await service.get(path)).body).toMatchObject({ name: 'renamed' })
    expect((await service.send('POST', `${path}/test`)).status).toBe(200)
  })

  it('is refused without an endpoint or with the name of an existing one', async () => {
    await connect('github', 'taken', { token: 'good-token' })
    const again = { name: 'taken', endpoint, token: 'good-token' }
    const answer = await service.send('POST', '/api/plugins/github/connections', again)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain("name: a connection named 'taken' already exists")
    const nowhere = await service.send('POST', '/api/plugins/github/connections', { name: 'nowhere' })
    expect(nowhere.status).toBe(400)
    expect(nowhere.text).toContain('endpoint')
  })

  it('is deleted with its scopes', async () => {
    const path = await connect('argocd', 'deleted', { token: 'good-token' })
    await service.send('PUT', `${path}/scopes`, { data: [{ name: 'checkout' }] })
    expect((await service.send('DELETE', path)).status).toBe(200)
    expect((await service.get(path)).status).toBe(404)
    expect((await service.get(`${path}/scopes`)).status).toBe(404)
  })

  it('requires a token', async () => {
    expect((await service.get('/api/plugins/github/connections', {})).status).toBe(401)
    expect((await service.send('POST', '/api/plugins/github/connections/1/test', undefined, {})).status).toBe(401)
  })
})

describe('the scopes of a connection', () => {
  const page = z.object({ scopes: z.array(z.unknown()), count: z.number() })

  it('are shown with the entities that they collect', async () => {
    const path = await connect('github', 'with scopes', { token: 'good-token' })
    const config = await service.send('POST', `${path}/scope-configs`, { name: 'code', entities: ['CODE'] })
    const scopeConfigId = withId.parse(config.body).id
    const data = [{ githubId: 7, name: 'shop', fullName: 'acme/shop', scopeConfigId }]
    expect((await service.send('PUT', `${path}/scopes`, { data })).status).toBe(200)
    expect((await service.get(`${path}/scopes`)).body).toMatchObject({
      count: 1,
      scopes: [
        {
          scope: { githubId: 7, fullName: 'acme/shop', scopeConfigId },
          scopeConfig: { name: 'code', entities: ['CODE'] },
        },
      ],
    })
    await service.send('PATCH', `${path}/scope-configs/${scopeConfigId}`, { entities: ['CODE', 'CODEREVIEW'] })
    expect((await service.get(`${path}/scopes`)).body).toMatchObject({
      scopes: [{ scopeConfig: { name: 'code', entities: ['CODE', 'CODEREVIEW'] } }],
    })
    expect((await service.send('DELETE', `${path}/scopes/7`)).status).toBe(200)
    expect((await service.send('DELETE', `${path}/scopes/7`)).status).toBe(404)
    expect((await service.get(`${path}/scopes`)).body).toEqual({ scopes: [], count: 0 })
  })

  it('come in pages', async () => {
    const path = await connect('argocd', 'with pages', { token: 'good-token' })
    await service.send('PUT', `${path}/scopes`, { data: ['a', 'b', 'c'].map((name) => ({ name })) })
    const second = page.parse((await service.get(`${path}/scopes?page=2&pageSize=2`)).body)
    expect(second).toMatchObject({ count: 3, scopes: [{ scope: { name: 'c' }, scopeConfig: null }] })
  })

  it('are refused without the field that identifies them', async () => {
    const path = await connect('github', 'nameless', { token: 'good-token' })
    const answer = await service.send('PUT', `${path}/scopes`, { data: [{ name: 'shop' }] })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('githubId')
  })
})
