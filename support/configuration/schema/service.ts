/** The deployed service: its pods, services and ingresses, its storage, its Application, and its logs. */
import { z } from 'zod'
import { components as componentNames, type PlatformNames } from '../../contracts/contract'
import { duration, host, labels, name, port, regularExpression } from './values'

const component = (names: PlatformNames['components']['lake']) =>
  z
    .strictObject({
      labels: labels.default(names.labels),
      service: name.default(names.service),
      port: port.default(names.port),
    })
    .prefault({})

export const components = (names: PlatformNames['components']) =>
  z
    .strictObject({
      lake: component(names.lake),
      ui: component(names.ui),
      grafana: component(names.grafana),
      mysql: component(names.mysql),
    })
    .prefault({})

const kind = z.enum(['Ingress', 'HTTPRoute', 'Service'])
const paths = z.record(z.string().startsWith('/'), z.enum(componentNames))

const ingress = (names: PlatformNames['ingresses']['service']) =>
  z
    .strictObject({
      /** The kind of object that leads from outside to the service: an HTTPRoute of the Gateway API, or a Service that is open itself. */
      kind: kind.default('Ingress'),
      /** The namespace of the Ingress or HTTPRoute, with its further hosts; that of the component behind it when absent. */
      namespace: name.optional(),
      name: name.default(names.name),
      host: host.default(names.host),
      paths: paths.default(names.paths),
      probe: z.string().startsWith('/').default(names.probe),
      /** Further hosts; a key that is absent is that of the first host. */
      others: z
        .array(
          z.strictObject({
            kind: kind.optional(),
            name: name.optional(),
            host,
            paths: paths.optional(),
            probe: z.string().startsWith('/').optional(),
          }),
        )
        .default([]),
    })
    .prefault({})

export const ingresses = (names: PlatformNames['ingresses']) =>
  z.strictObject({ service: ingress(names.service), grafana: ingress(names.grafana) }).prefault({})

export const storage = (names: PlatformNames['storage']) =>
  z
    .strictObject({
      claim: name.default(names.claim),
      size: z
        .string()
        .regex(/^\d+(\.\d+)?([EPTGMK]i?)?$/, 'expected a quantity such as "20Gi"')
        .default(names.size),
    })
    .prefault({})

export const application = (names: PlatformNames['application']) =>
  z
    .strictObject({
      /** The kind of object that delivers the service: an Application of ArgoCD, or an object of Flux. */
      kind: z.enum(['Application', 'Kustomization', 'HelmRelease']).default('Application'),
      name: name.default(names.name),
      namespace: name.default(names.namespace),
      /** URL of the platform repository; any repository when absent. */
      repository: name.optional(),
      /** Directory in the repository; any when absent. */
      path: name.optional(),
      /** Name of the Helm or OCI chart; any when absent. */
      chart: name.optional(),
      /** Branch, tag or version that is deployed; any when absent. */
      revision: name.optional(),
      /** Server URL or ArgoCD's name of the destination cluster; the cluster of this run when absent. */
      destination: name.optional(),
      /** The longest time since ArgoCD compared the Application. ArgoCD's own interval is 2 to 3 minutes. */
      reconciledWithin: duration('1h'),
    })
    .prefault({})

/** A second Application, which a run may sync, and the project of its deployments; the Application's own name when absent. */
export const testApplication = z.strictObject({ name, project: name.optional() }).optional()

export const logs = z
  .strictObject({
    /** The age up to which error lines count. */
    lookBack: duration('1h'),
    /** Error lines that match one of these are known and harmless. */
    allow: z.array(regularExpression).default([]),
  })
  .prefault({})
