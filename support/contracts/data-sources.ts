/** What a contract says about the connections through which the service collects, and about what it collects through them. */
import type { z } from 'zod'

export interface Connection {
  readonly id: number
  readonly name: string
  readonly endpoint: string
}

export interface Scope {
  readonly name: string
  readonly collects: readonly Collected[]
}

export interface DataSourcesContract {
  /** Those that not every version collects from, with the reason; without one, its list is an unknown route. */
  readonly young?: Readonly<Partial<Record<DataSource, string>>>
  readonly connections: (source: DataSource) => string
  readonly listed: z.ZodType<readonly Connection[]>
  readonly connection: (source: DataSource, id: number) => string
  /** Fields of an answer that hold a secret in clear, with what they hold. */
  readonly secretsIn: (body: string) => readonly { readonly field: string; readonly value: string }[]
  /** A POST that asks the endpoint with the stored token, and changes nothing. */
  readonly test: (source: DataSource, id: number) => string
  /** What came of the test, whatever the status of the answer. */
  readonly tested: z.ZodType<{ readonly success: boolean; readonly message: string }>
  /** @param page from 1 */
  readonly scopes: (source: DataSource, id: number, page: number) => string
  /** One page, and how many scopes there are on all of them. */
  readonly scopePage: z.ZodType<{ readonly scopes: readonly Scope[]; readonly count: number }>
}

/** Where the service collects from by itself. */
export type DataSource = 'github' | 'argocd' | 'jenkins'

/** What it can collect, in the words of the checklist. */
export type Collected = 'commits' | 'pull requests' | 'code review' | 'sync events'
