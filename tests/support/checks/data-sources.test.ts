/** Reading the connections and scopes of a service, and comparing endpoints. */
import { describe, expect, it } from 'vitest'
import { expectConnectionsWork, isUnder } from '../../../support/checks/data-sources'
import { connectionsUnder } from '../../../support/flavours/fawkes/connections'
import { findingOf, platformOf } from '../../fixtures/platform-of-objects'

describe('an endpoint', () => {
  it.each([
    ['https://api.github.com/', 'https://api.github.com'],
    ['https://api.github.com:443', 'https://api.github.com'],
    ['https://ghe.example.org/api/v3/', 'https://ghe.example.org/api/v3'],
    ['http://argocd-server.fawkes.svc/api/v1/', 'http://argocd-server.fawkes.svc'],
    ['http://argocd-server.fawkes.svc.cluster.local/api/v1', 'http://argocd-server.fawkes.svc'],
    ['http://argocd-server.fawkes/api/v1', 'http://argocd-server.fawkes.svc'],
    ['http://jenkins.fawkes.svc:8080/', 'http://jenkins.fawkes.svc'],
    ['http://jenkins.fawkes.svc:8080/', 'http://jenkins.fawkes.svc:8080/'],
  ])('%s is at or below %s', (endpoint, expected) => {
    expect(isUnder(endpoint, expected)).toBe(true)
  })

  it.each([
    ['http://api.github.com/', 'https://api.github.com'],
    ['https://api.github.com.example.org/', 'https://api.github.com'],
    ['https://ghe.example.org/api/v30/', 'https://ghe.example.org/api/v3'],
    ['http://argocd-server.argocd.svc/', 'http://argocd-server.fawkes.svc'],
    ['http://jenkins.fawkes.svc:8080/', 'http://jenkins.fawkes.svc:9090'],
    ['', 'https://api.github.com'],
    ['api.github.com', 'https://api.github.com'],
  ])('%s is neither at nor below %s', (endpoint, expected) => {
    expect(isUnder(endpoint, expected)).toBe(false)
  })
})

describe('the test of a connection', () => {
  const warningIn = (body: object) => connectionsUnder('/api').tested.parse({ success: true, ...body }).warning

  it.each([
    [{ warning: true, message: 'the token lacks the scope repo' }, 'the token lacks the scope repo'],
    [{ warning: 'the token lacks the scope repo', message: 'success' }, 'the token lacks the scope repo'],
    [{ warnings: ['no scope repo', 'no scope read:org'] }, 'no scope repo; no scope read:org'],
    [{ warning: true }, 'no reason given'],
  ])('warns in %j', (body, warning) => {
    expect(warningIn(body)).toBe(warning)
  })

  it.each([{}, { warning: false, message: 'success' }, { warning: '', warnings: [] }, { warning: null }])(
    'does not warn in %j',
    (body) => {
      expect(warningIn(body)).toBeUndefined()
    },
  )

  it('is unmet with a warning', async () => {
    const answer = { url: 'http://lake/test', status: 200, headers: {}, body: '' }
    const connections = [{ id: 1, name: 'github', endpoint: 'https://api.github.com/' }]
    const token = { resource: 'secrets', metadata: { name: 'devlake-api-token' }, data: { token: 'eA==' } }
    const platform = platformOf(
      { objects: [token] },
      {
        rest: {
          get: async () => ({ ...answer, body: JSON.stringify(connections) }),
          query: async () => ({
            ...answer,
            body: '{"success":true,"warning":true,"message":"the token lacks the scope repo"}',
          }),
        },
      },
    )
    const { summary, found } = await findingOf(expectConnectionsWork(platform, 'github'))
    expect(summary).toBe('The test of the connection github to GitHub succeeds with a warning.')
    expect(found).toBe('the token lacks the scope repo')
  })
})

describe('a secret in an answer', () => {
  const revealed = (body: object) => connectionsUnder('/api').secretsIn(JSON.stringify(body, null, 2))

  it.each([
    { token: 'ghp_readable' },
    { password: 'ghp_readable' },
    { secretKey: 'ghp_readable' },
    { accessToken: 'ghp_readable' },
    { connection: [{ name: 'github', token: 'ghp_readable' }] },
  ])('is found in %j', (body) => {
    expect(revealed(body).map(({ value }) => value)).toEqual(['ghp_readable'])
  })

  it.each([
    { token: 'gh**********le' },
    { token: '' },
    { token: null },
    { name: 'ghp_readable', authMethod: 'AccessToken' },
  ])('is not found in %j', (body) => {
    expect(revealed(body)).toEqual([])
  })
})

describe('a scope', () => {
  const collected = (scopeConfig: unknown) =>
    connectionsUnder('/api').scopePage.parse({
      scopes: [{ scope: { name: 'shop', fullName: 'acme/shop' }, scopeConfig }],
      count: 1,
    }).scopes

  it('collects the entities in its configuration', () => {
    expect(collected({ entities: ['CODE', 'TICKET'] })).toEqual([{ name: 'acme/shop', collects: ['commits'] }])
    expect(collected({ entities: ['CICD'] })).toEqual([{ name: 'acme/shop', collects: ['sync events'] }])
    expect(collected({ entities: ['CODEREVIEW', 'CODE'] })).toEqual([
      { name: 'acme/shop', collects: ['pull requests', 'code review', 'commits'] },
    ])
  })

  it.each([null, undefined, {}, { entities: null }, { entities: [] }])(
    'collects everything with the configuration %j',
    (config) => {
      expect(collected(config)).toEqual([
        { name: 'acme/shop', collects: ['commits', 'pull requests', 'code review', 'sync events'] },
      ])
    },
  )
})
