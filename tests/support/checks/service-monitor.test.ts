/** A ServiceMonitor selects the lake, and a Prometheus that is attended to selects the ServiceMonitor. */
import { describe, expect, it } from 'vitest'
import { expectSelectedByPrometheus, expectSelectsLake } from '../../../support/checks/service-monitor'
import { type ClusterObject, configuration, findingOf, platformOf } from '../../fixtures/platform-of-objects'

const { labels } = configuration.components.lake
const serviceLabels = { 'app.kubernetes.io/name': 'devlake' }
const service: ClusterObject = {
  resource: 'services',
  metadata: { name: 'devlake-lake', labels: serviceLabels },
  spec: { ports: [{ name: 'web', port: 8080, targetPort: 'http' }] },
}
const pod: ClusterObject = {
  resource: 'pods',
  metadata: { name: 'lake-0', labels },
  spec: { containers: [{ name: 'lake', ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: { phase: 'Running' },
}
const monitor = (endpoint: object, spec: object = {}, metadata: object = {}): ClusterObject => ({
  resource: 'servicemonitors',
  metadata: { name: 'devlake-metrics', namespace: 'monitoring', labels: { release: 'x' }, ...metadata },
  spec: {
    selector: { matchLabels: serviceLabels },
    namespaceSelector: { matchNames: ['fawkes'] },
    endpoints: [endpoint],
    ...spec,
  },
})
const prometheus = (spec: object = {}, status: object = {}, metadata: object = {}): ClusterObject => ({
  resource: 'prometheuses',
  metadata: { name: 'p', namespace: 'monitoring', generation: 2, ...metadata },
  spec: { serviceMonitorSelector: { matchLabels: { release: 'x' } }, ...spec },
  status: { conditions: [{ type: 'Available', status: 'True', observedGeneration: 2 }], ...status },
})

const lakeBy = (given: ClusterObject) => expectSelectsLake(platformOf({ objects: [service, pod, given] }))

describe('a ServiceMonitor', () => {
  it.each([[{ port: 'web' }], [{ targetPort: 'http' }], [{ targetPort: 8080 }], [{}]])(
    'selects the lake by %j',
    async (endpoint) => {
      await lakeBy(monitor(endpoint))
    },
  )

  it.each<[string, ClusterObject, RegExp]>([
    ['a port of the container', monitor({ port: 'http' }), /names a port that the service devlake-lake does not have/],
    ['a target port of the service', monitor({ targetPort: 'web' }), /names a port/],
    ['a number that no container has', monitor({ targetPort: 80 }), /names a port/],
    [
      'other labels',
      monitor({ port: 'web' }, { selector: { matchLabels: { a: 'b' } } }),
      /does not select the service/,
    ],
    [
      'an expression that excludes the lake',
      monitor(
        { port: 'web' },
        { selector: { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'NotIn', values: ['devlake'] }] } },
      ),
      /does not select the service/,
    ],
    [
      'no namespace selector',
      monitor({ port: 'web' }, { namespaceSelector: {} }),
      /does not watch the namespace fawkes/,
    ],
    ['a deletion', monitor({ port: 'web' }, {}, { deletionTimestamp: '2026-11-28T09:00:00Z' }), /is being deleted/],
  ])('does not select the lake by %s', async (_, given, summary) => {
    expect((await findingOf(lakeBy(given))).summary).toMatch(summary)
  })
})

describe('a ServiceMonitor is selected', () => {
  const by = (...given: ClusterObject[]) =>
    expectSelectedByPrometheus(
      platformOf({
        objects: [
          monitor({ port: 'web' }),
          { resource: 'namespaces', metadata: { name: 'monitoring', namespace: 'x', labels: { a: 'b' } } },
          ...given,
        ],
      }),
    )

  it('by a Prometheus, also beside a paused one', async () => {
    await by(prometheus())
    await by(prometheus({ paused: true }), prometheus())
  })

  it('by the Prometheus behind the configured Service, whatever those of other teams select', async () => {
    const asked: ClusterObject = {
      resource: 'services',
      metadata: { name: configuration.monitoring.prometheus.service, namespace: 'monitoring' },
      spec: { selector: { 'operator.prometheus.io/name': 'p' } },
    }
    const theirs = (spec: object) => prometheus(spec, {}, { name: 'theirs' })
    const others = { serviceMonitorSelector: { matchLabels: { release: 'y' } } }
    await by(asked, theirs(others), prometheus())
    expect((await findingOf(by(asked, theirs({}), prometheus(others)))).found).toBe(
      'release=x; Prometheus p selects other labels',
    )
  })

  const operator = (...args: readonly string[]): ClusterObject => ({
    resource: 'deployments',
    metadata: { name: 'operator', namespace: 'monitoring', labels: { app: 'operator' } },
    spec: { template: { spec: { containers: [{ args }] } } },
  })
  const operated = (...operators: readonly ClusterObject[]) =>
    expectSelectedByPrometheus(
      platformOf({
        configuration: { dependencies: { prometheusOperator: { selector: 'app=operator' } } },
        objects: [monitor({ port: 'web' }), prometheus(), ...operators],
      }),
    )

  it.each<[string, readonly string[], string]>([
    ['watches other namespaces', ['--namespaces=shop,other', '--namespaces', 'third'], 'namespaces shop, other, third'],
    ['ignores its namespace', ['-deny-namespaces=shop,monitoring'], 'all namespaces but shop, monitoring'],
  ])('not if the operator %s', async (_, args, namespaces) => {
    const { summary, found } = await findingOf(operated(operator(...args)))
    expect(summary).toBe(
      'The Prometheus Operator does not watch the namespace monitoring, so it never sees ServiceMonitor monitoring/devlake-metrics.',
    )
    expect(found).toBe(namespaces)
  })

  it.each<[string, readonly (readonly string[])[]]>([
    ['watches its namespace', [['--namespaces=shop,monitoring', '--prometheus-instance-namespaces=shop']]],
    ['ignores others', [['--deny-namespaces=shop']]],
    ['watches those of its environment', [['--namespaces=$(NAMESPACES)']]],
    ['is one of two, and the other watches its namespace', [['--namespaces=shop'], []]],
  ])('by a Prometheus whose operator %s', async (_, all) => {
    await operated(...all.map((args) => operator(...args)))
  })

  it.each<[string, ClusterObject, RegExp]>([
    ['only by a paused one', prometheus({ paused: true }), /Prometheus monitoring\/p is paused/],
    [
      'only by one of an older generation',
      prometheus({}, { conditions: [{ type: 'Available', status: 'True', observedGeneration: 1 }] }),
      /older generation/,
    ],
    [
      'only by one that is being deleted',
      prometheus({}, {}, { deletionTimestamp: '2026-11-28T09:00:00Z' }),
      /is being deleted/,
    ],
    [
      'by one that ignores its namespaceSelector',
      prometheus({ ignoreNamespaceSelectors: true }),
      /^Prometheus monitoring\/p ignores the namespaceSelector of the ServiceMonitor in monitoring, so it does not watch/,
    ],
    [
      'by none with its labels',
      prometheus({ serviceMonitorSelector: { matchLabels: { release: 'y' } } }),
      /not selected by any Prometheus/,
    ],
    [
      'by none with its expressions',
      prometheus({ serviceMonitorSelector: { matchExpressions: [{ key: 'release', operator: 'DoesNotExist' }] } }),
      /not selected by any Prometheus/,
    ],
  ])('not %s', async (_, given, summary) => {
    expect((await findingOf(by(given))).summary).toMatch(summary)
  })

  it.each<[string, object, RegExp, RegExp]>([
    ['no selector', { serviceMonitorSelector: undefined }, /p has no serviceMonitorSelector/, /no label helps/],
    [
      'other labels of its namespace',
      { serviceMonitorNamespaceSelector: { matchLabels: { a: 'c' } } },
      /p selects in namespaces with other labels/,
      /label namespace monitoring --overwrite a=c/,
    ],
  ])('not by one with %s, which is said', async (_, spec, why, remedy) => {
    const { found, remedy: commands } = await findingOf(by(prometheus(spec)))
    expect(found).toMatch(why)
    expect(commands.join()).toMatch(remedy)
  })

  it('not from another namespace by one without a namespace selector, but by one with an empty one', async () => {
    const elsewhere = { configuration: { monitoring: { serviceMonitorNamespace: 'fawkes' } } }
    const from = (spec: object) =>
      expectSelectedByPrometheus(
        platformOf({
          ...elsewhere,
          objects: [
            monitor({ port: 'web' }, {}, { namespace: 'fawkes' }),
            { resource: 'namespaces', metadata: { name: 'fawkes' } },
            prometheus(spec),
          ],
        }),
      )
    const { found, remedy } = await findingOf(from({}))
    expect(found).toBe(
      'release=x; Prometheus p has no serviceMonitorNamespaceSelector, so it selects in its own namespace only',
    )
    expect(remedy.join()).toContain('"operator":"In","values":["monitoring","fawkes"]')
    await from({ serviceMonitorNamespaceSelector: {} })
    await from({ serviceMonitorNamespaceSelector: {}, ignoreNamespaceSelectors: true })
  })
})
