/** Ingresses: the hosts of their rules, and the certificates of their hosts. */
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createAuthority, issue } from '../../../sandbox/credentials/certificates'
import { forEachHost } from '../../../support/checks/hosts'
import { covers, expectHostCertificates } from '../../../support/checks/ingress-certificates'
import { expectIngressClassOf, expectRouting } from '../../../support/checks/ingresses'
import { newAuthority } from '../../fixtures/certificates'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const { host, name } = configuration.ingresses.grafana
const day = 86_400_000
const wildcard = `*.${host.split('.').slice(1).join('.')}`

const secret = (secretName: string, certificate: string, key: string): ClusterObject => ({
  resource: 'secrets',
  metadata: { name: secretName },
  data: {
    'tls.crt': Buffer.from(certificate).toString('base64'),
    'tls.key': Buffer.from(key).toString('base64'),
  },
})

const named = { secretName: 'tls', namespace: 'fawkes', namedBy: `Ingress fawkes/${name}` }

describe('a certificate that an ingress names', () => {
  let own: { key: string; cert: string }
  let other: { key: string; cert: string }
  let broad: { key: string; cert: string }
  beforeAll(async () => {
    const authority = await newAuthority()
    own = await authority.issue('shop.example.org')
    other = await authority.issue('other.example.org')
    broad = await authority.issue('*.example.org')
  })

  const tls = (hosts: readonly string[], objects: readonly ClusterObject[], now = new Date()) =>
    expectHostCertificates(platformOf({ objects, now }), 'grafana', [{ ...named, hosts }])

  it('is missing, for the host or for a wildcard', async () => {
    for (const hosts of [[wildcard], [host], []])
      expect((await findingOf(tls(hosts, []))).summary).toBe(
        `Ingress fawkes/${name} names the Secret tls, which does not exist.`,
      )
  })

  it.each<[string, () => ClusterObject, RegExp, (readonly string[])?, number?]>([
    ['the key of another one', () => secret('tls', own.cert, other.key), /holds no usable certificate/],
    ['no certificate', () => secret('tls', 'x', own.key), /holds no usable certificate/],
    ['no key', () => secret('tls', own.cert, ''), /holds no usable certificate/],
    ['another host', () => secret('tls', other.cert, other.key), /does not cover shop\.example\.org/],
    ['one host only', () => secret('tls', own.cert, own.key), /does not cover \*\.example\.org/, ['*.example.org']],
    [
      'the second host missing',
      () => secret('tls', own.cert, own.key),
      /does not cover b\.example\.org/,
      ['shop.example.org', 'b.example.org'],
    ],
    [
      'a wildcard for one label',
      () => secret('tls', broad.cert, broad.key),
      /does not cover a\.b\.example\.org/,
      ['a.b.example.org'],
    ],
    ['an end in the past', () => secret('tls', own.cert, own.key), /has expired/, ['shop.example.org'], 11],
    [
      'a beginning in the future',
      () => secret('tls', own.cert, own.key),
      /is not valid yet/,
      ['shop.example.org'],
      -21,
    ],
  ])('fails with %s', async (_, given, summary, hosts = ['shop.example.org'], days = 0) => {
    const now = new Date(Date.now() + days * day)
    expect((await findingOf(tls(hosts, [given()], now))).summary).toMatch(summary)
  })

  it('fails if the Certificate behind it does not name the host, which the next renewal will not cover', async () => {
    const certificate = (dnsNames: readonly string[]): ClusterObject => ({
      resource: 'certificates',
      metadata: { name: 'tls', namespace: 'fawkes' },
      spec: { secretName: 'tls', dnsNames, issuerRef: { name: 'ca' } },
    })
    const checked = (dnsNames: readonly string[]) =>
      tls(['shop.example.org'], [secret('tls', own.cert, own.key), certificate(dnsNames)])
    expect((await findingOf(checked(['old.example.org']))).summary).toBe(
      'Certificate fawkes/tls does not name shop.example.org, so its next renewal does not cover it.',
    )
    await checked(['*.example.org'])
  })

  it('fails if the chain does not begin with the certificate of the key', async () => {
    const reversed = secret('tls', `${other.cert}\n${own.cert}`, own.key)
    const { summary, found } = await findingOf(tls(['shop.example.org'], [reversed]))
    expect(summary).toMatch(/holds no usable certificate/)
    expect(found).toBe('the certificate of the private key behind that of its authority; it must come first')
    await tls(['shop.example.org'], [secret('tls', `${own.cert}\n${other.cert}`, own.key)])
  })

  it('fails while its Secret is being deleted', async () => {
    const { metadata, ...rest } = secret('tls', own.cert, own.key)
    const leaving = {
      ...rest,
      metadata: { ...metadata, namespace: 'fawkes', deletionTimestamp: '2026-11-28T09:00:00Z' },
    }
    expect((await findingOf(tls(['shop.example.org'], [leaving]))).summary).toBe('Secret fawkes/tls is being deleted.')
  })

  it.each<[string, number, number, string]>([
    ['its own end', 1, -0.0002, 'it has expired'],
    ['the end of its authority', -0.0002, 1, 'the certificate of one of its authorities has expired'],
  ])('is not trusted after %s', async (_, ofAuthority, ofHost, why) => {
    const authority = await createAuthority('Authority of a test', ofAuthority)
    const served = await issue(authority, { commonName: host, dnsNames: [host], days: ofHost })
    const server = createServer({ cert: `${served.certificate}\n${authority.certificate}`, key: served.key })
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address() as AddressInfo
    const platform = platformOf(
      { objects: [secret('tls', served.certificate, served.key)] },
      {
        routes: { ingressAddress: () => ({ host: '127.0.0.1', port: address.port }) },
        http: { options: { deadlineMs: 10_000, certificateAuthority: authority.certificate } },
      },
    )
    const judged = expectHostCertificates(platform, 'grafana', [{ ...named, hosts: [host] }])
    expect((await findingOf(judged)).summary).toBe(`The certificate of ${host} is not trusted: ${why}.`)
  })

  it('covers the address by which clients reach an ingress without a host', async () => {
    const address = '127.0.0.1'
    const authority = await newAuthority()
    const { cert, key } = await authority.issue(address)
    const server = createServer({ cert, key })
    await new Promise<void>((resolve) => server.listen(0, address, resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const certificate = (ipAddresses: readonly string[]): ClusterObject => ({
      resource: 'certificates',
      metadata: { name: 'tls', namespace: 'fawkes' },
      spec: { secretName: 'tls', ipAddresses, issuerRef: { name: 'ca' } },
    })
    const judged = (ipAddresses: readonly string[]) => {
      const objects = [secret('tls', cert, key), certificate(ipAddresses)]
      const options = { deadlineMs: 10_000, certificateAuthority: authority.certificate }
      const platform = platformOf(
        { objects, configuration: { ingresses: { grafana: { host: address } } } },
        { routes: { ingressAddress: () => ({ host: address, port }) }, http: { options } },
      )
      return expectHostCertificates(platform, 'grafana', [{ ...named, hosts: [] }])
    }
    await judged([address])
    expect((await findingOf(judged(['10.0.0.7']))).summary).toBe(
      `Certificate fawkes/tls does not name ${address}, so its next renewal does not cover it.`,
    )
  })

  it('passes for its hosts', async () => {
    await tls(['shop.example.org'], [secret('tls', own.cert, own.key)])
    await tls(['*.example.org', 'b.example.org'], [secret('tls', broad.cert, broad.key)])
  })
})

describe('a wildcard', () => {
  it('stands for one label', () => {
    expect(covers('*.example.org', 'a.example.org')).toBe(true)
    expect(covers('*.Example.org', 'A.example.org')).toBe(true)
    expect(covers('*.example.org', 'a.b.example.org')).toBe(false)
    expect(covers('*.example.org', 'example.org')).toBe(false)
  })
})

describe('the rules of an ingress', () => {
  const { service, port } = configuration.components.grafana
  const to = (target: string, ruleHost?: string) => ({
    ...(ruleHost === undefined ? {} : { host: ruleHost }),
    http: { paths: [{ path: '/', backend: { service: { name: target, port: { number: port } } } }] },
  })
  const routing = (rules: readonly object[], metadata: object = {}, spec: object = {}) =>
    expectRouting(
      platformOf({
        objects: [
          { resource: 'ingresses', metadata: { name, ...metadata }, spec: { rules, ...spec } },
          { resource: 'services', metadata: { name: service }, spec: { ports: [{ port }] } },
        ],
      }),
      'grafana',
    )

  it('match by the host, else by its wildcard, else by none', async () => {
    await routing([to(service, wildcard)])
    await routing([to(service)])
    await routing([to('other', wildcard), to(service, host)])
    await routing([to('other'), to(service, wildcard)])
    expect((await findingOf(routing([to(service, wildcard), to('other', host)]))).summary).toContain('other')
    expect((await findingOf(routing([to(service, `*.${host}`)]))).summary).toContain('has no rule for the host')
  })

  const ofType = (...types: readonly string[]) => [
    {
      host,
      http: {
        paths: types.map((pathType) => ({
          ...{ path: '/', pathType },
          backend: { service: { name: service, port: { number: port } } },
        })),
      },
    },
  ]

  it('match what lies below a path unless they are of the type Exact', async () => {
    await routing(ofType('Prefix'))
    await routing(ofType('ImplementationSpecific'))
    await routing(ofType('Exact', 'Prefix'))
    expect(await findingOf(routing(ofType('Exact')))).toMatchObject({
      summary: `Ingress fawkes/${name} does not route / to ${service}:${port}.`,
      found: `${service}:${port}, for exactly / and nothing below it`,
    })
  })

  it('lead each path by the longest one that is a prefix of it', async () => {
    const { lake, ui } = configuration.components
    const rule = (path: string, { service, port }: typeof lake, pathType = 'Prefix') => ({
      ...{ path, pathType },
      backend: { service: { name: service, port: { number: port } } },
    })
    const judged = (...given: readonly object[]) => judgedFor('/api', ...given)
    const judgedFor = (path: string, ...given: readonly object[]) =>
      expectRouting(
        platformOf({
          objects: [
            {
              resource: 'ingresses',
              metadata: { name: configuration.ingresses.service.name },
              spec: { rules: [{ host: configuration.ingresses.service.host, http: { paths: given } }] },
            },
            { resource: 'services', metadata: { name: ui.service } },
          ],
          configuration: { ingresses: { service: { paths: { [path]: 'lake' } } } },
        }),
        'service',
      )
    await judged(rule('/', lake))
    for (const pattern of ['/api(/|$)(.*)', '/api/?(.*)', '/api/.*', '^/api', '/api[/].*', '/api/'])
      await judged(rule('/', ui), rule(pattern, lake))
    await judged(rule('/', lake), rule('/apis', ui))
    expect((await findingOf(judged(rule('/', ui)))).found).toBe(`${ui.service}:${ui.port}, by the rule for /`)
    expect((await findingOf(judged(rule('/ap', lake)))).found).toBe('no rule')
    await judgedFor('/metrics', rule('/', ui), rule('/metrics', lake, 'Exact'))
    expect((await findingOf(judged(rule('/', ui), rule('/api', lake, 'Exact')))).found).toBe(
      `${ui.service}:${ui.port}, by the rule for /`,
    )
  })

  it('leave to the default backend what none of them matches', async () => {
    const backend = (target: string) => ({ defaultBackend: { service: { name: target, port: { number: port } } } })
    await routing([], {}, backend(service))
    await routing([{ host }], {}, backend(service))
    expect((await findingOf(routing([], {}, backend('other')))).found).toMatch(/^other:/)
    const elsewhere = { ...to('other', host), http: { paths: [{ ...to('other').http.paths[0], path: '/other' }] } }
    await routing([elsewhere], {}, backend(service))
    expect((await findingOf(routing([elsewhere], {}, backend('third')))).found).toMatch(/^third:/)
  })

  it('count beside a redirect that an annotation describes', async () => {
    const redirect = { path: '/', backend: { service: { name: 'ssl-redirect', port: { name: 'use-annotation' } } } }
    const [own] = to(service).http.paths
    await routing([{ host, http: { paths: [redirect, own] } }])
    expect((await findingOf(routing([{ host, http: { paths: [redirect] } }]))).summary).toContain('ssl-redirect')
  })

  it('do not count while the ingress is being deleted', async () => {
    const { summary } = await findingOf(routing([to(service, host)], { deletionTimestamp: '2026-11-28T09:00:00Z' }))
    expect(summary).toBe(`Ingress ${name} is being deleted.`)
  })
})

describe('an Ingress in another namespace', () => {
  const paths = { '/': ['pages', 4000], '/api': ['devlake-lake', 8080], '/metrics': ['devlake-lake', 8080] } as const
  const ingress: ClusterObject = {
    resource: 'ingresses',
    metadata: { name: 'devlake', namespace: 'edge' },
    spec: {
      rules: [
        {
          host: configuration.ingresses.service.host,
          http: {
            paths: Object.entries(paths).map(([path, [name, number]]) => ({
              path,
              backend: { service: { name, port: { number } } },
            })),
          },
        },
      ],
    },
  }
  const alias = (name: string, externalName: string, type = 'ExternalName'): ClusterObject => ({
    resource: 'services',
    metadata: { name, namespace: 'edge' },
    spec: { type, externalName, ports: [] },
  })
  const judged = (...objects: readonly ClusterObject[]) =>
    forEachHost(
      platformOf({
        objects: [ingress, ...objects],
        configuration: {
          ingresses: { service: { namespace: 'edge', others: [{ host: 'devlake.127.0.0.1.nip.io' }] } },
        },
      }),
      'service',
      expectRouting,
    )
  const pages = alias('pages', 'devlake-ui.fawkes.svc.cluster.local')

  it('leads to the service by Services that stand for its own', async () => {
    await judged(pages, alias('devlake-lake', 'devlake-lake.fawkes.svc'))
  })

  it.each<[string, readonly ClusterObject[], string]>([
    [
      'a service of another namespace',
      [pages, alias('devlake-lake', 'devlake-lake.shop.svc')],
      'devlake-lake.shop.svc',
    ],
    ['a service of another name', [pages, alias('devlake-lake', 'devlake-lake-2.fawkes.svc')], 'devlake-lake-2.fawkes'],
    ['a service of its own namespace', [pages, alias('devlake-lake', '', 'ClusterIP')], 'a service in edge'],
  ])('does not lead to it by %s', async (_, objects, found) => {
    expect(await findingOf(judged(...objects))).toMatchObject({
      summary: 'Ingress edge/devlake does not route /api to devlake-lake:8080.',
      found: expect.stringContaining(found),
    })
  })

  it('needs a Service there even for a backend of the same name', async () => {
    expect((await findingOf(judged(pages))).summary).toBe(
      'Ingress edge/devlake routes /api to a service that does not exist: devlake-lake.',
    )
  })
})

describe('the class of an ingress', () => {
  const classNamed = (metadata: object): ClusterObject => ({
    resource: 'ingressclasses',
    metadata: { name: 'external-nginx', namespace: '', ...metadata },
    spec: { controller: 'k8s.io/ingress-nginx' },
  })
  const legacy = { 'kubernetes.io/ingress.class': 'nginx' }
  const address = { loadBalancer: { ingress: [{ ip: '10.0.0.7' }] } }
  const judged = (ingress: object, ...classes: ClusterObject[]) =>
    expectIngressClassOf(
      platformOf({ objects: [{ resource: 'ingresses', metadata: { name }, ...ingress }, ...classes] }),
      'grafana',
    )

  it.each<[string, object, object]>([
    ['exists', { spec: { ingressClassName: 'external-nginx' } }, {}],
    [
      'is named by the older annotation',
      { metadata: { name, annotations: { 'kubernetes.io/ingress.class': 'external-nginx' } } },
      {},
    ],
    [
      'is a name that a controller knows, which serves the ingress',
      { metadata: { name, annotations: legacy }, status: address },
      {},
    ],
    ['is the default', {}, { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }],
    ['is not named, and a controller serves the ingress', { status: address }, {}],
  ])('%s', async (_, ingress, metadata) => judged(ingress, classNamed(metadata)))

  it('needs no IngressClass where a controller serves the ingress without one', async () => {
    await judged({ metadata: { name, annotations: legacy }, status: address })
    await judged({ status: address })
    expect((await findingOf(judged({}))).summary).toBe('The cluster has no IngressClass.')
  })

  it.each<[string, object, RegExp]>([
    ['does not exist', { spec: { ingressClassName: 'nginx' }, status: address }, /does not exist: nginx/],
    [
      'is an older annotation that no controller serves',
      { metadata: { name, annotations: legacy } },
      /does not exist: nginx/,
    ],
    ['is not named', {}, /names no IngressClass/],
  ])('fails if it %s', async (_, ingress, summary) => {
    expect((await findingOf(judged(ingress, classNamed({})))).summary).toMatch(summary)
  })
})
