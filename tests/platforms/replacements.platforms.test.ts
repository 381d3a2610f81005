/** What takes the place of another part fails its items, with its cause, when it is broken: each platform is broken in several ways. */
import './own-state'
import { describe, expect, it } from 'vitest'
import { base64, edited, inService, provisioned, scaleDown } from '../../faults/catalogue/breaking'
import { Doors } from '../../faults/doors/doors'
import { until } from '../../faults/doors/until'
import { runSuite } from '../../faults/runs/suite'
import { holdAnnotation } from '../../sandbox/cluster/backends'
import type { Rule } from '../../sandbox/interference/rules'
import type { PlatformName } from '../../sandbox/platform/platforms'
import { onPlatform, withKeys } from './judged'
import { ownState } from './own-state'

interface Broken {
  readonly title: string
  /** The sections and items to run. */
  readonly asked: readonly string[]
  readonly failed: readonly string[]
  /** Part of the summary of the cause. */
  readonly cause: string
  readonly apply: (doors: Doors) => Promise<() => Promise<void>>
  /** Runs what changes the platform too: 2.4 and section 19. */
  readonly writes?: boolean
  /** Keys of the configuration that this platform would need to say what is wrong. */
  readonly configuration?: object
}

const kustomization = {
  kind: 'kustomization.kustomize.toolkit.fluxcd.io',
  name: 'dora-metrics',
  namespace: 'flux-system',
}
const inFlux = (kind: string, name: string) => ({ kind, name, namespace: 'flux-system' })
const helmRelease = inFlux('helmrelease.helm.toolkit.fluxcd.io', 'dora-metrics')
const helmChart = inFlux('helmchart.source.toolkit.fluxcd.io', 'flux-system-dora-metrics')
const helmRepository = inFlux('helmrepository.source.toolkit.fluxcd.io', 'devlake')
const inDashboards = (kind: string, name: string) => ({ kind, name, namespace: 'dashboards' })
const source = { kind: 'gitrepository.source.toolkit.fluxcd.io', name: 'platform', namespace: 'flux-system' }
const route = { kind: 'httproute', name: 'dora-metrics', namespace: 'fawkes' }
const routeAtGateway = { kind: 'httproute', name: 'dora-metrics', namespace: 'gateways' }
const gateway = { kind: 'gateway', name: 'public', namespace: 'gateways' }

const conditions = (...given: readonly { type: string; status: 'True' | 'False'; message: string }[]) => ({
  status: { conditions: given.map((one) => ({ ...one, reason: 'Failed', lastTransitionTime: new Date() })) },
})
const notReady = (message: string) => conditions({ type: 'Ready', status: 'False', message })

/** Changes every deployment that is stored from now on. */
const storing = (change: string) => async (doors: Doors) => {
  await doors.sql(`CREATE TRIGGER acceptance_fault BEFORE INSERT ON deployments FOR EACH ROW SET ${change}`)
  return () => doors.sql('DROP TRIGGER acceptance_fault')
}

/** Replaces the answers of a process below a path. */
const answering = (process: Rule['process'], path: string, status: number, body: unknown) => async (doors: Doors) =>
  doors.interfere({
    process,
    path,
    how: { kind: 'answer', status, type: 'application/json', body: JSON.stringify(body) },
  })

const replacing = (process: Rule['process'], path: string, pattern: string, by: string) => async (doors: Doors) =>
  doors.interfere({ process, path, how: { kind: 'replace', what: [{ pattern, by }] } })

const gitLabConnection = async (doors: Doors) =>
  `/api/plugins/gitlab/connections/${await doors.idOf('/api/plugins/gitlab/connections')}`

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
    {
      title: 'no reported deployment is stored',
      asked: ['19'],
      writes: true,
      failed: ['19.2', '19.3', '19.4', '19.5'],
      cause: 'The deployments that were sent differ from the deployments table',
      apply: (doors) =>
        Promise.resolve(
          doors.interfere({
            process: 'lake',
            path: '^/api/plugins/webhook/.*deployments',
            how: { kind: 'answer', status: 200, type: 'application/json', body: '{"success":true}' },
          }),
        ),
    },
    {
      title: 'a reported deployment is stored as a failure',
      asked: ['19'],
      writes: true,
      failed: ['19.2', '19.3', '19.4', '19.5'],
      cause: 'The deployments that were sent differ from the deployments table',
      apply: storing("NEW.result = 'FAILURE'"),
    },
    {
      title: 'the API leaves out the newest deployments',
      asked: ['19'],
      writes: true,
      failed: ['19.3'],
      cause: 'The deployments that were sent differ from the deployments of the API',
      apply: answering('lake', '^/api/deployments', 200, { deployments: [], count: 0 }),
    },
    {
      title: 'a panel omits the past days',
      asked: ['19'],
      writes: true,
      failed: ['19.5'],
      cause: 'panel',
      apply: edited(
        'dora-overview',
        'FROM counted WHERE succeeded\\nGROUP BY 1',
        'FROM counted WHERE succeeded AND finished_date >= UTC_TIMESTAMP() - INTERVAL 1 DAY\\nGROUP BY 1',
      ),
    },
  ],
  'flux-helm': [
    {
      title: 'the HelmRelease is suspended',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'Nobody reconciles HelmRelease flux-system/dora-metrics: it is suspended.',
      apply: (doors) => doors.patch(helmRelease, { spec: { suspend: true } }),
    },
    {
      title: 'the release failed',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'HelmRelease flux-system/dora-metrics is not Ready.',
      apply: (doors) => doors.patch(helmRelease, notReady('Helm install failed: timed out'), 'status'),
    },
    {
      title: 'Flux has given up on the release',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'Flux has given up on HelmRelease flux-system/dora-metrics: it is stalled.',
      apply: (doors) =>
        doors.patch(
          helmRelease,
          conditions(
            { type: 'Ready', status: 'False', message: 'Helm upgrade failed' },
            { type: 'Stalled', status: 'True', message: 'Failed to upgrade after 3 attempts' },
          ),
          'status',
        ),
    },
    {
      title: 'the helm-controller does not attend to the newest HelmRelease',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'The status of HelmRelease flux-system/dora-metrics is of an older generation',
      apply: async (doors) => {
        // Without an artifact of the chart, the stand-in of the helm-controller has nothing to report.
        const chart = await doors.patch(helmChart, { status: { artifact: null } }, 'status')
        const release = await doors.patch(helmRelease, { status: { observedGeneration: 0 } }, 'status')
        return async () => {
          await release()
          await chart()
        }
      },
    },
    {
      title: 'the repository does not have the chart',
      asked: ['2'],
      failed: ['2.3'],
      cause:
        'HelmChart flux-system/flux-system-dora-metrics, the source of HelmRelease flux-system/dora-metrics, is not Ready.',
      apply: (doors) => doors.patch(helmChart, notReady('no chart version found for devlake-1.0.2'), 'status'),
    },
    {
      title: 'the repository cannot be fetched, so the chart and the release are not ready',
      asked: ['2'],
      failed: ['2.3'],
      cause: 'HelmRepository flux-system/devlake, the source of HelmRelease flux-system/dora-metrics, is not Ready.',
      apply: async (doors) => {
        const undo = [
          await doors.patch(helmRepository, notReady('failed to fetch index.yaml: 404'), 'status'),
          await doors.patch(helmChart, notReady('failed to get source'), 'status'),
          await doors.patch(helmRelease, notReady('HelmChart is not ready'), 'status'),
        ]
        return async () => {
          for (const one of undo.reverse()) await one()
        }
      },
    },
    {
      title: 'the release has another chart than the configuration says',
      asked: ['2'],
      failed: ['2.1'],
      cause: 'HelmRelease flux-system/dora-metrics does not deploy the configured part of the repository.',
      apply: (doors) => doors.patch(helmRelease, { spec: { chart: { spec: { chart: 'devlake-fork' } } } }),
    },
    {
      title: 'the release comes from another repository than the configuration says',
      asked: ['2'],
      failed: ['2.1'],
      cause: 'HelmRelease flux-system/dora-metrics does not deploy from the platform repository.',
      apply: (doors) => doors.patch(helmRepository, { spec: { url: 'https://charts.example.org' } }),
    },
    {
      title: 'the source is gone',
      asked: ['2'],
      failed: ['2.1', '2.3'],
      cause: 'HelmRepository flux-system/devlake does not exist.',
      apply: (doors) => doors.delete(helmRepository),
    },
    {
      title: 'the helm-controller is gone',
      asked: ['0.6'],
      failed: ['0.6'],
      cause: 'app.kubernetes.io/component=helm-controller',
      apply: (doors) => doors.delete(inFlux('deployment', 'helm-controller')),
    },
  ],
  gitlab: [
    {
      title: 'GitLab does not accept the token of the connection',
      asked: ['0', '11'],
      failed: ['11.2'],
      cause: 'The test of the connection gitlab to GitLab fails',
      apply: async (doors) => doors.revoke('gitlab'),
    },
    {
      title: 'the token is not in the Secret',
      asked: ['0', '11'],
      failed: ['0.11'],
      cause: 'gitlab-token',
      apply: (doors) => doors.patch(inService('secret', 'devlake-secrets'), { data: { 'gitlab-token': '' } }),
    },
    {
      title: 'the connection was deleted',
      asked: ['0', '11'],
      failed: ['11.2'],
      cause: 'There is no connection to GitLab',
      apply: async (doors) => {
        await doors.service('DELETE', await gitLabConnection(doors))
        return () => doors.connectAgain()
      },
    },
    {
      title: 'merge requests are not collected',
      asked: ['0', '11'],
      failed: ['11.3'],
      cause: 'does not collect pull requests',
      apply: async (doors) => {
        const configs = `${await gitLabConnection(doors)}/scope-configs`
        const config = `${configs}/${await doors.idOf(configs)}`
        await doors.service('PATCH', config, { entities: ['CODE', 'CROSS'] })
        return async () => void (await doors.service('PATCH', config, { entities: ['CODE', 'CODEREVIEW', 'CROSS'] }))
      },
    },
  ],
  'sso-grafana': [
    {
      title: 'the token of the service account was deleted',
      asked: ['15', '16.1'],
      failed: ['15.2'],
      cause: 'Grafana does not accept the token of a service account that the Secret holds.',
      apply: (doors) =>
        doors.patch(inService('secret', 'devlake-grafana-secrets'), {
          data: { 'service-account-token': base64('glsa_0123456789012345678901234567890123456789_01234567') },
        }),
    },
    {
      title: 'the service account is a Viewer',
      asked: ['15', '16.1'],
      failed: ['16.1'],
      cause: 'may not read /api/datasources',
      apply: answering('grafana', '^/api/datasources$', 403, {
        message: "You'll need additional permissions to perform this action.",
      }),
    },
    {
      title: 'the service account may see no folder',
      asked: ['15', '16.1'],
      failed: ['16.1'],
      cause: 'shows the service account no dashboard',
      apply: answering('grafana', '^/api/search\\?type=dash-db', 200, []),
    },
    {
      title: 'the dashboards are in another folder',
      asked: ['15', '16.1'],
      failed: ['16.1'],
      cause: 'Grafana has no dashboards in the folder Engineering.',
      apply: replacing('grafana', '^/api/(search|dashboards)', '"folderTitle":"[^"]*"', '"folderTitle":"Sandbox"'),
    },
    {
      title: 'Grafana leads nobody to the provider',
      asked: ['15', '16.1'],
      failed: ['15.2'],
      cause: 'Grafana does not lead to the single sign-on generic_oauth.',
      apply: answering('grafana', '^/login/generic_oauth', 500, { message: 'missing client id' }),
    },
  ],
  'grafana-elsewhere': [
    {
      title: 'Grafana has no pod',
      asked: ['1', '3', '4', '15'],
      failed: ['3.1', '3.3'],
      cause: 'StatefulSet dashboards/devlake-grafana',
      apply: (doors) => scaleDown(doors, 'statefulset', 'devlake-grafana', 'dashboards'),
    },
    {
      title: 'its Secret is empty',
      asked: ['1', '15'],
      failed: ['1.3', '15.1'],
      cause: 'admin-password is empty',
      apply: (doors) =>
        doors.patch(inDashboards('secret', 'devlake-grafana-secrets'), { data: { 'admin-password': '' } }),
    },
    {
      title: 'its ExternalSecret reads nothing',
      asked: ['1', '15'],
      failed: ['1.1'],
      cause: 'ExternalSecret dashboards/devlake-grafana-secrets',
      apply: async (doors) => {
        const reference = inDashboards('externalsecret', 'devlake-grafana-secrets')
        // The stand-in of External Secrets corrects a status that nothing holds.
        const held = await doors.patch(reference, { metadata: { annotations: { [holdAnnotation]: 'true' } } })
        const status = await doors.patch(reference, notReady('could not get secret data from provider'), 'status')
        return async () => {
          await status()
          await held()
        }
      },
    },
    {
      title: 'its data source names no host that this namespace knows',
      asked: ['16.1'],
      failed: ['16.1'],
      cause: 'Grafana cannot query the data source mysql',
      apply: async (doors) =>
        doors.rewrite(provisioned('datasources.yaml'), (text) => text.replace('$MYSQL_URL', 'devlake-db:3306')),
    },
    {
      title: 'a NetworkPolicy keeps Grafana from the database',
      asked: ['16.1'],
      failed: ['16.1'],
      cause: 'Grafana cannot query the data source mysql',
      apply: answering('grafana', '^/api/datasources/uid/.*/health', 400, {
        status: 'ERROR',
        message: 'failed to connect to server - dial tcp 10.96.0.12:3306: i/o timeout',
      }),
    },
    {
      title: 'its Ingress leads to a service of another name',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'Ingress dashboards/devlake-grafana routes / to a service that does not exist: devlake-grafana-old.',
      apply: (doors) =>
        doors.patch(inDashboards('ingress', 'devlake-grafana'), {
          spec: {
            rules: [
              {
                host: 'devlake-grafana.127.0.0.1.nip.io',
                http: { paths: [backend('/', 'devlake-grafana-old', 3000)] },
              },
            ],
          },
        }),
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
      title: 'a listener cannot use its certificate, although its Gateway is programmed',
      asked: ['5'],
      failed: ['5.1'],
      cause:
        'The listener https of Gateway gateways/public, which serves devlake.127.0.0.1.nip.io, refers to an object',
      apply: (doors) => {
        const [refused] = conditions({ type: 'ResolvedRefs', status: 'False', message: 'no such Secret' }).status
          .conditions
        const listener = { name: 'https', attachedRoutes: 1, supportedKinds: [], conditions: [refused] }
        return doors.patch(gateway, { status: { listeners: [listener] } }, 'status')
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
  'ingress-elsewhere': [
    {
      title: 'the Service that stands for the lake leads to another one',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'Ingress edge/devlake does not route /api to devlake-lake:8080.',
      apply: (doors) =>
        doors.patch(
          { kind: 'service', name: 'devlake-lake', namespace: 'edge' },
          { spec: { externalName: 'devlake-lake.shop.svc.cluster.local' } },
        ),
    },
    {
      title: 'the Ingress is gone, and another one leads to the service',
      asked: ['5.1'],
      failed: ['5.1'],
      cause: 'Ingress fawkes/devlake does not exist.',
      configuration: { ingresses: { service: { namespace: 'fawkes' } } },
      apply: async () => async () => undefined,
    },
  ],
  'routes-elsewhere': [
    {
      title: 'the ReferenceGrant is gone',
      asked: ['5'],
      failed: ['5.1'],
      cause: 'No ReferenceGrant lets HTTPRoute gateways/dora-metrics lead to Services of another namespace.',
      apply: async (doors) => {
        const undo = await doors.delete({ kind: 'referencegrant', name: 'from-gateways', namespace: 'fawkes' })
        const isRefused = async () =>
          JSON.stringify((await doors.get(routeAtGateway)).status).includes('RefNotPermitted')
        await until('the routes to be refused', isRefused)
        return async () => {
          await undo()
          await until('the routes to be accepted', async () => !(await isRefused()))
        }
      },
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
    const results = await onPlatform(
      platform,
      async (environment) => {
        const doors = new Doors(environment)
        const seen: object[] = []
        for (const { title, asked, writes, configuration = {}, apply } of faults) {
          const undo = await apply(doors)
          const given = writes ? asked : [...asked, '--read-only']
          const { verdict } = await runSuite(withKeys(environment, configuration), given)
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
      },
      ownState,
    )
    expect(results).toEqual(
      faults.map(({ title, failed, cause }) => ({
        title,
        failed,
        causes: expect.arrayContaining([expect.stringContaining(cause)]),
      })),
    )
  })
})
