/** The answers of hosts from outside the cluster, and the commands that are printed for wrong ones. */
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { addressCommands } from '../../../support/basis/command'
import { expectAnswerFromOutside, expectNoOpenRoute } from '../../../support/checks/outside-answers'
import { devlake } from '../../../support/flavours/devlake/devlake'
import { Http } from '../../../support/platform/http'
import { unanswered } from '../../../support/platform/http-failures'
import { newAuthority } from '../../fixtures/certificates'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** An HTTPRoute of the service, and its Gateway with the given listeners. */
function gatewayWith(listeners: readonly object[]): ClusterObject[] {
  const holding = (...types: readonly string[]) => ({ conditions: types.map((type) => ({ type, status: 'True' })) })
  const parentRef = { name: 'public' }
  return [
    {
      resource: 'httproutes',
      metadata: { name: configuration.ingresses.service.name, namespace: 'fawkes' },
      spec: { parentRefs: [parentRef] },
      status: { parents: [{ parentRef, ...holding('Accepted', 'ResolvedRefs') }] },
    },
    {
      resource: 'gateways',
      metadata: { name: 'public', namespace: 'fawkes' },
      spec: { gatewayClassName: 'shared', listeners },
      status: holding('Accepted', 'Programmed'),
    },
    { resource: 'gatewayclasses', metadata: { name: 'shared' }, status: holding('Accepted') },
  ]
}

async function addressOf(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

const answer =
  (status: number): RequestListener =>
  (_, response) =>
    response.writeHead(status).end('not here')

const ingressUrl = (scheme: string, host: string, path: string) => `${scheme}://${host}${path}`

/** A platform whose host answers with a status. */
async function answering(status: number) {
  const http = new Http({ deadlineMs: 5000, parallelRequests: 2, witness: () => {} })
  closing.push(() => http.close())
  const at = await addressOf(createServer(answer(status)))
  const ingress = { resource: 'ingresses', metadata: { name: configuration.ingresses.service.name }, spec: {} }
  return platformOf({ objects: [ingress] }, { http, routes: { ingressAddress: () => at, ingressUrl, note: () => {} } })
}

/** A platform whose host answers with a status over plain HTTP, or not at all, and with another one over TLS. */
async function secured(plain: number | undefined, status: number, known = true, spec: object = {}) {
  const { name, host } = configuration.ingresses.service
  const authority = await newAuthority()
  const certificateAuthority = (known ? authority : await newAuthority()).certificate
  const http = new Http({ deadlineMs: 5000, parallelRequests: 2, certificateAuthority, witness: () => {} })
  closing.push(() => http.close())
  const closed = { host: '127.0.0.1', port: 1 }
  const addresses: Readonly<Record<string, typeof closed>> = {
    http: plain === undefined ? closed : await addressOf(createServer(answer(plain))),
    https: await addressOf(createSecureServer(await authority.issue(host), answer(status))),
  }
  const routes = { ingressAddress: (scheme: string) => addresses[scheme], ingressUrl, note: () => {} }
  const ingress = { resource: 'ingresses', metadata: { name }, spec: { tls: [{ hosts: [host] }], ...spec } }
  return platformOf({ objects: [ingress] }, { http, routes })
}

it('name the context of the run in each command for the cluster', async () => {
  const platform = await answering(404)
  addressCommands('production')
  closing.push(() => addressCommands(null))
  const { summary, remedy } = await findingOf(expectAnswerFromOutside(platform, 'service'))
  expect(summary).toMatch(/ answers 404 from outside\.$/)
  const lines = remedy.filter((line) => line.startsWith('kubectl'))
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).toMatch(/^kubectl --context production /)
})

it.each([
  [503, ['Service fawkes/devlake-lake']],
  [504, ['Service fawkes/devlake-lake', 'connections of ingress controller to Service fawkes/devlake-lake']],
  [404, []],
])('%i may follow from what is behind the controller', async (status, reliesOn) => {
  const found = await findingOf(expectAnswerFromOutside(await answering(status), 'service'))
  expect(found.reliesOn).toEqual(reliesOn)
})

describe('an ingress with TLS for its host', () => {
  const judged = async (plain: number | undefined, status: number, known?: boolean) =>
    expectAnswerFromOutside(await secured(plain, status, known), 'service')

  it.each([
    ['whose controller closes plain HTTP', undefined],
    ['whose controller leads the host nowhere over plain HTTP', 404],
    ['that answers plain HTTP too', 200],
  ])('%s needs no other answer than the one over TLS', (_, plain) => judged(plain, 200))

  it.each<[string, number | undefined, number, boolean, RegExp]>([
    ['over TLS', 200, 404, true, /^https:.* answers 404 from outside\.$/],
    ['over TLS, and plain HTTP is closed', undefined, 503, true, /^https:.* answers 503 from outside\.$/],
    ['anywhere', 404, 404, true, /^http:.* answers 404 from outside\.$/],
    ['with a known certificate', 200, 200, false, /is not trusted/],
    ['with a known certificate, and plain HTTP is closed', undefined, 200, false, /is not trusted/],
    ['with a known certificate, and leads the host nowhere', 404, 404, false, /^http:.* answers 404 from outside\.$/],
  ])('fails if it does not answer %s', async (_, plain, status, known, summary) => {
    expect((await findingOf(judged(plain, status, known))).summary).toMatch(summary)
  })

  const { host } = configuration.ingresses.service
  const withTls = async (tlsHost: string, ...ruled: readonly (string | undefined)[]) => {
    const rules = [host, ...ruled].map((one) => (one === undefined ? {} : { host: one }))
    return expectAnswerFromOutside(await secured(200, 200, true, { tls: [{ hosts: [tlsHost] }], rules }), 'service')
  }

  it.each(['*.nip.io', 'devlake.example.org'])(
    'fails if it has TLS for %s alone, which is no host of it',
    async (other) => {
      expect((await findingOf(withTls(other))).summary).toBe(
        `Ingress fawkes/devlake has TLS for ${other}, which none of its rules is for, and not for ${host}.`,
      )
    },
  )

  it.each([
    ['another host of it', 'dora.example.org', 'dora.example.org'],
    ['a wildcard for another host of it', '*.example.org', 'dora.example.org'],
    ['a host of a wildcard of it', 'dora.example.org', '*.example.org'],
    ['a host, beside a rule for all', 'dora.example.org', undefined],
    ['the host by a wildcard', `*.${host.split('.').slice(1).join('.')}`, host],
  ])('passes if it has TLS for %s', (_, other, ruled) => withTls(other, ruled))

  it.each([undefined, 404])('guards its data by the answer over TLS where plain HTTP gives %s', async (plain) => {
    const asked: string[] = []
    const query = async (url: string) => {
      const { protocol } = new URL(url)
      asked.push(protocol)
      const status = protocol === 'http:' ? plain : 401
      if (status === undefined) throw unanswered(url, undefined, 'connection refused')
      return { url, status, headers: {}, body: '{"message":"token is missing"}' }
    }
    const { kubernetes, routes } = await secured(plain, 401)
    await expectNoOpenRoute(platformOf({ objects: [] }, { kubernetes, routes, contract: devlake, http: { query } }))
    expect(asked).toEqual(['http:', 'https:'])
  })
})

it.each<[readonly string[], string]>([
  [['HTTPS'], 'https:'],
  [['HTTP'], 'http:'],
])('asks a Gateway with listeners for %j by %s', async (protocols, scheme) => {
  const asked: string[] = []
  const query = async (url: string) => {
    asked.push(new URL(url).protocol)
    return { url, status: 401, headers: {}, body: '{"message":"token is missing"}' }
  }
  const at = { host: '127.0.0.1', port: 1 }
  const ingressUrl = (scheme: string, host: string) => `${scheme}://${host}`
  const objects = gatewayWith(protocols.map((protocol) => ({ name: protocol, port: 1, protocol })))
  const kind = { ingresses: { service: { kind: 'HTTPRoute' } } }
  const routes = { ingressAddress: () => at, ingressUrl }
  await expectNoOpenRoute(platformOf({ objects, configuration: kind }, { contract: devlake, http: { query }, routes }))
  expect(asked).toEqual([scheme])
})

describe('a host that DNS does not know', () => {
  const unresolved = (kind: string, role: 'service' | 'grafana' = 'service') =>
    expectAnswerFromOutside(
      platformOf(
        { objects: [], configuration: { ingresses: { [role]: { kind, host: `${role}.invalid` } } } },
        { routes: { ingressAddress: () => undefined } },
      ),
      role,
    )

  it.each([
    ['Ingress', 'kubectl get ingress -n fawkes devlake', 'configuration key ingress.address'],
    ['HTTPRoute', 'kubectl get gateways --all-namespaces', 'configuration key ingress.address'],
    ['Service', 'kubectl get service -n fawkes devlake', 'configuration key ingresses.service.host'],
  ])('blocks, with where its address stands and the key for it: %s', async (kind, shown, key) => {
    await expect(unresolved(kind)).rejects.toMatchObject({
      finding: {
        object: 'host service.invalid',
        remedy: ['getent hosts service.invalid', shown, expect.stringMatching(`^# .*${key}`)],
      },
    })
  })

  it('is answered with the same key as another one, which stands in the configuration once', async () => {
    const keys = await Promise.all(
      (['service', 'grafana'] as const).map((role) =>
        unresolved('Ingress', role).catch(({ finding }) => finding.remedy.at(-1)),
      ),
    )
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toContain('one address for the hosts of all')
  })
})
