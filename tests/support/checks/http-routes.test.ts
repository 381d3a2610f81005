/** Where the Gateway API leads to the service, its HTTPRoute is judged in the place of the Ingress. */
import { describe, expect, it } from 'vitest'
import { expectCertificates } from '../../../support/checks/certificates'
import { expectIngressClassOf, expectRouting } from '../../../support/checks/ingresses'
import { expectDependency, expectEntryClass } from '../../../support/checks/substitutes'
import { declaredAbsent } from '../../../support/run/absent-parts'
import { type ClusterObject, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const host = 'devlake.127.0.0.1.nip.io'
const holds = (type: string, observedGeneration = 2) => ({ type, status: 'True', reason: type, observedGeneration })
const fails = (type: string, reason: string) => ({ type, status: 'False', reason, observedGeneration: 2 })

const parentRef = { name: 'public', namespace: 'gateways', sectionName: 'web' }
const accepted = [holds('Accepted'), holds('ResolvedRefs')]
const rule = (path: string, name: string, port: number, more: object = {}) => ({
  matches: [{ path: { type: 'PathPrefix', value: path } }],
  backendRefs: [{ name, port }],
  ...more,
})
const rules = [
  rule('/', 'devlake-ui', 4000),
  rule('/api', 'devlake-lake', 8080),
  rule('/metrics', 'devlake-lake', 8080),
]

const route = (
  spec: object = {},
  parents: readonly object[] = [{ parentRef, conditions: accepted }],
): ClusterObject => ({
  resource: 'httproutes',
  metadata: { name: 'devlake', namespace: 'fawkes', generation: 2 },
  spec: { parentRefs: [parentRef], hostnames: [host], rules, ...spec },
  status: { parents },
})
const gateway = (
  conditions: readonly object[] = [holds('Accepted'), holds('Programmed')],
  listener: object = {},
): ClusterObject => ({
  resource: 'gateways',
  metadata: { name: 'public', namespace: 'gateways', generation: 2 },
  spec: {
    gatewayClassName: 'istio',
    listeners: [{ name: 'web', port: 80, protocol: 'HTTP', hostname: '*.127.0.0.1.nip.io', ...listener }],
  },
  status: { conditions, listeners: [{ name: 'web', conditions: [holds('Accepted'), holds('Programmed')] }] },
})
/** A Gateway with a listener for HTTP and one for HTTPS, each with more fields and conditions of its own. */
const secured = (https: object = {}, conditions: readonly object[] = [], http: object = {}): ClusterObject => ({
  resource: 'gateways',
  metadata: { name: 'public', namespace: 'gateways', generation: 2 },
  spec: {
    gatewayClassName: 'istio',
    listeners: [
      { name: 'web', port: 80, protocol: 'HTTP', ...http },
      {
        ...{ name: 'https', port: 443, protocol: 'HTTPS', hostname: host },
        tls: { certificateRefs: [{ name: 'devlake-tls' }] },
        ...https,
      },
    ],
  },
  status: {
    conditions: [holds('Accepted'), holds('Programmed')],
    listeners: [
      { name: 'web', conditions: [holds('Accepted'), holds('Programmed'), holds('ResolvedRefs')] },
      { name: 'https', conditions },
    ],
  },
})
const anyListener = { name: 'public', namespace: 'gateways' }
const attached = route({ parentRefs: [anyListener] }, [{ parentRef: anyListener, conditions: accepted }])
const gatewayClass = (condition: object = holds('Accepted')): ClusterObject => ({
  resource: 'gatewayclasses',
  // The class has no namespace; the fake cluster finds objects by the namespace that is asked for, here none.
  metadata: { name: 'istio', generation: 1 },
  spec: { controllerName: 'istio.io/gateway-controller' },
  status: { conditions: [condition] },
})

const kind = { kind: 'HTTPRoute' }
const kinds = { ingresses: { service: kind, grafana: { ...kind, name: 'devlake' } } }
const routed = (...objects: readonly ClusterObject[]) => platformOf({ objects, configuration: kinds })

async function judged(...objects: readonly ClusterObject[]): Promise<void> {
  const platform = routed(...objects)
  await expectIngressClassOf(platform, 'service')
  await expectRouting(platform, 'service')
}

describe('an HTTPRoute holds', () => {
  it('with an accepted route, a programmed Gateway and an accepted class', () =>
    judged(route(), gateway(), gatewayClass()))

  it('with a condition that says that all of it is valid', () =>
    judged(
      route({}, [{ parentRef, conditions: [...accepted, fails('PartiallyInvalid', 'Valid')] }]),
      gateway(),
      gatewayClass(),
    ))

  it('for any host, if its listener serves the host', () => judged(route({ hostnames: [] }), gateway(), gatewayClass()))

  it('for a wildcard that stands for several labels', () =>
    judged(route({ hostnames: ['*.nip.io'] }), gateway(undefined, { hostname: '*.nip.io' }), gatewayClass()))

  it('beside what a controller reported that no longer handles its Gateway', async () => {
    const [own, other] = ['istio.io/gateway-controller', 'example.org/former']
    const former = { controllerName: other, parentRef, conditions: [holds('Accepted', 1), holds('ResolvedRefs', 1)] }
    await judged(
      route({}, [former, { controllerName: own, parentRef, conditions: accepted }]),
      gateway(),
      gatewayClass(),
    )
    const stale = judged(route({}, [{ ...former, conditions: accepted }]), gateway(), gatewayClass())
    expect((await findingOf(stale)).summary).toMatch(/has not accepted the current/)
  })

  it('for a host that is written in capitals', () =>
    judged(route({ hostnames: ['DEVLAKE.127.0.0.1.nip.io'] }), gateway(), gatewayClass()))

  it('with one rule for all paths, where all lead to one component', () => {
    const paths = { '/api': 'lake', '/metrics': 'lake' }
    const objects = [route({ rules: [rule('/', 'devlake-lake', 8080)] }), gateway(), gatewayClass()]
    return expectRouting(
      platformOf({ objects, configuration: { ingresses: { service: { ...kind, paths } } } }),
      'service',
    )
  })

  it('beside a rule of one header, which is not for everybody', () => {
    const canary = rule('/api', 'canary', 8080, {
      matches: [{ path: { type: 'PathPrefix', value: '/api' }, headers: [{ name: 'x-canary', value: '1' }] }],
    })
    return judged(route({ rules: [canary, ...rules] }), gateway(), gatewayClass())
  })
})

describe('an HTTPRoute is refused', () => {
  it('if it leads to nothing below the path', async () => {
    const exact = rule('/', 'devlake-ui', 4000, { matches: [{ path: { type: 'Exact', value: '/' } }] })
    const finding = await findingOf(judged(route({ rules: [exact, ...rules.slice(1)] }), gateway(), gatewayClass()))
    expect(finding.summary).toBe('HTTPRoute fawkes/devlake does not route / to devlake-ui:4000.')
  })

  const parents = (...conditions: readonly object[]) => [{ parentRef, conditions }]

  it.each<[string, readonly ClusterObject[], RegExp]>([
    ['that does not exist', [gateway(), gatewayClass()], /HTTPRoute fawkes\/devlake does not exist/],
    [
      'that no Gateway reports on',
      [route({}, []), gateway(), gatewayClass()],
      /has not accepted the current HTTPRoute/,
    ],
    [
      'that its Gateway does not accept',
      [
        route({}, parents(fails('Accepted', 'NotAllowedByListeners'), holds('ResolvedRefs'))),
        gateway(),
        gatewayClass(),
      ],
      /Gateway gateways\/public has not accepted/,
    ],
    [
      'whose backends are not resolved',
      [route({}, parents(holds('Accepted'), fails('ResolvedRefs', 'BackendNotFound'))), gateway(), gatewayClass()],
      /has not resolved the backends of/,
    ],
    [
      'of which the controller drops a rule',
      [route({}, parents(...accepted, holds('PartiallyInvalid'))), gateway(), gatewayClass()],
      /^Gateway gateways\/public does not apply all rules of HTTPRoute fawkes\/devlake\.$/,
    ],
    [
      'whose backends nothing permits',
      [route({}, parents(holds('Accepted'), fails('ResolvedRefs', 'RefNotPermitted'))), gateway(), gatewayClass()],
      /^No ReferenceGrant lets HTTPRoute fawkes\/devlake lead to Services of another namespace/,
    ],
    [
      'whose acceptance is of an older generation',
      [route({}, parents(holds('Accepted', 1), holds('ResolvedRefs', 1))), gateway(), gatewayClass()],
      /has not accepted the current/,
    ],
    [
      'that another Gateway accepts',
      [route({}, [{ parentRef: { ...parentRef, name: 'other' }, conditions: accepted }]), gateway(), gatewayClass()],
      /Gateway gateways\/public has not accepted/,
    ],
    ['without its Gateway', [route(), gatewayClass()], /Gateway gateways\/public does not exist/],
    [
      'whose Gateway is not programmed',
      [route(), gateway([holds('Accepted'), fails('Programmed', 'AddressNotAssigned')]), gatewayClass()],
      /Gateway gateways\/public is not Programmed/,
    ],
    [
      'whose Gateway has changed since',
      [route(), gateway([holds('Accepted', 1), holds('Programmed', 1)]), gatewayClass()],
      /Gateway gateways\/public is not Accepted/,
    ],
    ['without a GatewayClass', [route(), gateway()], /GatewayClass istio does not exist/],
    [
      'whose class no controller accepts',
      [route(), gateway(), gatewayClass({ type: 'Accepted', status: 'Unknown', reason: 'Pending' })],
      /GatewayClass istio is not accepted by its controller/,
    ],
    [
      'whose listener serves other hosts',
      [route(), gateway(undefined, { hostname: '*.example.org' }), gatewayClass()],
      /No listener of the Gateways/,
    ],
    ['without a Gateway', [route({ parentRefs: [] }), gateway(), gatewayClass()], /names no Gateway/],
    [
      'for another host',
      [route({ hostnames: ['other.127.0.0.1.nip.io'] }), gateway(), gatewayClass()],
      /has no rule for the host/,
    ],
    [
      'without a rule for a path',
      [route({ rules: rules.slice(1) }), gateway(), gatewayClass()],
      /does not route \/ to devlake-ui:4000/,
    ],
    [
      'to another port',
      [route({ rules: [rule('/', 'devlake-ui', 80), ...rules.slice(1)] }), gateway(), gatewayClass()],
      /does not route \/ to devlake-ui:4000/,
    ],
    [
      'that sends a part of the requests elsewhere',
      [
        route({
          rules: [
            rule('/', 'devlake-ui', 4000, {
              backendRefs: [
                { name: 'devlake-ui', port: 4000, weight: 90 },
                { name: 'other', port: 80, weight: 10 },
              ],
            }),
            ...rules.slice(1),
          ],
        }),
        gateway(),
        gatewayClass(),
      ],
      /does not route \/ to devlake-ui:4000/,
    ],
  ])('%s', async (_, objects, summary) => {
    expect((await findingOf(judged(...objects))).summary).toMatch(summary)
  })
})

describe('the listener of a Gateway', () => {
  const unresolved = [fails('ResolvedRefs', 'InvalidCertificateRef'), fails('Programmed', 'Invalid')]
  const broken = secured({}, unresolved)
  const own = { resource: 'namespaces', metadata: { name: 'fawkes', labels: { team: 'dora' } } }

  it('fails if it serves the host and cannot use its certificate, although the Gateway is programmed', async () => {
    const { summary, found } = await findingOf(judged(attached, broken, gatewayClass()))
    expect(summary).toBe(
      'The listener https of Gateway gateways/public, which serves devlake.127.0.0.1.nip.io, refers to an object that cannot be used.',
    )
    expect(found).toContain('InvalidCertificateRef')
  })

  it.each<[string, object]>([
    ['serves other hosts', { hostname: 'shop.example.org' }],
    ['admits routes of its own namespace only', { allowedRoutes: { namespaces: { from: 'Same' } } }],
    [
      'admits routes of namespaces with other labels only',
      { allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { team: 'shop' } } } } },
    ],
    ['admits no routes', { allowedRoutes: { namespaces: { from: 'None' } } }],
    ['admits routes of another kind only', { allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } }],
  ])('is left to others if it %s', async (_, listener) => {
    await judged(attached, secured(listener, unresolved), gatewayClass(), own)
  })

  it.each([
    ['that admits the labels of the namespace', own],
    ['where the labels of the namespace are unknown', undefined],
  ])('is judged %s', async (_, namespace) => {
    const byLabel = { from: 'Selector', selector: { matchLabels: { team: 'dora' } } }
    const objects = [attached, secured({ allowedRoutes: { namespaces: byLabel } }, unresolved), gatewayClass()]
    const found = await findingOf(judged(...objects, ...(namespace ? [namespace] : [])))
    expect(found.summary).toMatch(/^The listener https of Gateway/)
  })

  const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const certificate = (name: string, namespace: string, days: number, spec: object = {}): ClusterObject => ({
    resource: 'certificates',
    metadata: { name, namespace, generation: 1 },
    spec: { secretName: name, dnsNames: [host], issuerRef: { name: 'ca', group: 'other.example.org' }, ...spec },
    status: { notAfter: later(days), conditions: [{ type: 'Ready', status: 'True' }] },
  })

  it('has a certificate that is judged in the namespace of the Gateway, beside those of other teams', async () => {
    const working = [attached, secured(), gatewayClass()]
    await expectCertificates(routed(...working, certificate('shop-tls', 'gateways', -1)))
    const expired = routed(...working, certificate('devlake-tls', 'gateways', -1))
    expect((await findingOf(expectCertificates(expired))).summary).toBe('Certificate gateways/devlake-tls has expired.')
  })
})

describe('where HTTPRoutes lead to the service', () => {
  it('accepted GatewayClasses take the place of the ingress controller and its class', async () => {
    const platform = routed(route(), gateway(), gatewayClass())
    await expectDependency(platform, 'ingressController')
    await expectEntryClass(platform)
    const pending = routed(route(), gateway(), gatewayClass(fails('Accepted', 'InvalidParameters')))
    expect((await findingOf(expectDependency(pending, 'ingressController'))).summary).toMatch(/GatewayClass istio/)
  })

  it('the items of the ingress apply though Ingress is declared absent', () => {
    const absent = { absent: { ingress: 'we use the Gateway API' } }
    const withRoutes = platformOf({ objects: [], configuration: { ...kinds, ...absent } }).configuration
    expect(declaredAbsent(withRoutes).has('ingress')).toBe(false)
    expect(declaredAbsent(platformOf({ objects: [], configuration: absent }).configuration).has('ingress')).toBe(true)
  })
})
