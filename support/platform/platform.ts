/** The platform under judgement: one client for each surface, and the routes by which they reach it. */
import { addressCommands } from '../basis/command'
import { Blocked } from '../basis/expectation'
import { allHosts } from '../configuration/hosts'
import type { Settings } from '../configuration/load'
import type { Configuration } from '../configuration/schema'
import type { Contract } from '../contracts/contract'
import { Alertmanager } from './alertmanager'
import { Browser } from './browser'
import { Database } from './database'
import { databaseOf, toDatabase } from './database-commands'
import type { Witness } from './exchange'
import { Grafana } from './grafana'
import { GrafanaPages } from './grafana-pages'
import { GraphQL } from './graphql'
import { Http } from './http'
import { ClusterAccess } from './kubeconfig/access'
import { Kubernetes } from './kubernetes'
import { KubernetesApi } from './kubernetes-api'
import { missingAccess } from './missing-access'
import { Prometheus } from './prometheus'
import { Rest } from './rest'
import { Routes } from './routes'

/** The clients and the settings with which a platform is judged. */
export interface PlatformParts {
  readonly configuration: Configuration
  readonly contract: Contract
  /** The operator allows this run to change the platform. */
  readonly writes: boolean
  readonly kubernetes: Kubernetes
  readonly http: Http
  readonly routes: Routes
  readonly rest: Rest
  readonly graphql: GraphQL
  readonly database: Database
  readonly prometheus: Prometheus
  readonly grafana: Grafana
  readonly browser: Browser
  readonly grafanaPages: GrafanaPages
  readonly alertmanager: Alertmanager
}

/** The settings that decide how a platform is reached. */
type PlatformSettings = Pick<Settings, 'configuration' | 'contract' | 'certificateAuthority' | 'databaseAuthority'>

export class Platform implements PlatformParts {
  readonly configuration: Configuration
  readonly contract: Contract
  readonly writes: boolean
  readonly kubernetes: Kubernetes
  readonly http: Http
  readonly routes: Routes
  readonly rest: Rest
  readonly graphql: GraphQL
  readonly database: Database
  readonly prometheus: Prometheus
  readonly grafana: Grafana
  readonly browser: Browser
  readonly grafanaPages: GrafanaPages
  readonly alertmanager: Alertmanager
  /** Ids of the checklist's sections that the run proves; all of them while undefined. Preflight sets it. */
  neededSections: ReadonlySet<string> | undefined
  private access: Promise<Blocked[]> | undefined
  private registered: Promise<void> | undefined

  constructor(parts: PlatformParts) {
    this.configuration = parts.configuration
    this.contract = parts.contract
    this.writes = parts.writes
    this.kubernetes = parts.kubernetes
    this.http = parts.http
    this.routes = parts.routes
    this.rest = parts.rest
    this.graphql = parts.graphql
    this.database = parts.database
    this.prometheus = parts.prometheus
    this.grafana = parts.grafana
    this.browser = parts.browser
    this.grafanaPages = parts.grafanaPages
    this.alertmanager = parts.alertmanager
  }

  /**
   * Creates the clients; nothing is sent yet.
   * @throws Blocked without a kubeconfig, ConfigurationError when it cannot be used
   */
  static open(settings: PlatformSettings, witness: Witness): Platform {
    const { configuration, contract, certificateAuthority, databaseAuthority } = settings
    const deadlineMs = configuration.deadlines.request
    const access = ClusterAccess.to(configuration.context, deadlineMs)
    addressCommands(access.context, wayTo(configuration))
    const writes = configuration.writes !== undefined && configuration.writes.context === access.context
    const api = new KubernetesApi(access, { writes, requestMs: deadlineMs, witness })
    const kubernetes = new Kubernetes(api, configuration)
    const { parallelRequests } = configuration.load
    const http = new Http({ deadlineMs, certificateAuthority, writes, parallelRequests, witness })
    const routes = new Routes(kubernetes, http, configuration)
    const rest = new Rest(http, routes, (body) => contract.dataSources.secretsIn(body).map(({ value }) => value), [
      ...databaseOf(configuration),
      toDatabase('lake', configuration),
    ])
    const browser = new Browser(routes, http.options)
    return new Platform({
      configuration,
      contract,
      writes,
      kubernetes,
      http,
      routes,
      rest,
      browser,
      graphql: new GraphQL(rest, contract.graphql),
      database: new Database(
        routes,
        configuration,
        witness,
        writes && configuration.writes?.database === true,
        databaseAuthority,
      ),
      prometheus: new Prometheus(http, routes),
      grafana: new Grafana(http, routes),
      grafanaPages: new GrafanaPages(browser, routes, configuration.deadlines.dashboard),
      alertmanager: new Alertmanager(http, routes),
    })
  }

  /** The context of the kubeconfig in use. */
  get context(): string {
    return this.kubernetes.api.access.context
  }

  /**
   * Reads the secrets that the configuration names, once, so that none of their values can leave the process, in any worker.
   * A secret that the caller may not read cannot be shown either.
   */
  registerSecrets(): Promise<void> {
    this.registered ??= this.readSecrets()
    return this.registered
  }

  private async readSecrets(): Promise<void> {
    const { secretNames, tokens } = this.configuration
    const own = [secretNames.service, secretNames.database, ...Object.values(tokens)]
    const names = new Set(own.flatMap((secret) => secret?.name ?? []))
    const ofGrafana = this.kubernetes.of('grafana').secret(secretNames.grafana.name)
    const read = await Promise.allSettled([ofGrafana, ...[...names].map((name) => this.kubernetes.secret(name))])
    for (const result of read)
      if (result.status === 'rejected' && !(result.reason instanceof Blocked)) throw result.reason
  }

  /** The operations that the run needs and the caller may not perform; queried once. */
  missingAccess(): Promise<Blocked[]> {
    this.access ??= missingAccess(this.kubernetes, this.neededSections, this.writes)
    return this.access
  }

  /** Closes what is open; safe to call more than once. */
  async close(): Promise<void> {
    await Promise.all([this.database.close(), this.browser.close()])
    await Promise.all([this.routes.close(), this.http.close()])
  }
}

/** The way by which an operator's commands reach the service. */
function wayTo(configuration: Configuration): Parameters<typeof addressCommands>[1] {
  const { namespace, tokens, ingress, certificateAuthority, secretNames, grafana, components, monitoring } =
    configuration
  const { address, ...ports } = ingress
  const { namespace: grafanaNamespace = namespace } = grafana
  const parts = [
    ...Object.entries(components).map(([part, component]) => ({
      namespace: part === 'grafana' ? grafanaNamespace : namespace,
      ...component,
    })),
    ...[monitoring.prometheus, monitoring.alertmanager].map((part) => ({ namespace: monitoring.namespace, ...part })),
  ]
  const hosts = allHosts(configuration).flatMap(({ kind, host }) => (kind === 'Service' ? [] : [host]))
  return {
    token: { namespace, ...tokens.api },
    services: parts.map(({ namespace, service, port }) => ({ namespace, service, port })),
    grafana: {
      namespace: grafanaNamespace,
      name: secretNames.grafana.name,
      key: grafana.tokenKey ?? grafana.passwordKey,
      isToken: grafana.tokenKey !== undefined,
    },
    ...(address === undefined ? {} : { ingress: { hosts, address, ...ports, certificateAuthority } }),
  }
}
