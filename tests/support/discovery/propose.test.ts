import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeConfiguration } from '../../../support/configuration/effective'
import { configurationSchema } from '../../../support/configuration/schema'
import { contractNames } from '../../../support/contracts/contract'
import { configurationFile } from '../../../support/discovery/file'
import { configurationOf, type Defaults, propose } from '../../../support/discovery/propose'
import { type Kind, snapshotOf } from '../../../support/discovery/snapshot'
import { contracts } from '../../../support/flavours/flavours'

const defaults = Object.fromEntries(
  contractNames.map((name): [string, Defaults] => [
    name,
    { names: contracts[name].names, hasMetrics: !('absent' in contracts[name].metrics) },
  ]),
) as Record<(typeof contractNames)[number], Defaults>

type Labels = Readonly<Record<string, string>>
type Objects = Partial<Record<Kind, readonly object[]>>

const pod = (namespace: string, name: string, labels: Labels, image: string, more: object = {}) => ({
  metadata: { name, namespace, labels },
  spec: { containers: [{ name: 'main', image }], ...more },
})
const service = (namespace: string, name: string, selector: Labels, port: number, more: object = {}) => ({
  metadata: { name, namespace, labels: selector },
  spec: { selector, ports: [{ name: 'http', port }], clusterIP: '10.0.0.1', ...more },
})
const rulesTo = (paths: Labels, pathType: string) =>
  Object.entries(paths).map(([path, backend]) => ({ path, pathType, backend: { service: { name: backend } } }))
const ingress = (namespace: string, name: string, host: string, paths: Labels, exact: Labels = {}) => ({
  metadata: { name, namespace },
  spec: {
    rules: [
      {
        host,
        http: {
          paths: [...rulesTo(paths, 'Prefix'), ...rulesTo(exact, 'Exact')],
        },
      },
    ],
  },
})
const externalSecret = (namespace: string, name: string, keys: readonly string[], target?: string) => ({
  metadata: { name, namespace },
  spec: { data: keys.map((secretKey) => ({ secretKey })), ...(target ? { target: { name: target } } : {}) },
})
const application = (namespace: string, name: string, destination: string, managed: readonly string[] = []) => ({
  metadata: { name, namespace },
  spec: { destination: { namespace: destination } },
  status: { resources: managed.map((name) => ({ kind: 'Deployment', name, namespace: destination })) },
})

const images = { lake: 'apache/devlake:v1', ui: 'apache/devlake-config-ui:v1', grafana: 'apache/devlake-dashboard:v1' }
const ownLabels = (component: string) => ({
  'app.kubernetes.io/name': 'devlake',
  'app.kubernetes.io/component': component,
})

interface Shape {
  readonly namespace?: string
  readonly labels?: (component: string) => Labels
  readonly prefix?: string
  readonly monitoring?: string
  readonly release?: string
}

/** The platform of the checklist, or one that differs from it only in its names. */
function platform({
  namespace = 'fawkes',
  labels = ownLabels,
  prefix = 'devlake',
  monitoring = 'monitoring',
  release = 'prometheus-kube-prometheus',
}: Shape = {}) {
  const ports = { lake: 8080, ui: 4000, grafana: 3000, mysql: 3306 }
  const parts = { ...images, mysql: 'mysql:8' }
  const claim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'devlake-mysql' } }] }
  const others: readonly [string, Labels, string][] = [
    ['ingress', { 'app.kubernetes.io/name': 'ingress-nginx' }, 'registry.k8s.io/ingress-nginx/controller:v1'],
    ['cert', { 'app.kubernetes.io/instance': 'cert-manager' }, 'quay.io/jetstack/cert-manager-controller:v1'],
    ['argo', { 'app.kubernetes.io/part-of': 'argocd' }, 'quay.io/argoproj/argocd:v3'],
    ['es', { 'app.kubernetes.io/instance': 'external-secrets' }, 'ghcr.io/external-secrets/external-secrets:v1'],
  ]
  return {
    pods: [
      ...Object.entries(parts).map(([part, image]) =>
        pod(namespace, `${prefix}-${part}-0`, labels(part), image, part === 'mysql' ? claim : {}),
      ),
      ...others.map(([name, labels, image]) => pod('system', name, labels, image)),
    ],
    services: [
      ...Object.entries(ports).map(([part, port]) => service(namespace, `${prefix}-${part}`, labels(part), port)),
      service(monitoring, `${release}-prometheus`, { 'app.kubernetes.io/name': 'prometheus' }, 9090),
      service(monitoring, 'prometheus-operated', { 'app.kubernetes.io/name': 'prometheus' }, 9090, {
        clusterIP: 'None',
      }),
      service(monitoring, `${release}-alertmanager`, { 'app.kubernetes.io/name': 'alertmanager' }, 9093),
    ],
    ingresses: [
      ingress(namespace, 'devlake', 'devlake.127.0.0.1.nip.io', {
        '/': `${prefix}-ui`,
        '/api': `${prefix}-lake`,
        '/metrics': `${prefix}-lake`,
      }),
      ingress(namespace, 'devlake-grafana', 'devlake-grafana.127.0.0.1.nip.io', { '/': `${prefix}-grafana` }),
    ],
    applications: [application('fawkes', 'devlake', namespace)],
    externalSecrets: [
      externalSecret(namespace, 'devlake-secrets', ['encryption-secret', 'api-token', 'github-token']),
      externalSecret(namespace, 'devlake-db', ['mysql-root-password', 'mysql-password']),
      externalSecret(namespace, 'devlake-grafana-secrets', ['admin-password']),
    ],
    serviceMonitors: [
      {
        metadata: { name: 'devlake-metrics', namespace: monitoring },
        spec: { selector: { matchLabels: labels('lake') }, namespaceSelector: { matchNames: [namespace] } },
      },
    ],
    prometheuses: [{ metadata: { name: 'k8s', namespace: monitoring } }],
    certificates: [{ metadata: { name: 'tls', namespace } }],
  }
}

const proposed = (objects: Objects, refused?: ReadonlyMap<Kind, string>) =>
  propose(snapshotOf(objects, refused), defaults)

describe('a platform with the names of the contract', () => {
  it('needs no key, and leaves nothing open', () => {
    expect(proposed(platform())).toEqual({ contract: 'fawkes', proposals: [], questions: [] })
  })
})

const base = platform()
const helmLabels = (component: string) => ({ 'app.kubernetes.io/instance': 'dora', devlakeComponent: component })
const inHelmNames = platform({ labels: helmLabels, prefix: 'dora' })
const stock = platform()

const podsWithout = (...names: readonly string[]) => base.pods.filter(({ metadata }) => !names.includes(metadata.name))
const fluxSource = { kind: 'GitRepository', name: 'fawkes' }
const httpRoute = (name: string, host: string, paths: Labels) => ({
  metadata: { name, namespace: 'fawkes' },
  spec: {
    hostnames: [host],
    rules: Object.entries(paths).map(([value, service]) => ({
      matches: [{ path: { type: 'PathPrefix', value } }],
      backendRefs: [{ name: service, port: 80 }],
    })),
  },
})
const noneOf = (part: string) => `no pod runs ${part}, and the cluster has none of its objects`

const withoutGitHub = base.externalSecrets.map((one) =>
  one.metadata.name === 'devlake-secrets'
    ? externalSecret('fawkes', 'devlake-secrets', ['encryption-secret', 'api-token'])
    : one,
)
const argocdServer = { 'app.kubernetes.io/part-of': 'argocd', 'app.kubernetes.io/component': 'server' }

const prometheusServer = (object: string) => ({
  'app.kubernetes.io/name': 'prometheus',
  'operator.prometheus.io/name': object,
})
const prometheusObject = (namespace: string, name: string, release: string, selectsEverywhere = true) => ({
  metadata: { name, namespace },
  spec: {
    serviceMonitorSelector: { matchLabels: { release } },
    ...(selectsEverywhere ? { serviceMonitorNamespaceSelector: {} } : {}),
  },
})
/** The same ServiceMonitor, with the label by which the Prometheus of a release selects it. */
const monitorOf = ({ serviceMonitors }: ReturnType<typeof platform>, release: string, namespace?: string) =>
  serviceMonitors.map(({ metadata, spec }) => ({
    metadata: { ...metadata, labels: { release }, ...(namespace === undefined ? {} : { namespace }) },
    spec,
  }))
const twoGrafanas = platform({ prefix: 'dora' })
/** The Service of DevLake's own Grafana has neither the name nor the port of one. */
const hiddenGrafana = {
  ...twoGrafanas,
  services: twoGrafanas.services.map((one) =>
    one.metadata.name === 'dora-grafana' ? service('fawkes', 'charts', ownLabels('grafana'), 8030) : one,
  ),
  ingresses: [
    ...twoGrafanas.ingresses.slice(0, 1),
    ingress('fawkes', 'devlake-grafana', 'devlake-grafana.127.0.0.1.nip.io', { '/': 'charts' }),
  ],
}
const observed = platform({ monitoring: 'observability', release: 'kps-kube-prometheus' })

const differing: readonly [string, Objects, object, readonly (string | null)[]][] = [
  [
    'an operator of Prometheus and a Grafana of the monitoring in namespaces of their own',
    {
      ...base,
      pods: [
        ...base.pods,
        pod('operators', 'operator', { 'app.kubernetes.io/name': 'prometheus-operator' }, 'prometheus-operator'),
        pod('charts', 'grafana', { 'app.kubernetes.io/name': 'grafana' }, 'grafana/grafana:12'),
      ],
    },
    { dependencies: { prometheusOperator: { namespace: 'operators' }, grafana: { namespace: 'charts' } } },
    [],
  ],
  [
    "a Grafana beside DevLake's own in one namespace, and neither with the name of the checklist",
    {
      ...hiddenGrafana,
      pods: [
        ...hiddenGrafana.pods,
        pod('fawkes', 'kps-grafana-0', { 'app.kubernetes.io/name': 'grafana' }, 'grafana/grafana:12'),
      ],
      services: [
        ...hiddenGrafana.services,
        service('fawkes', 'kps-grafana', { 'app.kubernetes.io/name': 'grafana' }, 80),
      ],
    },
    {
      components: {
        lake: { service: 'dora-lake' },
        ui: { service: 'dora-ui' },
        grafana: { service: 'charts', port: 8030 },
        mysql: { service: 'dora-mysql' },
      },
    },
    [],
  ],
  [
    'a Prometheus of another team in the namespace of the checklist',
    {
      ...observed,
      services: [
        ...observed.services,
        service('monitoring', 'prometheus-kube-prometheus-prometheus', prometheusServer('k8s'), 9090),
      ],
      serviceMonitors: monitorOf(observed, 'kps', 'fawkes'),
      prometheuses: [prometheusObject('monitoring', 'k8s', 'shop'), prometheusObject('observability', 'kps', 'kps')],
    },
    {
      monitoring: {
        namespace: 'observability',
        serviceMonitorNamespace: 'fawkes',
        prometheus: { service: 'kps-kube-prometheus-prometheus' },
        alertmanager: { service: 'kps-kube-prometheus-alertmanager' },
      },
      dependencies: { prometheusOperator: { namespace: 'observability' }, grafana: { namespace: 'observability' } },
    },
    [],
  ],
  [
    'a Prometheus that takes ServiceMonitors of its own namespace only, beside the one that scrapes the service',
    {
      ...base,
      serviceMonitors: monitorOf(base, 'kps'),
      prometheuses: [
        prometheusObject('infra', 'infra', 'kps', false),
        prometheusObject('monitoring', 'kps', 'kps', false),
      ],
    },
    {},
    [],
  ],
  [
    'two Prometheuses in one namespace, of which one selects the ServiceMonitor',
    {
      ...base,
      services: [
        ...base.services.filter(({ metadata }) => !/-prometheus$/.test(metadata.name)),
        service('monitoring', 'prometheus-kube-prometheus-prometheus', prometheusServer('shop'), 9090),
        service('monitoring', 'dora-prometheus', prometheusServer('dora'), 9091),
      ],
      serviceMonitors: monitorOf(base, 'dora'),
      prometheuses: [prometheusObject('monitoring', 'shop', 'shop'), prometheusObject('monitoring', 'dora', 'dora')],
    },
    { monitoring: { prometheus: { service: 'dora-prometheus', port: 9091 } } },
    [],
  ],
  [
    'a Kustomization of Flux',
    {
      ...base,
      applications: [],
      pods: podsWithout('argo'),
      kustomizations: [
        {
          metadata: { name: 'dora', namespace: 'flux-system' },
          spec: { sourceRef: fluxSource },
          status: { inventory: { entries: [{ id: 'fawkes_devlake-lake_apps_StatefulSet' }] } },
        },
        {
          metadata: { name: 'shop', namespace: 'flux-system' },
          spec: { sourceRef: fluxSource, targetNamespace: 'shop' },
        },
      ],
    },
    {
      application: { kind: 'Kustomization', name: 'dora', namespace: 'flux-system' },
      absent: { argocd: noneOf('argocd') },
    },
    [],
  ],
  [
    'a HelmRelease of Flux, which a Kustomization applies',
    {
      ...base,
      applications: [],
      pods: podsWithout('argo'),
      kustomizations: [
        {
          metadata: { name: 'apps', namespace: 'flux-system' },
          spec: { sourceRef: fluxSource },
          status: { inventory: { entries: [{ id: 'fawkes_devlake_helm.toolkit.fluxcd.io_HelmRelease' }] } },
        },
      ],
      helmReleases: [{ metadata: { name: 'devlake', namespace: 'fawkes' }, spec: {} }],
    },
    { application: { kind: 'HelmRelease' }, absent: { argocd: noneOf('argocd') } },
    [],
  ],
  [
    'HTTPRoutes of the Gateway API',
    {
      ...base,
      pods: podsWithout('ingress'),
      ingresses: [],
      httpRoutes: [
        httpRoute('dora', 'dora.example.org', {
          '/': 'devlake-ui',
          '/api': 'devlake-lake',
          '/metrics': 'devlake-lake',
        }),
        httpRoute('charts', 'charts.example.org', { '/': 'devlake-grafana' }),
      ],
    },
    {
      ingresses: {
        service: { kind: 'HTTPRoute', name: 'dora', host: 'dora.example.org' },
        grafana: { kind: 'HTTPRoute', name: 'charts', host: 'charts.example.org' },
      },
      absent: { ingress: noneOf('ingressController') },
    },
    [],
  ],
  [
    'no cert-manager',
    { ...base, pods: podsWithout('cert'), certificates: [] },
    { absent: { certManager: noneOf('certManager') }, certificates: { expect: 'none' } },
    [],
  ],
  [
    'no Alertmanager',
    { ...base, services: base.services.filter(({ metadata }) => !metadata.name.includes('alertmanager')) },
    { absent: { alertmanager: 'no service selects pods of Alertmanager' } },
    [],
  ],
  [
    'a ServiceMonitor beside the service',
    {
      ...base,
      serviceMonitors: base.serviceMonitors.map((one) => ({
        ...one,
        metadata: { ...one.metadata, namespace: 'fawkes' },
      })),
    },
    { monitoring: { serviceMonitorNamespace: 'fawkes' } },
    [],
  ],
  [
    'an ExternalSecret of another name than its Secret',
    {
      ...base,
      externalSecrets: base.externalSecrets.map((one) =>
        one.metadata.name === 'devlake-db'
          ? externalSecret('fawkes', 'passwords', ['mysql-root-password', 'mysql-password'], 'devlake-db')
          : one,
      ),
    },
    { secretNames: { database: { externalSecret: 'passwords' } } },
    [],
  ],
  [
    'ArgoCD in a namespace of its own',
    { ...base, applications: [application('argocd', 'devlake', 'fawkes'), application('argocd', 'other', 'other')] },
    { application: { namespace: 'argocd' } },
    [],
  ],
  [
    'an Application of another name',
    { ...base, applications: [application('argocd', 'dora', 'fawkes')] },
    { application: { name: 'dora', namespace: 'argocd' } },
    [],
  ],
  [
    'an Application whose manifests name the namespace',
    {
      ...base,
      applications: [
        {
          ...application('argocd', 'dora', 'argocd'),
          status: { resources: [{ kind: 'Deployment', name: 'devlake-lake', namespace: 'fawkes' }] },
        },
      ],
    },
    { application: { name: 'dora', namespace: 'argocd' } },
    [],
  ],
  [
    'two Applications, of which one manages the lake',
    {
      ...base,
      applications: [
        application('argocd', 'dora', 'fawkes', ['devlake-ui', 'devlake-lake']),
        application('argocd', 'test-app', 'fawkes', ['test-app']),
      ],
    },
    { application: { name: 'dora', namespace: 'argocd' } },
    [],
  ],
  [
    'two Applications of which nothing says what they manage',
    { ...base, applications: [application('argocd', 'dora', 'fawkes'), application('argocd', 'test-app', 'fawkes')] },
    {},
    ['application.name'],
  ],
  [
    'two Kustomizations of Flux in the namespace, of which one manages the lake',
    {
      ...base,
      applications: [],
      pods: podsWithout('argo'),
      kustomizations: [
        { metadata: { name: 'test-app', namespace: 'flux-system' }, inventory: 'fawkes_test-app_apps_Deployment' },
        { metadata: { name: 'dora', namespace: 'flux-system' }, inventory: 'fawkes_devlake-lake__Service' },
      ].map(({ metadata, inventory }) => ({
        metadata,
        spec: { sourceRef: fluxSource, targetNamespace: 'fawkes' },
        status: { inventory: { entries: [{ id: inventory }] } },
      })),
    },
    {
      application: { kind: 'Kustomization', name: 'dora', namespace: 'flux-system' },
      absent: { argocd: noneOf('argocd') },
    },
    [],
  ],
  [
    'two HelmReleases of Flux in the namespace, of which one installed the lake',
    {
      ...base,
      applications: [],
      pods: podsWithout('argo'),
      services: base.services.map((one) => ({
        ...one,
        metadata: {
          ...one.metadata,
          labels: {
            ...one.metadata.labels,
            'helm.toolkit.fluxcd.io/name': 'dora',
            'helm.toolkit.fluxcd.io/namespace': 'fawkes',
          },
        },
      })),
      helmReleases: ['dora', 'test-app'].map((name) => ({ metadata: { name, namespace: 'fawkes' }, spec: {} })),
    },
    { application: { kind: 'HelmRelease', name: 'dora' }, absent: { argocd: noneOf('argocd') } },
    [],
  ],
  [
    'the release kps of kube-prometheus-stack',
    platform({ release: 'kps-kube-prometheus-stack' }),
    {
      monitoring: {
        prometheus: { service: 'kps-kube-prometheus-stack-prometheus' },
        alertmanager: { service: 'kps-kube-prometheus-stack-alertmanager' },
      },
    },
    [],
  ],
  [
    'the monitoring elsewhere',
    platform({ monitoring: 'observability' }),
    {
      monitoring: { namespace: 'observability' },
      dependencies: { prometheusOperator: { namespace: 'observability' }, grafana: { namespace: 'observability' } },
    },
    [],
  ],
  [
    'the names and labels of a Helm release',
    inHelmNames,
    {
      components: Object.fromEntries(
        ['lake', 'ui', 'grafana', 'mysql'].map((part) => [part, { service: `dora-${part}`, labels: helmLabels(part) }]),
      ),
    },
    [],
  ],
  [
    'a database outside the cluster',
    {
      ...base,
      pods: base.pods.filter(({ metadata }) => metadata.name !== 'devlake-mysql-0'),
      services: [
        ...base.services.filter(({ metadata }) => metadata.name !== 'devlake-mysql'),
        { metadata: { name: 'devlake-mysql', namespace: 'fawkes' }, spec: { externalName: 'db.example.org' } },
      ],
    },
    { database: { host: 'db.example.org' }, absent: { mysql: 'the database is at db.example.org' } },
    [],
  ],
  [
    'a database outside the cluster, at a port of its own',
    {
      ...base,
      pods: base.pods.filter(({ metadata }) => metadata.name !== 'devlake-mysql-0'),
      services: [
        ...base.services.filter(({ metadata }) => metadata.name !== 'devlake-mysql'),
        {
          metadata: { name: 'devlake-mysql', namespace: 'fawkes' },
          spec: { externalName: 'db.example.org', ports: [{ port: 13306 }] },
        },
      ],
    },
    {
      database: { host: 'db.example.org', port: 13306 },
      absent: { mysql: 'the database is at db.example.org' },
    },
    [],
  ],
  [
    'no GitHub: no ExternalSecret writes its token',
    { ...base, externalSecrets: withoutGitHub },
    { absent: { github: 'no Secret in fawkes gets the key github-token' } },
    [],
  ],
  [
    'no GitHub, and a Secret of another name',
    {
      ...base,
      externalSecrets: withoutGitHub.map((one) =>
        one.metadata.name === 'devlake-secrets'
          ? externalSecret('fawkes', 'dora-secrets', ['encryption-secret', 'api-token'])
          : one,
      ),
    },
    {
      absent: { github: 'no Secret in fawkes gets the key github-token' },
      secretNames: { service: { name: 'dora-secrets' } },
      tokens: { github: { name: 'dora-secrets' } },
    },
    [],
  ],
  [
    'keys that an ExternalSecret does not name',
    {
      ...base,
      externalSecrets: withoutGitHub.map((one) => ({ ...one, spec: { ...one.spec, dataFrom: [{ extract: {} }] } })),
    },
    {},
    [],
  ],
  [
    'Secrets that are taken or written as a whole',
    {
      ...base,
      externalSecrets: [
        { metadata: { name: 'devlake-secrets', namespace: 'fawkes' }, spec: { dataFrom: [{ extract: {} }] } },
        ...base.externalSecrets.slice(2),
      ],
      pods: base.pods.map((one) => ({
        ...one,
        spec: {
          ...one.spec,
          initContainers: [{ name: 'wait', image: 'wait:1', envFrom: [{ secretRef: { name: 'devlake-db' } }] }],
        },
      })),
    },
    {},
    [],
  ],
  [
    'a Secret whose keys a template writes',
    {
      ...base,
      externalSecrets: base.externalSecrets.map((one) =>
        one.metadata.name === 'devlake-db'
          ? {
              metadata: { name: 'passwords', namespace: 'fawkes' },
              spec: {
                data: [{ secretKey: 'root' }, { secretKey: 'user' }],
                target: {
                  name: 'passwords',
                  template: { data: { 'mysql-root-password': '{{ .root }}', 'mysql-password': '{{ .user }}' } },
                },
              },
            }
          : one,
      ),
    },
    { secretNames: { database: { name: 'passwords' } } },
    [],
  ],
  [
    'the API of ArgoCD in a namespace of its own',
    { ...base, services: [...base.services, service('argocd', 'argocd-server', argocdServer, 80)] },
    { dataSources: { argocd: { endpoint: 'http://argocd-server.argocd.svc' } } },
    [],
  ],
  [
    'two APIs of ArgoCD',
    {
      ...base,
      services: [...base.services, ...['one', 'two'].map((place) => service(place, 'argocd-server', argocdServer, 80))],
    },
    {},
    ['dataSources.argocd.endpoint'],
  ],
  [
    'a database that nothing in the cluster names',
    {
      ...base,
      pods: base.pods.filter(({ metadata }) => metadata.name !== 'devlake-mysql-0'),
      services: base.services.filter(({ metadata }) => metadata.name !== 'devlake-mysql'),
    },
    {},
    ['database.host'],
  ],
  ['a namespace of its own', platform({ namespace: 'dora' }), { namespace: 'dora' }, []],
  [
    'no ingress',
    { ...base, ingresses: [] },
    {
      absent: {
        ingress: 'no Ingress in fawkes leads to the service',
        externalAccess: 'no Ingress in fawkes leads to the service',
      },
    },
    [],
  ],
  [
    'load balancers in the place of an ingress',
    {
      ...base,
      ingresses: [],
      services: [
        ...base.services,
        ...[
          ['devlake-public', 'lake', 8080, { ip: '192.0.2.7' }] as const,
          ['devlake-grafana-public', 'grafana', 3000, { hostname: 'charts.example.org' }] as const,
        ].map(([name, component, port, address]) => ({
          ...service('fawkes', name, ownLabels(component), port, { type: 'LoadBalancer' }),
          metadata: { name, namespace: 'fawkes' },
          status: { loadBalancer: { ingress: [address] } },
        })),
      ],
    },
    {
      absent: { ingress: 'no Ingress in fawkes leads to the service' },
      ingresses: {
        service: { kind: 'Service', name: 'devlake-public', host: '192.0.2.7' },
        grafana: { kind: 'Service', name: 'devlake-grafana-public', host: 'charts.example.org' },
      },
    },
    [],
  ],
  [
    'a node port of the UI alone',
    {
      ...base,
      ingresses: [],
      services: base.services.map((one) =>
        one.metadata.name === 'devlake-ui' ? { ...one, spec: { ...one.spec, type: 'NodePort' } } : one,
      ),
    },
    {
      absent: { ingress: 'no Ingress in fawkes leads to the service' },
      ingresses: { service: { kind: 'Service', name: 'devlake-ui', probe: '/' } },
    },
    ['ingresses.service.host', 'ingresses.grafana.name'],
  ],
  [
    'another host',
    {
      ...base,
      ingresses: [
        ingress('fawkes', 'dora', 'dora.example.org', {
          '/': 'devlake-ui',
          '/api': 'devlake-lake',
          '/prometheus': 'devlake-lake',
        }),
        ...base.ingresses.slice(1),
      ],
    },
    {
      ingresses: {
        service: {
          name: 'dora',
          host: 'dora.example.org',
          paths: { '/': 'ui', '/api': 'lake', '/prometheus': 'lake' },
        },
      },
    },
    [],
  ],
  [
    'an ingress with the patterns of Nginx and one more page',
    {
      ...base,
      ingresses: [
        ingress(
          ...(['fawkes', 'devlake', 'devlake.127.0.0.1.nip.io'] as const),
          { '/()(.*)': 'devlake-ui', '/api(/|$)(.*)': 'devlake-lake' },
          { '/metrics': 'devlake-lake', '/healthz': 'devlake-lake' },
        ),
        ...base.ingresses.slice(1),
      ],
    },
    {},
    [],
  ],
  [
    'an ingress with fewer paths than the checklist asks for',
    {
      ...base,
      ingresses: [
        ingress('fawkes', 'devlake', 'devlake.127.0.0.1.nip.io', { '/': 'devlake-ui' }),
        ...base.ingresses.slice(1),
      ],
    },
    {},
    ['ingresses.service.paths'],
  ],
  [
    'an ingress that leads elsewhere',
    { ...base, ingresses: [ingress('fawkes', 'other', 'other.example.org', { '/': 'other' })] },
    {},
    ['ingresses.service.name', 'ingresses.grafana.name'],
  ],
  [
    'an ingress for a wildcard, which is the host of nobody',
    {
      ...base,
      ingresses: [
        ingress('fawkes', 'devlake', '*.example.org', {
          '/': 'devlake-ui',
          '/api': 'devlake-lake',
          '/metrics': 'devlake-lake',
        }),
        ...base.ingresses.slice(1),
      ],
    },
    {},
    ['ingresses.service.host'],
  ],
  [
    'an ingress for a wildcard, and one for a host',
    {
      ...base,
      ingresses: [
        ...base.ingresses,
        ingress('fawkes', 'all', '*.example.org', { '/': 'devlake-ui', '/api': 'devlake-lake' }),
      ],
    },
    {},
    [],
  ],
  [
    'several hosts, none of which leads to the API',
    {
      ...base,
      ingresses: [
        ingress('fawkes', 'inside', 'dora.internal', { '/': 'devlake-ui' }),
        ingress('fawkes', 'outside', 'dora.example.org', { '/': 'devlake-ui' }),
        ...base.ingresses.slice(1),
      ],
    },
    {
      ingresses: {
        service: {
          ...{ name: 'inside', host: 'dora.internal', probe: '/' },
          others: [{ host: 'dora.example.org', name: 'outside', kind: 'Ingress', paths: { '/': 'ui' }, probe: '/' }],
        },
      },
    },
    ['ingresses.service.paths'],
  ],
  [
    'cert-manager under another release',
    {
      ...base,
      pods: [
        ...base.pods.filter(({ metadata }) => metadata.name !== 'cert'),
        pod('tls', 'cm', { 'app.kubernetes.io/instance': 'cm' }, 'quay.io/jetstack/cert-manager-controller:v1'),
      ],
    },
    { dependencies: { certManager: { selector: 'app.kubernetes.io/instance=cm' } } },
    [],
  ],
  [
    'Secrets of other names',
    {
      ...base,
      externalSecrets: [
        externalSecret('fawkes', 'dora', ['encryption-secret', 'api-token', 'github-token']),
        ...base.externalSecrets.slice(1),
      ],
    },
    { secretNames: { service: { name: 'dora' } }, tokens: { github: { name: 'dora' } } },
    [],
  ],
  ['Secrets made by hand', { ...base, externalSecrets: [] }, { secrets: 'manual' }, []],
  [
    'stock DevLake',
    {
      ...stock,
      externalSecrets: [
        externalSecret('fawkes', 'devlake-encryption-secret', ['ENCRYPTION_SECRET']),
        externalSecret('fawkes', 'devlake-mysql-auth', ['MYSQL_ROOT_PASSWORD', 'MYSQL_PASSWORD']),
        externalSecret('fawkes', 'devlake-grafana', ['admin-password']),
      ],
    },
    { contract: 'devlake', storage: { claim: 'devlake-mysql' } },
    [],
  ],
  [
    'two services that may be the lake',
    {
      ...base,
      services: [
        ...base.services.slice(1),
        ...['a', 'b'].map((name) => service('fawkes', name, ownLabels('lake'), 8080)),
      ],
    },
    {},
    ['components.lake.service'],
  ],
  [
    'two lakes in two namespaces',
    {
      ...platform({ namespace: 'one' }),
      services: [...platform({ namespace: 'one' }).services, service('two', 'devlake-lake', ownLabels('lake'), 8080)],
      pods: [...platform({ namespace: 'one' }).pods, pod('two', 'lake', ownLabels('lake'), images.lake)],
    },
    { namespace: 'one' },
    ['namespace'],
  ],
]

describe('a platform with', () => {
  it.each(differing)('%s: the keys that differ, and what stays open', (_, objects, expected, open) => {
    const { proposals, questions } = proposed(objects)
    expect(configurationOf(proposals)).toMatchObject(expected)
    expect(questions.map(({ key }) => key)).toEqual(expect.arrayContaining([...open]))
    if (open.length === 0) expect(questions).toEqual([])
  })

  it.each(differing)('%s: nothing that is a default', (_, objects, expected) => {
    const { proposals, contract } = proposed(objects)
    if (contract === 'fawkes') expect(configurationOf(proposals)).toEqual(expected)
  })

  it.each(differing)('%s: a file that says why', (_, objects) => {
    const result = proposed(objects)
    const text = configurationFile(result, 'acceptance.schema.json', (text) => text)
    expect(text).toMatch(/^# yaml-language-server: \$schema=acceptance\.schema\.json\n/)
    expect(parse(text) ?? {}).toEqual(configurationOf(result.proposals))
    for (const { reason } of result.proposals) expect(text).toContain(`# ${reason}`)
    for (const { question } of result.questions) expect(text).toContain(question)
  })
})

describe('what the caller may not list', () => {
  it('is named, and never taken for absent', () => {
    const { proposals, questions } = proposed(
      { ...base, ingresses: [], externalSecrets: [], certificates: [] },
      new Map([
        ['ingresses', 'The caller may not list ingresses.'],
        ['externalSecrets', 'The caller may not list externalsecrets.'],
        ['certificates', 'The caller may not list certificates.'],
      ]),
    )
    expect(proposals).toEqual([])
    expect(questions.map(({ question }) => question)).toContainEqual(
      'Not all ingresses are known, so proposals may be missing: The caller may not list ingresses.',
    )
  })
})

describe('any cluster', () => {
  const text = fc.oneof(
    fc.constantFrom(
      'devlake',
      'lake',
      'mysql',
      'ui',
      'grafana',
      'fawkes',
      '# no',
      'a: b\n- c',
      '\r\nx: 1',
      'yes',
      '1e3',
      '*',
      '"',
      '\u2028y',
      '\u0085z',
    ),
    fc.string({ minLength: 1, unit: 'grapheme' }),
  )
  const labels = fc.dictionary(text, text, { maxKeys: 3 })
  const metadata = fc.record({ name: text, namespace: fc.constantFrom('fawkes', 'x\ny: 1'), labels })
  const objects = fc.record({
    pods: fc.array(
      fc.record({
        metadata,
        spec: fc.record({
          containers: fc.array(fc.record({ image: fc.oneof(text, fc.constantFrom(...Object.values(images))) })),
          volumes: fc.array(fc.record({ persistentVolumeClaim: fc.record({ claimName: text }) })),
        }),
      }),
    ),
    services: fc.array(
      fc.record({
        metadata,
        spec: fc.record(
          {
            externalName: text,
            selector: fc.oneof(labels, fc.constantFrom(...Object.keys(images).map(ownLabels))),
            ports: fc.array(fc.record({ port: fc.integer({ min: -1, max: 70_000 }) })),
          },
          { requiredKeys: ['selector', 'ports'] },
        ),
      }),
    ),
    ingresses: fc.array(
      fc
        .tuple(text, text, fc.dictionary(text, fc.oneof(text, fc.constant('devlake-ui'))))
        .map(([name, host, paths]) => ingress('fawkes', name, host, paths)),
    ),
    applications: fc.array(fc.tuple(text, text).map(([place, name]) => application(place, name, 'fawkes'))),
    externalSecrets: fc.array(
      fc.tuple(text, fc.array(text), text).map(([name, keys, target]) => externalSecret('fawkes', name, keys, target)),
    ),
    serviceMonitors: fc.array(fc.record({ metadata })),
    prometheuses: fc.array(fc.record({ metadata })),
    certificates: fc.array(fc.record({ metadata })),
  })

  it('yields a file that the configuration takes, and that asks no less than the checklist', () => {
    fc.assert(
      fc.property(objects, fc.option(text, { nil: undefined }), (listed, namespace) => {
        const result = propose(snapshotOf(listed), defaults, namespace)
        const file = parse(configurationFile(result, 'acceptance.schema.json', (text) => text)) ?? {}
        expect(file).toEqual(configurationOf(result.proposals))
        const { names } = contracts[result.contract]
        const configuration = configurationSchema(names).parse(file)
        const { differences } = describeConfiguration(configuration, names, null)
        expect(differences.filter(({ asked }) => asked !== null)).toEqual([])
      }),
    )
  })
})

describe('Grafana behind single sign-on', () => {
  const withEnv = (env: readonly object[], keys: readonly string[]) => {
    const objects = platform()
    const container = { name: 'main', image: images.grafana, env }
    return {
      ...objects,
      pods: [
        ...(objects.pods ?? []),
        { metadata: { name: 'sso', namespace: 'fawkes', labels: {} }, spec: { containers: [container] } },
      ],
      externalSecrets: [
        ...(objects.externalSecrets ?? []).filter(
          (one) => (one as { metadata: { name: string } }).metadata.name !== 'devlake-grafana-secrets',
        ),
        externalSecret('fawkes', 'devlake-grafana-secrets', keys),
      ],
    }
  }
  const off = [{ name: 'GF_AUTH_BASIC_ENABLED', value: 'false' }]
  const keysOf = (objects: Objects) => propose(snapshotOf(objects), defaults)

  it('is read with the token that its Secret holds', () => {
    const { proposals, questions } = keysOf(withEnv(off, ['admin-password', 'service-account-token']))
    expect(configurationOf(proposals)).toMatchObject({
      secretNames: { grafana: { keys: ['service-account-token'] } },
      grafana: { tokenKey: 'service-account-token' },
    })
    expect(questions).toEqual([])
  })

  it('is a question where no Secret holds a token', () => {
    const { proposals, questions } = keysOf(withEnv(off, ['admin-password']))
    expect(configurationOf(proposals)).not.toHaveProperty('grafana')
    expect(questions).toEqual([
      {
        key: 'grafana.tokenKey',
        question: expect.stringContaining('GF_AUTH_BASIC_ENABLED=false'),
        candidates: ['secretNames: { grafana: { name: SECRET, keys: [KEY] } }', 'grafana: { tokenKey: KEY }'],
      },
    ])
  })

  it('is not assumed where a password is there and no setting turns it off', () => {
    expect(configurationOf(keysOf(withEnv([], ['admin-password', 'token'])).proposals)).not.toHaveProperty('grafana')
  })
})

describe('several hosts', () => {
  const proposedFor = (ingresses: readonly object[]) => propose(snapshotOf({ ...platform(), ingresses }), defaults)
  const grafana = ingress('fawkes', 'devlake-grafana', 'devlake-grafana.127.0.0.1.nip.io', { '/': 'devlake-grafana' })

  it('are all judged: the pages and the API may have hosts of their own', () => {
    const { proposals, questions } = proposedFor([
      ingress('fawkes', 'dora-api', 'api.example.org', { '/api': 'devlake-lake', '/metrics': 'devlake-lake' }),
      ingress('fawkes', 'dora', 'dora.example.org', { '/': 'devlake-ui' }),
      ingress('fawkes', 'old', 'old.example.org', { '/': 'devlake-ui' }),
      grafana,
    ])
    expect(configurationOf(proposals)).toEqual({
      ingresses: {
        service: {
          name: 'dora',
          host: 'dora.example.org',
          paths: { '/': 'ui' },
          probe: '/',
          others: [
            {
              ...{ host: 'api.example.org', name: 'dora-api', kind: 'Ingress', probe: '/api/ping' },
              paths: { '/api': 'lake', '/metrics': 'lake' },
            },
            { host: 'old.example.org', name: 'old', kind: 'Ingress', paths: { '/': 'ui' }, probe: '/' },
          ],
        },
      },
    })
    expect(questions).toEqual([])
  })

  it('keep the host of the checklist as the first one', () => {
    const paths = { '/': 'devlake-ui', '/api': 'devlake-lake', '/metrics': 'devlake-lake' }
    const { proposals } = proposedFor([
      ingress('fawkes', 'alias', 'a.example.org', paths),
      ingress('fawkes', 'devlake', 'devlake.127.0.0.1.nip.io', paths),
      grafana,
    ])
    expect(configurationOf(proposals)).toEqual({
      ingresses: { service: { others: [expect.objectContaining({ host: 'a.example.org', name: 'alias' })] } },
    })
  })
})

describe('what the cluster does not decide', () => {
  const only = (objects: Objects, wanted?: string) => propose(snapshotOf(objects), defaults, wanted)
  const openKeys = (objects: Objects) => only(objects).questions.map(({ key }) => key)

  it('is the namespace of two services: the first one is not said to be the only one', () => {
    const two = { ...platform({ namespace: 'team-a' }) }
    const other = platform({ namespace: 'team-b' })
    const both = { ...two, pods: [...two.pods, ...other.pods], services: [...two.services, ...other.services] }
    const { proposals, questions } = only(both)
    expect(proposals.find(({ path }) => path.join('.') === 'namespace')?.reason).toContain('One of several namespaces')
    expect(questions.find(({ key }) => key === 'namespace')?.question).toContain('init --namespace NAMESPACE')
    expect(only(both, 'team-b').questions.map(({ key }) => key)).not.toContain('namespace')
  })

  it('is not an Application of Applications', () => {
    const root = {
      ...application('argocd', 'root', 'fawkes'),
      status: { resources: [{ kind: 'Application', name: 'dora', namespace: 'argocd' }] },
    }
    const { proposals } = only({ ...platform(), applications: [root, application('argocd', 'dora', 'fawkes')] })
    expect(configurationOf(proposals)).toMatchObject({ application: { name: 'dora', namespace: 'argocd' } })
  })

  it("finds DevLake's own Grafana in another namespace, with its Secret and its Ingress", () => {
    const base = platform()
    const moved = <T extends { readonly metadata: { readonly name: string } }>(objects: readonly T[]) =>
      objects.map((one) =>
        one.metadata.name.startsWith('devlake-grafana')
          ? { ...one, metadata: { ...one.metadata, namespace: 'dashboards' } }
          : one,
      )
    const { proposals, questions } = only({
      ...base,
      pods: moved(base.pods),
      services: moved(base.services),
      ingresses: moved(base.ingresses),
      externalSecrets: moved(base.externalSecrets),
    })
    expect(configurationOf(proposals)).toEqual({ grafana: { namespace: 'dashboards' } })
    expect(questions).toEqual([])
  })

  it('finds a route of another namespace that leads to the service', () => {
    const route = (name: string, host: string, backend: string) => ({
      metadata: { name, namespace: 'gateways' },
      spec: { hostnames: [host], rules: [{ backendRefs: [{ name: backend, namespace: 'fawkes' }] }] },
    })
    const httpRoutes = [
      route('dora', 'dora.example.org', 'devlake-ui'),
      route('dashboards', 'boards.example.org', 'devlake-grafana'),
    ]
    expect(configurationOf(only({ ...platform(), ingresses: [], httpRoutes }).proposals)).toMatchObject({
      ingresses: {
        service: {
          kind: 'HTTPRoute',
          namespace: 'gateways',
          name: 'dora',
          host: 'dora.example.org',
        },
        grafana: { kind: 'HTTPRoute', namespace: 'gateways', name: 'dashboards', host: 'boards.example.org' },
      },
    })
  })

  it('finds an Ingress of another namespace by the Services that stand for those of the service', () => {
    const base = platform()
    const alias = (name: string, of: string) => ({
      metadata: { name, namespace: 'edge' },
      spec: { type: 'ExternalName', externalName: `${of}.fawkes.svc.cluster.local` },
    })
    const { proposals, questions } = only({
      ...base,
      services: [
        ...base.services,
        ...['devlake-ui', 'devlake-lake', 'devlake-grafana'].map((name) => alias(name, name)),
      ],
      ingresses: base.ingresses.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: 'edge' } })),
    })
    expect(configurationOf(proposals)).toEqual({
      ingresses: { service: { namespace: 'edge' }, grafana: { namespace: 'edge' } },
    })
    expect(questions).toEqual([])
  })

  it('judges only the ArgoCD that deploys the service, where another one runs beside it', () => {
    const base = platform()
    const argocd = (place: string) =>
      pod(place, 'argo', { 'app.kubernetes.io/part-of': 'argocd' }, 'quay.io/argoproj/argocd:v3')
    const server = (place: string) => service(place, 'argocd-server', { 'app.kubernetes.io/name': 'argocd-server' }, 80)
    const withTwo = (...places: readonly string[]) =>
      only({
        ...base,
        pods: [...base.pods.filter((one) => one.metadata.name !== 'argo'), ...places.map(argocd)],
        services: [...base.services, ...places.map(server)],
        applications: [application('gitops', 'devlake', 'fawkes'), application('shop', 'web', 'shop')],
      })
    expect(configurationOf(withTwo('gitops', 'shop').proposals)).toEqual({
      application: { namespace: 'gitops' },
      dataSources: { argocd: { endpoint: 'http://argocd-server.gitops.svc' } },
      dependencies: { argocd: { namespace: 'gitops' } },
    })
    expect(withTwo('argocd', 'shop').questions.map(({ key }) => key)).toEqual([
      'dataSources.argocd.endpoint',
      'dependencies.argocd.namespace',
    ])
  })

  it('names a component that runs in another namespace', () => {
    const base = platform()
    const grafana = { 'app.kubernetes.io/name': 'grafana' }
    const isGrafana = (one: { readonly metadata: { readonly name: string } }) => /grafana/.test(one.metadata.name)
    const { questions } = only({
      ...base,
      pods: [...base.pods.filter((one) => !isGrafana(one)), pod('obs', 'kps-grafana-0', grafana, 'grafana/grafana:12')],
      services: [...base.services.filter((one) => !isGrafana(one)), service('obs', 'kps-grafana', grafana, 80)],
    })
    expect(questions.find(({ key }) => key === 'components.grafana.service')?.question).toContain(
      'There is obs/kps-grafana: if it is that of the service, set grafana.namespace.',
    )
  })

  it('finds a Prometheus without the operator by the labels of its pods', () => {
    const base = platform()
    const labels = { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' }
    const { proposals } = only({
      ...base,
      prometheuses: [],
      serviceMonitors: [],
      services: [
        ...base.services.filter(({ metadata }) => metadata.namespace !== 'monitoring'),
        service('metrics', 'prometheus-server', labels, 80),
      ],
    })
    expect(configurationOf(proposals)).toMatchObject({
      monitoring: { namespace: 'metrics', prometheus: { service: 'prometheus-server', port: 80 } },
    })
  })

  it.each<[string, Objects]>([['Traefik', { pods: [pod('kube-system', 'traefik-1', {}, 'docker.io/traefik:v3.6')] }]])(
    'is the access from outside where %s may lead to the service',
    (_, more) => {
      const base = platform()
      const objects = { ...base, ingresses: [], ...more, pods: [...base.pods, ...(more.pods ?? [])] }
      expect(openKeys(objects)).toContain('absent.externalAccess')
      expect(configurationOf(only(objects).proposals)).not.toHaveProperty('absent.externalAccess')
      expect(configurationOf(only({ ...base, ingresses: [] }).proposals)).toHaveProperty('absent.externalAccess')
    },
  )
})
