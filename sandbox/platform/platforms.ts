/** Platforms that differ from the default one, each as a change of its manifests: `npm run sandbox -- up --platform NAME`. */
import type { KubernetesObject, V1Ingress, V1StatefulSet } from '@kubernetes/client-node'
import { type Names, namesWith } from '../basis/names'
import type { Ports } from '../basis/ports'

interface Shape {
  /** Names that the stand-ins need. */
  readonly names?: Partial<Names>
  /** Folders with further manifests and definitions. */
  readonly folders?: readonly string[]
  /** Returns true for an object that this platform does not have. */
  readonly lacks?: (object: KubernetesObject) => boolean
  /** Changes an object. */
  readonly change?: (object: KubernetesObject, ports: Ports) => object
  /** Whole texts to replace in every object, and names of services and namespaces within addresses. */
  readonly renames?: Readonly<Record<string, string>>
}

const isOf =
  (namespace: string, ...kinds: readonly string[]) =>
  ({ kind = '', metadata }: KubernetesObject) =>
    (metadata?.namespace === namespace || (kind === 'Namespace' && metadata?.name === namespace)) &&
    (kinds.length === 0 || kinds.includes(kind))

const is =
  (kind: string, name: string) =>
  (object: KubernetesObject): boolean =>
    object.kind === kind && object.metadata?.name === name

const isArgoCd = ({ kind, metadata }: KubernetesObject): boolean =>
  kind === 'Application' || kind === 'AppProject' || metadata?.labels?.['app.kubernetes.io/part-of'] === 'argocd'

const withSpec = (object: KubernetesObject, spec: object) => ({ ...object, spec })

/** ArgoCD in a namespace of its own. */
const argocdIn = (namespace: string): Shape => ({
  names: { argocd: namespace },
  folders: ['argocd-elsewhere'],
  change: (object) => {
    if (is('Namespace', 'argocd')(object)) return { ...object, metadata: { ...object.metadata, name: namespace } }
    return isArgoCd(object) ? { ...object, metadata: { ...object.metadata, namespace } } : object
  },
})

/** The names of the chart kube-prometheus-stack, installed as `kps` into a namespace of another name. */
const releaseKps: Shape = {
  renames: {
    monitoring: 'observability',
    'kube-prometheus-stack': 'kps',
    'kube-prometheus-stack-operator': 'kps-kube-prometheus-stack-operator',
    'kube-prometheus-stack-grafana': 'kps-grafana',
    'kube-prometheus-prometheus': 'kps-kube-prometheus-stack-prometheus',
    'prometheus-kube-prometheus-prometheus': 'kps-kube-prometheus-stack-prometheus',
    'kube-prometheus-alertmanager': 'kps-kube-prometheus-stack-alertmanager',
    'prometheus-kube-prometheus-alertmanager': 'kps-kube-prometheus-stack-alertmanager',
    'alertmanager-kube-prometheus-alertmanager': 'alertmanager-kps-kube-prometheus-stack-alertmanager',
  },
}

/** The objects of a Helm release `dora`, whose components have the label of DevLake's chart. */
const helmNames: Shape = {
  names: { application: 'dora', lake: 'dora-lake', mysql: 'dora-mysql' },
  renames: {
    devlake: 'dora',
    ...Object.fromEntries(
      ['lake', 'ui', 'grafana', 'mysql', 'secrets', 'db', 'grafana-secrets', 'metrics', 'tls', 'grafana-tls'].map(
        (name) => [`devlake-${name}`, `dora-${name}`],
      ),
    ),
    'devlake.127.0.0.1.nip.io': 'dora.127.0.0.1.nip.io',
    'devlake-grafana.127.0.0.1.nip.io': 'dora-grafana.127.0.0.1.nip.io',
  },
}

/** The database outside the cluster: MariaDB on this machine, behind a service that only names its host. */
const externalMysql: Shape = {
  names: { outsideDatabase: true },
  lacks: ({ kind, metadata }) =>
    metadata?.name === 'devlake-mysql' &&
    ['StatefulSet', 'PersistentVolume', 'PersistentVolumeClaim'].includes(kind ?? ''),
  change: (object, { mysql }) =>
    is('Service', 'devlake-mysql')(object)
      ? withSpec(object, {
          type: 'ExternalName',
          externalName: 'localhost',
          ports: [{ name: 'mysql', port: mysql }],
        })
      : object,
}

/** A database that takes encrypted connections only. Its certificate has another name than its host, and an authority of its own. */
const secureDatabase: Shape = { names: { secureDatabase: true } }

const isIngress = ({ kind, metadata }: KubernetesObject): boolean =>
  kind === 'Ingress' ||
  kind === 'IngressClass' ||
  metadata?.namespace === 'ingress-nginx' ||
  is('Namespace', 'ingress-nginx')({ kind: kind ?? '', metadata: metadata ?? {} })

const gatewayApi: Shape = { names: { gateway: true }, folders: ['gateway-api'], lacks: isIngress }

/** The Ingresses in a namespace of their own, with their certificates and Services that stand for their backends. */
const ingressElsewhere: Shape = {
  folders: ['ingress-elsewhere'],
  change: (object) =>
    object.kind === 'Ingress' || object.kind === 'Certificate'
      ? {
          ...(renamed(object, { 'devlake-ui': 'pages', 'devlake-grafana': 'dashboards' }) as object),
          metadata: { ...object.metadata, namespace: 'edge' },
        }
      : object,
}

/** The HTTPRoutes in the namespace of their Gateway. A ReferenceGrant lets them lead to that of the service. */
const routesElsewhere: Shape = {
  folders: ['routes-elsewhere'],
  change: (object) => {
    if (object.kind !== 'HTTPRoute') return object
    const { spec } = object as { spec?: { rules?: readonly { backendRefs?: readonly object[] }[] } }
    const rules = spec?.rules?.map((rule) => ({
      ...rule,
      backendRefs: rule.backendRefs?.map((backend) => ({ ...backend, namespace: 'fawkes' })),
    }))
    return { ...object, metadata: { ...object.metadata, namespace: 'gateways' }, spec: { ...spec, rules } }
  },
}

const flux: Shape = {
  names: { argocd: null },
  folders: ['flux'],
  lacks: (object) =>
    isArgoCd(object) || is('Secret', 'devlake-argocd')(object) || is('Deployment', 'devlake-test-app')(object),
}

/** A HelmRelease of Flux in the place of the Kustomization. */
const fluxHelm: Shape = {
  names: {
    source: {
      repository: 'https://apache.github.io/incubator-devlake-helm-chart',
      chart: 'devlake',
      revision: '1.0.2',
    },
  },
  folders: ['flux-helm'],
  lacks: (object) => object.kind === 'Kustomization' || object.kind === 'GitRepository',
}

const noCertManager: Shape = {
  lacks: (object) => isOf('cert-manager')(object) || object.kind === 'Certificate' || object.kind === 'ClusterIssuer',
  change: (object) => {
    if (object.kind !== 'Ingress') return object
    const { tls, ...spec } = (object as { spec?: { tls?: unknown } }).spec ?? {}
    return withSpec(object, spec)
  },
}

const noIngress: Shape = { lacks: isIngress }

/** The pages on two hosts, and the API on a third. */
const severalHosts: Shape = {
  folders: ['several-hosts'],
  change: (object) => {
    if (!is('Ingress', 'devlake')(object)) return object
    const { spec } = object as V1Ingress
    const rules = spec?.rules?.map(({ host, http }) => ({
      host,
      http: { paths: http?.paths.filter(({ path }) => path === '/') },
    }))
    return withSpec(object, { ...spec, rules })
  },
}

const loadBalancer: Shape = { folders: ['load-balancer'], lacks: isIngress }

/** The keys of the service's Secret, from those of the default platform. */
const withServiceKeys =
  (keyed: (keys: readonly ServiceKey[]) => readonly ServiceKey[]) =>
  (object: KubernetesObject): object => {
    if (!is('ExternalSecret', 'devlake-secrets')(object)) return object
    const { spec } = object as { spec?: { data?: readonly ServiceKey[] } }
    return withSpec(object, { ...spec, data: keyed(spec?.data ?? []) })
  }
interface ServiceKey {
  readonly secretKey?: string
}

const withoutGitHub: Shape = {
  names: { forge: null },
  change: withServiceKeys((keys) => keys.filter(({ secretKey }) => secretKey !== 'github-token')),
}

/** GitLab in the place of GitHub. */
const gitLab: Shape = {
  names: { forge: 'gitlab' },
  change: withServiceKeys((keys) =>
    keys.map((one) =>
      one.secretKey === 'github-token'
        ? { secretKey: 'gitlab-token', remoteRef: { key: 'fawkes/devlake/secrets', property: 'gitlab-token' } }
        : one,
    ),
  ),
}

const signOn = [
  { name: 'GF_AUTH_BASIC_ENABLED', value: 'false' },
  { name: 'GF_AUTH_DISABLE_LOGIN_FORM', value: 'true' },
  { name: 'GF_AUTH_GENERIC_OAUTH_ENABLED', value: 'true' },
]

/** Grafana behind single sign-on: its Secret holds the token of a service account, and no password is accepted. */
const ssoGrafana: Shape = {
  names: { signOn: true },
  change: (object) => {
    if (is('ExternalSecret', 'devlake-grafana-secrets')(object)) {
      const { spec } = object as { spec?: object }
      const property = 'service-account-token'
      const remoteRef = { key: 'fawkes/devlake/grafana', property }
      return withSpec(object, { ...spec, data: [{ secretKey: property, remoteRef }] })
    }
    if (!is('StatefulSet', 'devlake-grafana')(object)) return object
    const { spec } = object as V1StatefulSet
    const containers = spec?.template.spec?.containers.map((one) => ({ ...one, env: [...(one.env ?? []), ...signOn] }))
    return withSpec(object, { ...spec, template: { ...spec?.template, spec: { containers } } })
  },
}

/** Grafana in a namespace of its own, with its Secret and its Ingress. */
const grafanaElsewhere: Shape = {
  folders: ['grafana-elsewhere'],
  change: (object) =>
    object.metadata?.name?.startsWith('devlake-grafana') && object.metadata.namespace === 'fawkes'
      ? { ...object, metadata: { ...object.metadata, namespace: 'dashboards' } }
      : object,
}

const inNamespace = (namespace: string): Shape => ({ names: { namespace }, renames: { fawkes: namespace } })

/** The changes of several platforms on one. */
function together(...shapes: readonly Shape[]): Shape {
  return {
    names: Object.assign({}, ...shapes.map(({ names }) => names)) as Partial<Names>,
    folders: shapes.flatMap(({ folders = [] }) => folders),
    lacks: (object) => shapes.some(({ lacks }) => lacks?.(object)),
    change: (object, ports) =>
      shapes.reduce<object>((changed, { change }) => change?.(changed as KubernetesObject, ports) ?? changed, object),
    renames: Object.assign({}, ...shapes.map(({ renames }) => renames)) as Record<string, string>,
  }
}

const platforms = {
  default: {},
  'argocd-elsewhere': argocdIn('argocd'),
  'release-kps': releaseKps,
  'helm-names': helmNames,
  'external-mysql': externalMysql,
  'secure-mysql': secureDatabase,
  'gateway-api': gatewayApi,
  'ingress-elsewhere': ingressElsewhere,
  'routes-elsewhere': together(gatewayApi, routesElsewhere),
  flux,
  'flux-helm': together(flux, fluxHelm),
  'no-cert-manager': noCertManager,
  'no-ingress': noIngress,
  'load-balancer': loadBalancer,
  'several-hosts': severalHosts,
  'without-github': withoutGitHub,
  gitlab: gitLab,
  'sso-grafana': ssoGrafana,
  'grafana-elsewhere': grafanaElsewhere,
  'own-namespace': together(inNamespace('dora'), { names: { argocd: 'dora' } }),
  'suffixed-namespaces': together(argocdIn('argocd-infra'), inNamespace('devlake-prod'), {
    renames: { monitoring: 'monitoring-infra' },
  }),
  'all-at-once': together(releaseKps, helmNames, externalMysql, gatewayApi, flux, withoutGitHub, inNamespace('dora')),
} as const satisfies Record<string, Shape>
export type PlatformName = keyof typeof platforms
export const platformNames = Object.keys(platforms) as [PlatformName, ...PlatformName[]]

const shapeOf = (name: PlatformName): Shape => platforms[name]

/** The folders with further manifests of a platform. */
export const foldersOf = (name: PlatformName): readonly string[] => shapeOf(name).folders ?? []

/** The names by which the stand-ins find the parts of a platform. */
export const namesOf = (name: PlatformName): Names => namesWith(shapeOf(name).names ?? {})

/** The objects of a platform, from those of the default one. */
export function onPlatform(name: PlatformName, objects: readonly KubernetesObject[], ports: Ports): KubernetesObject[] {
  const { lacks = () => false, change = (object) => object, renames = {} } = shapeOf(name)
  return objects
    .filter((object) => !lacks(object))
    .map((object) => renamed(change(object, ports), renames) as KubernetesObject)
}

/** The address of a service within a longer text. */
const address = /\b([a-z0-9-]+)\.([a-z0-9-]+)(?=\.svc\b)/g

function renamed(value: unknown, renames: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    const whole = renames[value]
    if (whole !== undefined) return whole
    return value.replace(
      address,
      (_, service: string, namespace: string) => `${renames[service] ?? service}.${renames[namespace] ?? namespace}`,
    )
  }
  if (Array.isArray(value)) return value.map((one) => renamed(one, renames))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one, renames)]))
}
