/**
 * The configuration file, key by key. Everything has a default except what only the operator can know, so an empty file
 * and no file mean the same. An unknown key is refused: a misspelt one would otherwise be a silent default.
 */
import { z } from 'zod'
import { contractNames, defaultContract, type PlatformNames } from '../contracts/contract'
import { duration, identifier, labels, name, port, regularExpression } from './values'

const component = (fallback: PlatformNames['components']['lake']) =>
  z
    .strictObject({
      labels: labels.default(fallback.labels),
      service: name.default(fallback.service),
      port: port.default(fallback.port),
    })
    .prefault({})

const ingress = (fallback: PlatformNames['ingresses']['service']) =>
  z
    .strictObject({
      name: name.default(fallback.name),
      host: name.default(fallback.host),
      paths: z.record(z.string().startsWith('/'), z.enum(['lake', 'ui', 'grafana', 'mysql'])).default(fallback.paths),
      probe: z.string().startsWith('/').default(fallback.probe),
    })
    .prefault({})

const secret = (fallback: PlatformNames['secretNames']['service']) =>
  z
    .strictObject({
      name: name.default(fallback.name),
      keys: z
        .array(name)
        .min(1)
        .default([...fallback.keys]),
    })
    .prefault({})

const token = (fallback: PlatformNames['tokens']['api']) =>
  z.strictObject({ name: name.default(fallback.name), key: name.default(fallback.key) }).prefault({})

const dependency = (fallback: PlatformNames['dependencies']['argocd']) =>
  z
    .strictObject({
      selector: name.default(fallback.selector),
      /** Labels (key=value) of the parts that must be there. */
      parts: z
        .array(z.string().regex(/^[^=]+=[^=]+$/, 'expected a label such as "app.kubernetes.io/component=server"'))
        .default([...fallback.parts]),
      namespace: name.optional().transform((given) => given ?? fallback.namespace),
    })
    .prefault({})

/** Where the service collects from: the endpoint of its connection. */
const endpoint = (fallback: PlatformNames['dataSources']['github']) =>
  z.url({ protocol: /^https?$/, error: 'expected a URL such as "https://api.github.com"' }).default(fallback.endpoint)

const scopedSource = (fallback: PlatformNames['dataSources']['github']) =>
  z
    .strictObject({
      endpoint: endpoint(fallback),
      /** The repositories or Applications that are looked at, and must be there; all of them when absent. */
      scopes: z.array(name).min(1).optional(),
    })
    .prefault({})

/** The schema whose defaults are the names of a contract. */
export function configurationSchema(names: PlatformNames) {
  return z.strictObject({
    contract: z.enum(contractNames).default(defaultContract),
    /** Context of the kubeconfig; its current one when absent. */
    context: name.optional(),
    /** Whether the secrets come from External Secrets (1.1 to 1.3) or were created by hand (1.4). */
    secrets: z.enum(['external', 'manual']).default('external'),
    namespace: name.default(names.namespace),
    cluster: z
      .strictObject({
        minimumVersion: z
          .string()
          .regex(/^\d+\.\d+(\.\d+)?$/, 'expected a version such as "1.28"')
          .default(names.cluster.minimumVersion),
        workers: z.number().int().min(1).default(names.cluster.workers),
      })
      .prefault({}),
    components: z
      .strictObject({
        lake: component(names.components.lake),
        ui: component(names.components.ui),
        grafana: component(names.components.grafana),
        mysql: component(names.components.mysql),
      })
      .prefault({}),
    ingresses: z
      .strictObject({ service: ingress(names.ingresses.service), grafana: ingress(names.ingresses.grafana) })
      .prefault({}),
    storage: z
      .strictObject({
        claim: name.default(names.storage.claim),
        size: z
          .string()
          .regex(/^\d+(\.\d+)?([EPTGMK]i?)?$/, 'expected a quantity such as "20Gi"')
          .default(names.storage.size),
      })
      .prefault({}),
    application: z
      .strictObject({
        name: name.default(names.application.name),
        namespace: name.default(names.application.namespace),
        /** URL of the platform repository; any repository when absent. */
        repository: name.optional(),
      })
      .prefault({}),
    /** An Application beside the service's that may be synced, and the project of its deployments; its own name when absent. */
    testApplication: z.strictObject({ name, project: name.optional() }).optional(),
    secretNames: z
      .strictObject({
        service: secret(names.secretNames.service),
        database: secret(names.secretNames.database),
        grafana: secret(names.secretNames.grafana),
      })
      .prefault({}),
    tokens: z
      .strictObject({
        api: token(names.tokens.api),
        github: token(names.tokens.github),
        argocd: token(names.tokens.argocd),
        jenkins: token(names.tokens.jenkins),
        /** An API token that has expired, to see that it is refused; without one that is not looked at. */
        expired: z.strictObject({ name, key: name }).optional(),
        /** The secret with which webhooks must be signed; without one they are not. */
        webhook: z.strictObject({ name, key: name }).optional(),
      })
      .prefault({}),
    jenkins: z.strictObject({ service: name.default(names.jenkins.service) }).prefault({}),
    dataSources: z
      .strictObject({
        github: scopedSource(names.dataSources.github),
        argocd: scopedSource(names.dataSources.argocd),
        jenkins: z.strictObject({ endpoint: endpoint(names.dataSources.jenkins) }).prefault({}),
      })
      .prefault({}),
    database: z
      .strictObject({
        name: name.default(names.database.name),
        user: name.default(names.database.user),
        passwordKey: name.default(names.database.passwordKey),
        rootPasswordKey: name.default(names.database.rootPasswordKey),
      })
      .prefault({}),
    grafana: z
      .strictObject({
        user: name.default(names.grafana.user),
        passwordKey: name.default(names.grafana.passwordKey),
        /** Path that all of Grafana lies under, where its setting serve_from_sub_path is on. */
        root: z
          .string()
          .regex(/^(\/[^/]+)+$/, 'expected a path such as "/grafana"')
          .optional()
          .transform((given) => given ?? names.grafana.root),
      })
      .prefault({}),
    /** Where the database keeps what the published schema does not show. */
    events: z
      .strictObject({
        /** Which commits a deployment contains. */
        deploymentCommits: z.strictObject({ table: identifier, deployment: identifier, commit: identifier }).optional(),
        /** Whether those commits were named by the deployment's own event. */
        listedCommits: z.strictObject({ table: identifier, deployment: identifier, column: identifier }).optional(),
        /** The project, the environment and the named deployment of an incident. */
        incidents: z
          .strictObject({
            table: identifier,
            incident: identifier,
            project: identifier,
            environment: identifier,
            deployment: identifier,
          })
          .optional(),
        /** The builds of pipelines. */
        builds: z
          .strictObject({
            table: identifier,
            id: identifier,
            project: identifier,
            commit: identifier,
            stage: identifier,
            result: identifier,
            started: identifier,
            finished: identifier,
            /** Which of its rows are builds; all of them when absent. */
            type: z.strictObject({ column: identifier, value: name }).optional(),
          })
          .optional(),
        /** Whether stored ids are those of their source, or stand behind `project:`. */
        idPrefix: z.enum(['none', 'project']).default('none'),
      })
      .prefault({}),
    projects: z
      .strictObject({
        /** The projects whose numbers are recomputed; all of them when absent. */
        only: z.array(name).min(1).optional(),
        /** More than so many are sampled. */
        atMost: z.number().int().min(1).default(20),
      })
      .prefault({}),
    monitoring: z
      .strictObject({
        namespace: name.default(names.monitoring.namespace),
        serviceMonitor: name.default(names.monitoring.serviceMonitor),
        prometheus: z
          .strictObject({
            service: name.default(names.monitoring.prometheus.service),
            port: port.default(names.monitoring.prometheus.port),
          })
          .prefault({}),
        alertmanager: z
          .strictObject({
            service: name.default(names.monitoring.alertmanager.service),
            port: port.default(names.monitoring.alertmanager.port),
            /** Labels of the alert that a run raises, beside alertname and service: they route it to the service. */
            labels: labels.default(names.monitoring.alertmanager.labels),
          })
          .prefault({}),
        /** How far back a gap between two scrapes is looked for. */
        lookBack: duration('5m'),
      })
      .prefault({}),
    dependencies: z
      .strictObject({
        ingressController: dependency(names.dependencies.ingressController),
        certManager: dependency(names.dependencies.certManager),
        argocd: dependency(names.dependencies.argocd),
        externalSecrets: dependency(names.dependencies.externalSecrets),
        prometheusOperator: dependency(names.dependencies.prometheusOperator),
        grafana: dependency(names.dependencies.grafana),
      })
      .prefault({}),
    certificates: z
      .strictObject({
        /** `none` on a platform where cert-manager issues nothing; otherwise finding no certificate blocks. */
        expect: z.enum(['some', 'none']).default('some'),
        /** A certificate that ends sooner is about to expire. */
        validFor: duration('7d'),
      })
      .prefault({}),
    logs: z
      .strictObject({
        /** How far back error lines are looked for. */
        lookBack: duration('1h'),
        /** Error lines that match one of these are known and harmless. */
        allow: z.array(regularExpression).default([]),
      })
      .prefault({}),
    /** Where the ingress controller listens when DNS does not know its hosts: what curl calls --resolve. */
    ingress: z
      .strictObject({ address: name.optional(), httpPort: port.default(80), httpsPort: port.default(443) })
      .prefault({}),
    /** PEM file with the authority that signed the certificates of HTTPS routes. */
    certificateAuthority: name.optional(),
    /** Optional parts that this platform does not have, each with the reason. */
    absent: z.strictObject({ jenkins: name.optional(), externalAccess: name.optional() }).prefault({}),
    writes: z.strictObject({ context: name, database: z.boolean().default(false) }).optional(),
    /** YAML files, relative to this one. */
    attestations: name.optional(),
    waivers: name.optional(),
    /** PEM file with the Ed25519 key that signs the record, relative to this one. */
    signature: z.strictObject({ keyFile: name }).optional(),
    /** Where the metrics of the run itself go. */
    metrics: z
      .strictObject({
        textfile: z
          .string()
          .endsWith('.prom', 'expected a file that ends with ".prom": others are not read')
          .optional(),
        pushgateway: z
          .url({ protocol: /^https?$/, error: 'expected a URL such as "http://pushgateway:9091"' })
          .optional(),
      })
      .prefault({}),
    deadlines: z
      .strictObject({
        /** One question to one surface. */
        request: duration('10s'),
        /** One scenario step that waits for a condition. */
        condition: duration('20s'),
        /** Events until they are seen in the metrics. */
        collection: duration('10m'),
        /** A dashboard in the browser, from its address to all that it shows. */
        dashboard: duration('10s'),
        /** All the facts that are collected when something failed. */
        diagnosis: duration('15s'),
      })
      .prefault({}),
  })
}

export type Configuration = z.infer<ReturnType<typeof configurationSchema>>
