/** What takes the place of another part fails its items, with its cause, when it is broken: each platform is broken in several ways. */
import { describe, expect, it } from 'vitest'
import { Doors } from '../../faults/doors/doors'
import { runSuite } from '../../faults/runs/suite'
import type { PlatformName } from '../../sandbox/platform/platforms'
import { onPlatform } from './judged'

interface Broken {
  readonly title: string
  /** The sections and items to run. */
  readonly asked: readonly string[]
  readonly failed: readonly string[]
  /** Part of the summary of the cause. */
  readonly cause: string
  readonly apply: (doors: Doors) => Promise<() => Promise<void>>
}

const kustomization = {
  kind: 'kustomization.kustomize.toolkit.fluxcd.io',
  name: 'dora-metrics',
  namespace: 'flux-system',
}
const source = { kind: 'gitrepository.source.toolkit.fluxcd.io', name: 'platform', namespace: 'flux-system' }
const route = { kind: 'httproute', name: 'dora-metrics', namespace: 'fawkes' }
const gateway = { kind: 'gateway', name: 'public', namespace: 'gateways' }
const inService = (kind: string, name: string) => ({ kind, name, namespace: 'fawkes' })

const notReady = (message: string) => ({
  status: {
    conditions: [{ type: 'Ready', status: 'False', reason: 'Failed', message, lastTransitionTime: new Date() }],
  },
})

const backend = (path: string, name: string, port: number) => ({
  ...{ path, pathType: 'Prefix' },
  backend: { service: { name, port: { number: port } } },
})

const broken: Partial<Record<PlatformName, readonly Broken[]>> = {
  flux: [
    {
      title: 'the Kustomization is suspended',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'Nobody reconciles Kustomization flux-system/dora-metrics: it is suspended.',
      apply: (doors) => doors.patch(kustomization, { spec: { suspend: true } }),
    },
    {
      title: 'the Kustomization cannot be applied',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'Kustomization flux-system/dora-metrics is not Ready.',
      apply: (doors) => doors.patch(kustomization, notReady('kustomize build failed'), 'status'),
    },
    {
      title: 'the source cannot be fetched',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'GitRepository flux-system/platform, the source of Kustomization flux-system/dora-metrics, is not Ready.',
      apply: (doors) => doors.patch(source, notReady('authentication required'), 'status'),
    },
    {
      title: 'a controller is gone',
      asked: ['0.6'],
      failed: ['0.6'],
      cause: 'app.kubernetes.io/component=kustomize-controller',
      apply: (doors) => doors.delete({ kind: 'deployment', name: 'kustomize-controller', namespace: 'flux-system' }),
    },
  ],
  'gateway-api': [
    {
      title: 'a path leads to another service',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'HTTPRoute fawkes/dora-metrics does not route /api to devlake-lake:8080.',
      apply: (doors) =>
        doors.patch(route, {
          spec: {
            rules: [
              {
                matches: [{ path: { type: 'PathPrefix', value: '/' } }],
                backendRefs: [{ name: 'devlake-ui', port: 4000 }],
              },
            ],
          },
        }),
    },
    {
      title: 'the Gateway has no listener for the host',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'No listener of the Gateways of HTTPRoute fawkes/dora-dashboards serves the host',
      apply: async (doors) => {
        const listeners = [{ name: 'http', port: 80, protocol: 'HTTP', hostname: 'devlake.127.0.0.1.nip.io' }]
        return doors.patch(gateway, {
          spec: { listeners: listeners.map((one) => ({ ...one, allowedRoutes: { namespaces: { from: 'All' } } })) },
        })
      },
    },
    {
      title: 'the GatewayClass is gone',
      asked: ['0.4'],
      failed: ['0.4'],
      cause: 'GatewayClass',
      apply: (doors) => doors.delete({ kind: 'gatewayclass', name: 'shared' }),
    },
  ],
  'load-balancer': [
    {
      title: 'the Service is open to the cluster only',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'Service fawkes/devlake-public cannot be reached from outside the cluster: its type is ClusterIP.',
      apply: (doors) => doors.patch(inService('service', 'devlake-public'), { spec: { type: 'ClusterIP' } }),
    },
    {
      title: 'the Service selects other pods',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'Service fawkes/devlake-grafana-public selects no pod of grafana.',
      apply: (doors) =>
        doors.patch(inService('service', 'devlake-grafana-public'), {
          spec: { selector: { 'app.kubernetes.io/component': 'shop' } },
        }),
    },
  ],
  'several-hosts': [
    {
      title: 'the host of the API leads to the pages',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'Ingress fawkes/devlake-api does not route /api to devlake-lake:8080.',
      apply: (doors) =>
        doors.patch(inService('ingress', 'devlake-api'), {
          spec: {
            rules: [
              {
                host: 'devlake-api.127.0.0.1.nip.io',
                http: { paths: [backend('/api', 'devlake-ui', 4000), backend('/metrics', 'devlake-lake', 8080)] },
              },
            ],
          },
        }),
    },
    {
      title: 'the certificate of the second host is that of the first',
      asked: ['5'],
      failed: ['5.2'],
      cause: 'dora.127.0.0.1.nip.io',
      apply: (doors) =>
        doors.patch(inService('ingress', 'devlake-alias'), {
          spec: { tls: [{ hosts: ['dora.127.0.0.1.nip.io'], secretName: 'devlake-tls' }] },
        }),
    },
  ],
}

describe.each(Object.entries(broken) as [PlatformName, readonly Broken[]][])('%s', (platform, faults) => {
  it('is judged by what is broken', async () => {
    const results = await onPlatform(platform, async (environment) => {
      const doors = new Doors(environment)
      const seen: object[] = []
      for (const { title, asked, apply } of faults) {
        const undo = await apply(doors)
        const { verdict } = await runSuite(environment, [...asked, '--read-only'])
        await undo()
        seen.push({
          title,
          failed: verdict.items
            .filter(({ status, how }) => status === 'failed' && how !== 'derived')
            .map(({ id }) => id),
          causes: verdict.causes.map(({ summary }) => summary),
        })
      }
      return seen
    })
    expect(results).toEqual(
      faults.map(({ title, failed, cause }) => ({
        title,
        failed,
        causes: expect.arrayContaining([expect.stringContaining(cause)]),
      })),
    )
  })
})
