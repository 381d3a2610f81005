/**
 * Declares every operation that the suite may send to the Kubernetes API: effect, verb, resource, namespace, and the sections of
 * the checklist that need it. Undeclared operations are never sent. Preflight checks that the caller may perform them.
 */
import { urlPart } from '../basis/command'
import { namespaceOfEntry } from '../configuration/hosts'
import type { Configuration } from '../configuration/schema'
import { serviceMonitorNames } from '../configuration/service-monitor'

/**
 * The namespace of an operation. `all` lists across namespaces; `cluster` is for resources without a namespace, and `default` for
 * the events about those.
 */
export type Place =
  | 'service'
  | 'grafana'
  | 'serviceEntry'
  | 'grafanaEntry'
  | 'monitoring'
  | 'serviceMonitor'
  | 'application'
  | 'default'
  | 'all'
  | 'cluster'

/** Returns the configured namespace of a place; undefined for `all` and `cluster`. */
export function namespaceOf(configuration: Configuration, place: Place): string | undefined {
  const { namespace, grafana, monitoring, application } = configuration
  switch (place) {
    case 'service':
      return namespace
    case 'grafana':
      return grafana.namespace ?? namespace
    case 'serviceEntry':
      return namespaceOfEntry(configuration, 'service')
    case 'grafanaEntry':
      return namespaceOfEntry(configuration, 'grafana')
    case 'monitoring':
      return monitoring.namespace
    case 'serviceMonitor':
      return serviceMonitorNames(configuration).namespace
    case 'application':
      return application.namespace
    case 'default':
      return 'default'
    case 'all':
    case 'cluster':
      return undefined
  }
}

export interface Operation {
  readonly effect: 'read' | 'write'
  readonly verb: 'get' | 'list' | 'create' | 'patch' | 'delete'
  /** The API group; '' is the core group. */
  readonly group: string
  /** API versions in the order in which they are tried. */
  readonly versions: readonly [string, ...string[]]
  readonly resource: string
  readonly subresource?: string
  readonly place: Place
  /** Sections of the checklist whose scenarios need the operation. */
  readonly sections: readonly string[]
}

type Resource = Pick<Operation, 'group' | 'versions' | 'resource'>

const core = (resource: string): Resource => ({ group: '', versions: ['v1'], resource })
const apps = (resource: string): Resource => ({ group: 'apps', versions: ['v1'], resource })
const networking = (resource: string): Resource => ({ group: 'networking.k8s.io', versions: ['v1'], resource })
const certManager = (resource: string): Resource => ({ group: 'cert-manager.io', versions: ['v1'], resource })
const externalSecrets = (resource: string): Resource => ({
  group: 'external-secrets.io',
  versions: ['v1', 'v1beta1'],
  resource,
})

const gatewayApi = (resource: string): Resource => ({
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1'],
  resource,
})
const flux = (group: string, resource: string, ...versions: [string, ...string[]]): Resource => ({
  group: `${group}.toolkit.fluxcd.io`,
  versions,
  resource,
})
const fluxSource = (resource: string) => flux('source', resource, 'v1', 'v1beta2')
const kustomizations = flux('kustomize', 'kustomizations', 'v1', 'v1beta2')
const helmReleases = flux('helm', 'helmreleases', 'v2', 'v2beta2', 'v2beta1')

const read = (
  verb: 'get' | 'list',
  resource: Resource,
  place: Place,
  sections: readonly string[],
  subresource?: string,
): Operation => ({ effect: 'read', verb, ...resource, place, sections, ...(subresource ? { subresource } : {}) })

const write = (verb: 'create' | 'delete', resource: Resource, sections: readonly string[]): Operation => ({
  effect: 'write',
  verb,
  ...resource,
  place: 'service',
  sections,
})

/** Sections whose scenarios send stories. */
const stories = ['14', '18', '19', '21'] as const

/** Sections whose scenarios query the service with a token or a password. */
const authenticated = ['6', '7', '8', '11', '12', '13', '14', '15', '16', '18', '19', '21'] as const

/** Sections whose scenarios query the service and so need a route to it. */
const surfaces = [...authenticated, '9', '10'] as const

export const operations = {
  listNodes: read('list', core('nodes'), 'cluster', ['0']),
  getPersistentVolumeClaim: read('get', core('persistentvolumeclaims'), 'service', ['0']),
  listIngressClasses: read('list', networking('ingressclasses'), 'cluster', ['0']),
  listDeployments: read('list', apps('deployments'), 'all', ['0']),
  listStatefulSets: read('list', apps('statefulsets'), 'all', ['0']),
  listDaemonSets: read('list', apps('daemonsets'), 'all', ['0']),
  listOwnDeployments: read('list', apps('deployments'), 'service', ['3', '4', '5']),
  listOwnStatefulSets: read('list', apps('statefulsets'), 'service', ['3', '4', '5']),
  listOwnDaemonSets: read('list', apps('daemonsets'), 'service', ['3', '4', '5']),
  listLeases: read('list', { group: 'coordination.k8s.io', versions: ['v1'], resource: 'leases' }, 'all', ['0']),
  listCertificates: read('list', certManager('certificates'), 'all', ['0', '5']),
  listIssuers: read('list', certManager('issuers'), 'all', ['0']),
  listClusterIssuers: read('list', certManager('clusterissuers'), 'cluster', ['0']),
  listPrometheuses: read(
    'list',
    { group: 'monitoring.coreos.com', versions: ['v1'], resource: 'prometheuses' },
    'monitoring',
    ['0', '10', '18', '21'],
  ),
  getSecretStore: read('get', externalSecrets('secretstores'), 'service', ['0', '1']),
  getClusterSecretStore: read('get', externalSecrets('clustersecretstores'), 'cluster', ['0', '1']),
  getExternalSecret: read('get', externalSecrets('externalsecrets'), 'service', ['0', '1', '15', '16', '18', '21']),
  getSecret: read('get', core('secrets'), 'service', ['0', '1', '5', ...authenticated]),
  getApplication: read(
    'get',
    { group: 'argoproj.io', versions: ['v1alpha1'], resource: 'applications' },
    'application',
    ['2', '19'],
  ),
  patchApplication: {
    ...read('get', { group: 'argoproj.io', versions: ['v1alpha1'], resource: 'applications' }, 'application', [
      '2',
      '19',
    ]),
    effect: 'write',
    verb: 'patch',
  },
  // Where HTTPRoutes lead to the service. A Gateway may lie in another namespace.
  getHttpRoute: read('get', gatewayApi('httproutes'), 'service', ['0', '5']),
  getGateway: read('get', gatewayApi('gateways'), 'all', ['0', '5']),
  getGatewayClass: read('get', gatewayApi('gatewayclasses'), 'cluster', ['0', '5']),
  // Where Flux delivers the service. A source may lie in another namespace.
  getKustomization: read('get', kustomizations, 'application', ['2']),
  patchKustomization: { ...read('get', kustomizations, 'application', ['2']), effect: 'write', verb: 'patch' },
  getHelmRelease: read('get', helmReleases, 'application', ['2']),
  patchHelmRelease: { ...read('get', helmReleases, 'application', ['2']), effect: 'write', verb: 'patch' },
  getGitRepository: read('get', fluxSource('gitrepositories'), 'all', ['2']),
  getOciRepository: read('get', fluxSource('ocirepositories'), 'all', ['2']),
  getBucket: read('get', fluxSource('buckets'), 'all', ['2']),
  getHelmRepository: read('get', fluxSource('helmrepositories'), 'all', ['2']),
  getHelmChart: read('get', fluxSource('helmcharts'), 'all', ['2']),
  listPods: read('list', core('pods'), 'service', [...surfaces, '0', '1', '3', '4', '5']),
  getPodLog: read('get', core('pods'), 'service', ['3'], 'log'),
  getService: read('get', core('services'), 'service', [...surfaces, '0', '4', '5']),
  listEndpointSlices: read(
    'list',
    { group: 'discovery.k8s.io', versions: ['v1'], resource: 'endpointslices' },
    'service',
    [...surfaces, '0', '4', '5'],
  ),
  getServiceMonitor: read(
    'get',
    { group: 'monitoring.coreos.com', versions: ['v1'], resource: 'servicemonitors' },
    'serviceMonitor',
    ['10', '18', '21'],
  ),
  getNamespace: read('get', core('namespaces'), 'cluster', ['10', '18', '21']),
  getMonitoringService: read('get', core('services'), 'monitoring', ['10', '14', '18', '21']),
  listMonitoringEndpointSlices: read(
    'list',
    { group: 'discovery.k8s.io', versions: ['v1'], resource: 'endpointslices' },
    'monitoring',
    ['10', '14', '18', '21'],
  ),
  forwardToMonitoringPod: read('get', core('pods'), 'monitoring', ['10', '14', '18', '21'], 'portforward'),
  getIngress: read('get', networking('ingresses'), 'service', ['5']),
  // Exec and port-forward start as a GET that becomes a WebSocket; since Kubernetes 1.35 this also requires create. Both count as
  // reads: exec runs only the commands in exec.ts, and a port-forward carries only the requests of the suite's clients.
  execInPod: read('get', core('pods'), 'service', ['4'], 'exec'),
  // Only a run that may write looks for the leftovers of earlier runs.
  listRecords: { ...write('create', core('configmaps'), stories), verb: 'list' },
  createRecord: write('create', core('configmaps'), stories),
  deleteRecord: write('delete', core('configmaps'), stories),
  forwardToPod: read('get', core('pods'), 'service', [...surfaces, '5'], 'portforward'),
  // For the diagnosis of failures, in the namespaces of the affected objects. No section requires these operations. If the caller
  // may not perform one, the diagnosis reports the facts that it lacks.
  // Also tells whether pods of operators restart often: without the right, only the counts of their workloads are judged.
  listPodsAnywhere: read('list', core('pods'), 'all', []),
  // Also tells whether pods that leave nothing behind are evicted often: without the right, only remains are counted.
  listEvents: read('list', core('events'), 'all', []),
  listClusterEvents: read('list', core('events'), 'default', []),
  getLogAnywhere: read('get', core('pods'), 'all', [], 'log'),
  listClaims: read('list', core('persistentvolumeclaims'), 'service', []),
  listNetworkPolicies: read('list', networking('networkpolicies'), 'service', []),
  listStorageClasses: read(
    'list',
    { group: 'storage.k8s.io', versions: ['v1'], resource: 'storageclasses' },
    'cluster',
    [],
  ),
  // Only tells whether a sync window keeps ArgoCD from syncing. Without the right, findings show how to list the windows.
  getAppProject: read('get', { group: 'argoproj.io', versions: ['v1alpha1'], resource: 'appprojects' }, 'all', []),
  // Only tells whether the volume of the claim lives on: without the right, the claim alone is judged.
  getPersistentVolume: read('get', core('persistentvolumes'), 'cluster', []),
  listServices: read('list', core('services'), 'service', []),
  // Only finds the ExternalSecret that writes a Secret of another name: without the right, the configuration names it.
  listExternalSecrets: read('list', externalSecrets('externalsecrets'), 'service', []),
  // Only where an ExternalSecret names a ClusterGenerator: tells whether it makes random values.
  getClusterGenerator: read(
    'get',
    { group: 'generators.external-secrets.io', versions: ['v1alpha1'], resource: 'clustergenerators' },
    'cluster',
    [],
  ),
  // Only tells the path below which Alertmanager is served: without the right, it is taken to be the root.
  listAlertmanagers: read(
    'list',
    { group: 'monitoring.coreos.com', versions: ['v1'], resource: 'alertmanagers' },
    'monitoring',
    [],
  ),
} as const satisfies Record<string, Operation>

/**
 * Reads with which `dora-acceptance init` and the findings about missing objects look for what a cluster has. No item needs them, and
 * no role contains them: whoever lacks a right gets no proposal for it.
 */
export const discoveries = {
  pods: read('list', core('pods'), 'all', []),
  services: read('list', core('services'), 'all', []),
  ingresses: read('list', networking('ingresses'), 'all', []),
  httpRoutes: read('list', gatewayApi('httproutes'), 'all', []),
  applications: read('list', { group: 'argoproj.io', versions: ['v1alpha1'], resource: 'applications' }, 'all', []),
  kustomizations: read('list', kustomizations, 'all', []),
  helmReleases: read('list', helmReleases, 'all', []),
  externalSecrets: read('list', externalSecrets('externalsecrets'), 'all', []),
  serviceMonitors: read(
    'list',
    { group: 'monitoring.coreos.com', versions: ['v1'], resource: 'servicemonitors' },
    'all',
    [],
  ),
  prometheuses: read('list', { group: 'monitoring.coreos.com', versions: ['v1'], resource: 'prometheuses' }, 'all', []),
  certificates: read('list', certManager('certificates'), 'all', []),
} as const satisfies Record<string, Operation>

/** Returns the namespaces whose pods, logs and events the diagnosis reads. */
export function examinedNamespaces(configuration: Configuration): string[] {
  const { namespace, monitoring, application, dependencies } = configuration
  const others = Object.values(dependencies).flatMap((dependency) => dependency.namespace ?? [])
  const grafana = configuration.grafana.namespace ?? namespace
  return [...new Set([namespace, grafana, monitoring.namespace, application.namespace, ...others])]
}

/** Returns the operation in words, such as "list nodes" or "get pods/log in fawkes". */
export function describeOperation(operation: Operation, namespace: string | undefined): string {
  const resource = operation.subresource ? `${operation.resource}/${operation.subresource}` : operation.resource
  const group = operation.group === '' ? '' : `.${operation.group}`
  const where = namespace === undefined ? (operation.place === 'all' ? ' in all namespaces' : '') : ` in ${namespace}`
  return `${operation.verb} ${resource}${group}${where}`
}

/** The object or objects that one operation addresses, and what it sends. */
export interface Target {
  readonly namespace?: string | undefined
  readonly name?: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
}

/** Returns the path and query of a request to the API server. */
export function pathOf(operation: Operation, version: string, { namespace, name, query }: Target): string {
  const base = operation.group === '' ? `/api/${version}` : `/apis/${operation.group}/${version}`
  const segments = [
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    operation.resource,
    ...(name === undefined ? [] : [name]),
    ...(operation.subresource === undefined ? [] : [operation.subresource]),
  ]
  const given = Object.entries(query ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : ''
  return `${base}/${segments.map(urlPart).join('/')}${search}`
}
