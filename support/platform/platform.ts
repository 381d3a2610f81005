/** The platform under judgement: one client for each surface, and the routes by which they reach it. */

import { Blocked } from '../basis/expectation'
import type { Settings } from '../configuration/load'
import type { Configuration } from '../configuration/schema'
import type { Contract } from '../contracts/contract'
import { Alertmanager } from './alertmanager'
import { Browser } from './browser'
import { Database } from './database'
import type { Witness } from './exchange'
import { Grafana } from './grafana'
import { GrafanaPages } from './grafana-pages'
import { GraphQL } from './graphql'
import { Http } from './http'
import { loadKubeConfig } from './kubeconfig'
import { Kubernetes } from './kubernetes'
import { KubernetesApi } from './kubernetes-api'
import { Prometheus } from './prometheus'
import { Rest } from './rest'
import { Routes } from './routes'

export class Platform {
  /** Sections of the checklist that the run is about; all of them unless preflight says otherwise. */
  neededSections: ReadonlySet<string> | undefined
  private access: Promise<Blocked[]> | undefined
  private registered: Promise<void> | undefined

  private constructor(
    readonly configuration: Configuration,
    readonly contract: Contract,
    /** Whether the operator allows this run to change the platform. */
    readonly writes: boolean,
    readonly kubernetes: Kubernetes,
    readonly http: Http,
    readonly routes: Routes,
    readonly rest: Rest,
    readonly graphql: GraphQL,
    readonly database: Database,
    readonly prometheus: Prometheus,
    readonly grafana: Grafana,
    readonly browser: Browser,
    readonly grafanaPages: GrafanaPages,
    readonly alertmanager: Alertmanager,
  ) {}

  /**
   * Makes the clients; nothing is sent yet.
   * @throws Blocked without a kubeconfig, ConfigurationError when it cannot be used
   */
  static open(settings: Settings, witness: Witness): Platform {
    const { configuration, contract, certificateAuthority } = settings
    const config = loadKubeConfig(configuration.context)
    const writes = configuration.writes !== undefined && configuration.writes.context === config.getCurrentContext()
    const deadlineMs = configuration.deadlines.request
    const api = new KubernetesApi(config, { writes, requestMs: deadlineMs, witness })
    const kubernetes = new Kubernetes(api, configuration)
    const http = new Http({ deadlineMs, certificateAuthority, writes, witness })
    const routes = new Routes(kubernetes, http, configuration)
    const rest = new Rest(http, routes)
    const browser = new Browser(routes, http.options)
    return new Platform(
      configuration,
      contract,
      writes,
      kubernetes,
      http,
      routes,
      rest,
      new GraphQL(rest, contract.graphql),
      new Database(routes, configuration, witness, writes && configuration.writes?.database === true),
      new Prometheus(http, routes),
      new Grafana(http, routes),
      browser,
      new GrafanaPages(browser, routes, configuration.deadlines.dashboard),
      new Alertmanager(http, routes),
    )
  }

  get context(): string {
    return this.kubernetes.api.config.getCurrentContext()
  }

  /**
   * Reads the secrets that the configuration names, so that none of their values can leave the process, whichever scenario
   * runs first and in whichever worker. What may not be read cannot be shown either.
   */
  registerSecrets(): Promise<void> {
    this.registered ??= this.readSecrets()
    return this.registered
  }

  private async readSecrets(): Promise<void> {
    const { secretNames, tokens } = this.configuration
    const all = [...Object.values(secretNames), ...Object.values(tokens)].flatMap((secret) => secret?.name ?? [])
    const read = await Promise.allSettled([...new Set(all)].map((name) => this.kubernetes.secret(name)))
    for (const result of read)
      if (result.status === 'rejected' && !(result.reason instanceof Blocked)) throw result.reason
  }

  /** What the caller may not do of what the run needs; asked once. */
  missingAccess(): Promise<Blocked[]> {
    this.access ??= this.kubernetes.missingAccess(this.neededSections, this.writes)
    return this.access
  }

  /** Closes what is open; safe to call more than once. */
  async close(): Promise<void> {
    await Promise.all([this.database.close(), this.browser.close()])
    await Promise.all([this.routes.close(), this.http.close()])
  }
}
