/**
 * What differs between the flavours of the service stands behind this interface: a scenario never asks which one is
 * active.
 */

import type { z } from 'zod'
import type { Capability } from '../basis/capability'
import type { DashboardsContract } from './dashboards'
import type { DataSource, DataSourcesContract } from './data-sources'
import type { DoraContract } from './dora'
import type { WebhookContract } from './webhooks'

export const components = ['lake', 'ui', 'grafana', 'mysql'] as const
/** A part of the service that runs as pods behind a service. */
export type Component = (typeof components)[number]

/** The only list of contract names. */
export const contractNames = ['fawkes', 'devlake'] as const
export type ContractName = (typeof contractNames)[number]
/** The contract of a configuration that names none. */
export const defaultContract: ContractName = 'fawkes'

/** How to find one component: its pods by label, its service by name. */
export interface ComponentNames {
  readonly labels: Readonly<Record<string, string>>
  readonly service: string
  readonly port: number
}

/** An ingress, its host, and the component that each path leads to. */
interface IngressNames {
  readonly name: string
  readonly host: string
  readonly paths: Readonly<Record<string, Component>>
  /** A path that answers 200 without a login, to see that the host answers from outside. */
  readonly probe: string
}

/** A workload that the service needs, found by label in one namespace or in all. */
export interface DependencyNames {
  readonly selector: string
  readonly namespace?: string | undefined
  /** Labels ("key=value"), each of which at least one of the workloads must bear: a part that is gone is not found. */
  readonly parts: readonly string[]
}

export type Dependency =
  | 'ingressController'
  | 'certManager'
  | 'argocd'
  | 'externalSecrets'
  | 'prometheusOperator'
  | 'grafana'

/** A Secret and the keys that it must hold. */
interface SecretNames {
  readonly name: string
  readonly keys: readonly string[]
}

/** The names of everything that the checklist mentions; each can be changed in the configuration. */
export interface PlatformNames {
  readonly namespace: string
  /** A namespace that holds only the service, where the platform has one; rolling back removes it. */
  readonly ownNamespace: string
  readonly cluster: { readonly minimumVersion: string; readonly workers: number }
  readonly components: Readonly<Record<Component, ComponentNames>>
  readonly ingresses: Readonly<Record<'service' | 'grafana', IngressNames>>
  readonly storage: { readonly claim: string; readonly size: string }
  readonly application: { readonly name: string; readonly namespace: string }
  readonly secretNames: Readonly<Record<'service' | 'database' | 'grafana', SecretNames>>
  readonly tokens: Readonly<
    Record<'api' | 'github' | 'argocd' | 'jenkins', { readonly name: string; readonly key: string }>
  >
  readonly jenkins: { readonly service: string }
  readonly dataSources: Readonly<Record<DataSource, { readonly endpoint: string }>>
  /** The database, the user whom the service connects as, and the key of that user's password; root's is beside it. */
  readonly database: {
    readonly name: string
    readonly user: string
    readonly passwordKey: string
    readonly rootPasswordKey: string
  }
  /** Grafana's admin, the key of the password in the Secret of Grafana, and the path that all of Grafana lies under. */
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
  /** As MySQL 8 writes it, such as "datetime(3)"; any type when the contract gives none. */
  readonly type?: string
  /** Whether it may be empty; either when the contract does not say. */
  readonly nullable?: boolean
}

export interface Index {
  /** Any name when the contract gives none. */
  readonly name?: string
  /** In their order; a longer index that begins with them will do where the contract gives no name. */
  readonly columns: readonly string[]
  readonly unique: boolean
}

export interface Table {
  readonly name: string
  /** Which of the checklist's tables it is the counterpart of; the one of its own name when absent. */
  readonly standsFor?: readonly string[]
  /** Whether it may have columns that the contract does not name. */
  readonly openEnded?: true
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
}

/** What is asked of the tables beside raw events; each takes the quoted name of the database. */
export interface DatabaseStatements {
  /** Rows of `project`, `deployments`, the most first; bound to a begin and an end. */
  readonly deploymentsByProject: (database: string) => string
  /** Rows of `commit`, `result`, `environment` and `finished` in milliseconds since 1970, or null; bound to a project. */
  readonly deploymentsOf: (database: string) => string
}

/** A metric that the service exposes to Prometheus. */
export interface ExposedMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  /** Bounds that a histogram must hold, +Inf aside. */
  readonly buckets?: readonly number[]
  /** Least and largest value that makes sense. */
  readonly range?: readonly [number, number]
}

/** How a wrong question is refused. */
export interface Refusal {
  readonly status: number
  /** What its error says, and that in words. */
  readonly says: RegExp
  readonly expected: string
}

/** The REST API, as far as the checklist looks at it. */
interface RestContract {
  readonly version: string
  readonly projects: string
  /** A path that lets in who has a token, and one that refuses everybody else. */
  readonly guarded: { readonly entered: string; readonly refused: string }
  /** The request that makes a token, where the service is asked for one; its path and its body. */
  readonly newToken?: { readonly path: string; readonly body: string }
  /** What an error says: its code, or its message. */
  readonly error: z.ZodType<string>
  readonly refusals: Readonly<Record<'no' | 'wrong' | 'expired', Refusal>>
  /** A question about a project that does not exist. */
  readonly unknownProject: { readonly path: string; readonly refusal: Refusal }
  /** A question with a range that ends before it begins. */
  readonly emptyRange: Capability<{ readonly path: (project: string) => string; readonly refusal: Refusal }>
  /** Whether each answer says how many requests are left. */
  readonly rateLimit: Capability<'X-RateLimit'>
}

/** A route that writes without asking who it is, and how to see from outside that it is open, by what changes nothing. */
interface OpenRoute {
  readonly path: string
  readonly body: string
  readonly isOpen: (status: number, body: string) => boolean
  readonly remedy: readonly string[]
}

export interface GraphQLContract {
  readonly path: string
  /** As SDL. */
  readonly schema: string
  /** Types whose fields the contract leaves open. */
  readonly openTypes: readonly string[]
}

interface MetricsContract {
  readonly path: string
  readonly exposed: readonly ExposedMetric[]
}

export interface Contract {
  readonly name: ContractName
  /** By what the service shows that it is of this flavour: whichever of the paths answers so, without a token. */
  readonly sign: {
    readonly paths: readonly string[]
    readonly shownBy: (status: number, body: string) => boolean
    readonly inWords: string
  }
  /** Names that hold when the configuration says nothing else. */
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
    /** Whether it is the answer that the contract documents. */
    readonly isPong: (body: string) => boolean
    /** Whether it is the lake that answers, whatever the form: enough to see that it can be reached. */
    readonly isAnswer: (body: string) => boolean
    readonly expected: string
  }
}
