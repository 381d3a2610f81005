/** The interface that every flavour of the service implements; a scenario never asks which flavour is active. */

import type { z } from 'zod'
import type { Capability } from '../basis/capability'
import type { CommandLine } from '../basis/command'
import type { DashboardsContract } from './dashboards'
import type { DataSource, DataSourcesContract } from './data-sources'
import type { DoraContract } from './dora'
import type { WebhookContract } from './webhooks'

export const components = ['lake', 'ui', 'grafana', 'mysql'] as const
/** A part of the service that runs as pods behind a Kubernetes Service. */
export type Component = (typeof components)[number]

/** The only list of contract names. */
export const contractNames = ['fawkes', 'devlake'] as const
export type ContractName = (typeof contractNames)[number]
/** The contract of a configuration that names none. */
export const defaultContract: ContractName = 'fawkes'

/** The names by which a component is found: its pods by label, its service by name. */
export interface ComponentNames {
  readonly labels: Readonly<Record<string, string>>
  readonly service: string
  readonly port: number
}

/** An ingress, its host, and the component behind each path. */
interface IngressNames {
  readonly name: string
  readonly host: string
  readonly paths: Readonly<Record<string, Component>>
  /** A path that answers 200 without a login, which shows that the host can be reached from outside. */
  readonly probe: string
}

/** A workload that the service depends on, found by label in one namespace or in all. */
export interface DependencyNames {
  readonly selector: string
  readonly namespace?: string | undefined
  /** Labels ("key=value"), each of which at least one workload must have. Otherwise a missing part would go unnoticed. */
  readonly parts: readonly string[]
  /** Labels of parts that may run outside the cluster, but must run where they are deployed, such as a Redis. */
  readonly neededWhereDeployed?: readonly string[]
}

export type Dependency =
  | 'ingressController'
  | 'certManager'
  | 'argocd'
  | 'flux'
  | 'externalSecrets'
  | 'prometheusOperator'
  | 'grafana'

/** A Secret and its required keys. */
interface SecretNames {
  readonly name: string
  readonly keys: readonly string[]
}

/** The names of everything that the checklist mentions. The configuration can override each of them. */
/** What people reach from outside the cluster. */
export type Entry = 'service' | 'grafana'

export interface PlatformNames {
  readonly namespace: string
  /** A namespace for the service alone, if the platform has one; a rollback removes it. */
  readonly ownNamespace: string
  readonly cluster: { readonly minimumVersion: string; readonly workers: number }
  readonly components: Readonly<Record<Component, ComponentNames>>
  readonly ingresses: Readonly<Record<Entry, IngressNames>>
  readonly storage: { readonly claim: string; readonly size: string }
  readonly application: { readonly name: string; readonly namespace: string }
  readonly secretNames: Readonly<Record<'service' | 'database' | 'grafana', SecretNames>>
  readonly tokens: Readonly<
    Record<'api' | 'github' | 'gitlab' | 'argocd' | 'jenkins', { readonly name: string; readonly key: string }>
  >
  readonly jenkins: { readonly service: string }
  readonly dataSources: Readonly<Record<DataSource, { readonly endpoint: string }>>
  /** The database, the user of the service, and the keys of both passwords in the Secret of the database. */
  readonly database: {
    readonly name: string
    readonly user: string
    readonly passwordKey: string
    readonly rootPasswordKey: string
  }
  /** Grafana's admin, the key of the password in Grafana's Secret, and the path under which Grafana is served. */
  readonly grafana: { readonly user: string; readonly passwordKey: string; readonly root?: string | undefined }
  readonly monitoring: {
    readonly namespace: string
    readonly serviceMonitor: string
    readonly prometheus: { readonly service: string; readonly port: number }
    readonly alertmanager: {
      readonly service: string
      readonly port: number
      readonly labels: Readonly<Record<string, string>>
    }
  }
  readonly dependencies: Readonly<Record<Dependency, DependencyNames>>
}

export interface Column {
  readonly name: string
  /** The type in the notation of MySQL 8, such as "datetime(3)"; absent: any type. */
  readonly type?: string
  /** Absent: either is accepted. */
  readonly nullable?: boolean
  /** A default would invent what nobody reported. Absent: any default is accepted. */
  readonly noDefault?: true
  /** The database numbers the rows. Absent: either is accepted. */
  readonly autoIncrement?: true
}

export interface Index {
  /** Absent: any name. */
  readonly name?: string
  /** The columns in order. Without a name, a longer index that begins with these columns is accepted too. */
  readonly columns: readonly string[]
  readonly unique: boolean
}

export interface Table {
  readonly name: string
  /** The tables of the checklist whose counterpart this is; absent: the table of the same name. */
  readonly standsFor?: readonly string[]
  /** The table may have columns that the contract does not list. */
  readonly openEnded?: true
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
}

/** Statements other than those for raw events. Each takes the quoted name of the database. */
export interface DatabaseStatements {
  /** Yields rows of `project` and `deployments`, largest first; bound to a start and an end. */
  readonly deploymentsByProject: (database: string) => string
  /** Yields rows of `commit`, `result`, `environment` and `finished` (milliseconds since 1970 UTC, or null); bound to a project. */
  readonly deploymentsOf: (database: string) => string
}

/** A metric that the service exposes to Prometheus. */
export interface ExposedMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  /** The bounds that a histogram must have besides +Inf. */
  readonly buckets?: readonly number[]
  /** The smallest and the largest plausible value. */
  readonly range?: readonly [number, number]
}

/** The refusal of a wrong request. */
export interface Refusal {
  readonly status: number
  /** Matches the code or message of the error. */
  readonly says: RegExp
  /** The same in words, for findings. */
  readonly expected: string
}

/** The answer by which the service says why it refuses a token. */
interface TokenRefusal {
  readonly status: number
  /** Matches the body. */
  readonly says: RegExp
  /** Continues the sentence that begins with the token; 'login': the service accepts no token at all, only a login. */
  readonly cause: string
}

/** The part of the REST API that the checklist covers. */
interface RestContract {
  readonly version: string
  /** A sentence for operators about an answer with a version that the contract does not know; null for a known version. */
  readonly unknownVersion?: (body: string) => string | null
  readonly projects: string
  /** A path that accepts callers with a token, and all paths that refuse everyone else. */
  readonly guarded: {
    readonly entered: string
    /** @param project reads the name of a project, for the paths that need one */
    readonly refused: (project: () => Promise<string>) => Promise<readonly [string, ...string[]]>
  }
  /** The request that creates a token, if the service creates tokens itself. */
  readonly newToken?: { readonly path: string; readonly body: string }
  /** The path and the body of the request that gives a project another name, if the service can rename projects. */
  readonly renaming?: (project: string, name: string) => { readonly path: string; readonly body: string }
  /** The refusals of a token that name their cause. */
  readonly tokenRefusals?: readonly TokenRefusal[]
  /** Parses an error to its code or its message. */
  readonly error: z.ZodType<string>
  readonly refusals: Readonly<Record<'no' | 'wrong' | 'expired', Refusal>>
  /** A request for a project that does not exist. */
  readonly unknownProject: { readonly path: string; readonly refusal: Refusal }
  /** A request with a range that ends before it begins. */
  readonly emptyRange: Capability<{ readonly path: (project: string) => string; readonly refusal: Refusal }>
  /** The prefix of the headers that say how many requests are left. */
  readonly rateLimit: Capability<'X-RateLimit'>
}

/** A route that writes without authentication, with a request that shows from outside that it is open and changes nothing. */
interface OpenRoute {
  readonly path: string
  readonly body: string
  readonly isOpen: (status: number, body: string) => boolean
  /** A path beside it that the service refuses without a token, which shows that the host leads to the service. */
  readonly beside: { readonly path: string; readonly refusal: Refusal }
  readonly remedy: readonly CommandLine[]
}

export interface GraphQLContract {
  readonly path: string
  /** In SDL. */
  readonly schema: string
  /** Types whose fields the contract does not specify. */
  readonly openTypes: readonly string[]
  /** A query for each field of Query, which gives no data without a token. The variable `project` is the name of a project. */
  readonly guardedQueries: Readonly<Record<string, string>>
}

interface MetricsContract {
  readonly path: string
  readonly exposed: readonly ExposedMetric[]
}

export interface Contract {
  readonly name: ContractName
  /** The sign of this flavour: one of the paths gives an answer without a token that identifies it. */
  readonly sign: {
    readonly paths: readonly string[]
    readonly shownBy: (status: number, body: string) => boolean
    readonly inWords: string
  }
  /** The defaults of the configuration. */
  readonly names: PlatformNames
  readonly rest: RestContract
  readonly openRoute: Capability<OpenRoute>
  readonly graphql: Capability<GraphQLContract>
  readonly metrics: Capability<MetricsContract>
  readonly dora: DoraContract
  readonly dashboards: DashboardsContract
  readonly webhooks: WebhookContract
  readonly dataSources: DataSourcesContract
  readonly database: {
    readonly tables: readonly Table[]
    readonly characterSet: string
    readonly statements: DatabaseStatements
  }
  readonly ping: {
    readonly path: string
    /** True for the documented answer. */
    readonly isPong: (body: string) => boolean
    /** True for any answer of the lake, which shows that it can be reached. */
    readonly isAnswer: (body: string) => boolean
    readonly expected: string
  }
}
