/** The part of a contract about the connections through which the service collects data. */
import type { z } from 'zod'

export interface Connection {
  readonly id: number
  readonly name: string
  readonly endpoint: string
}

/** A repository, an Application or a job that a connection collects from. */
export interface ConnectionScope {
  readonly name: string
  readonly collects: readonly Collected[]
  /** The number by which the source knows it, if the service says so. */
  readonly id: number | undefined
  /** The time from which on the service collects it, in milliseconds since 1970; undefined if the service does not say. */
  readonly since: number | undefined
  /** True if a project uses the scope; undefined if the service names none. */
  readonly isUsed: boolean | undefined
}

export interface DataSourcesContract {
  /** Sources that older versions do not collect from, with the reason. Their list is then an unknown route. */
  readonly young?: Readonly<Partial<Record<DataSource, string>>>
  readonly connections: (source: DataSource) => string
  readonly listed: z.ZodType<readonly Connection[]>
  readonly connection: (source: DataSource, id: number) => string
  /** The fields of an answer that show a secret in plain text, with its value. */
  readonly secretsIn: (body: string) => readonly { readonly field: string; readonly value: string }[]
  /** The path of a POST that tries the endpoint with the stored token and changes nothing. */
  readonly test: (source: DataSource, id: number) => string
  /** Parses the outcome of the test, whatever the status of the answer. */
  readonly tested: z.ZodType<{
    readonly success: boolean
    readonly message: string
    /** The limits of a connection that works, such as scopes that its token lacks. */
    readonly warning: string | undefined
  }>
  /** The path of a GET that the service passes on to the source, with the token of the connection, and answers with its JSON. */
  readonly passedOn: (source: DataSource, id: number, path: string) => string
  /** @param page from 1 */
  readonly scopes: (source: DataSource, id: number, page: number) => string
  /** Parses one page, and the number of scopes on all pages. */
  readonly scopePage: z.ZodType<{ readonly scopes: readonly ConnectionScope[]; readonly count: number }>
}

/** The sources from which the service collects by itself. */
export type DataSource = 'github' | 'gitlab' | 'argocd' | 'jenkins'

/** The kinds of data that it can collect, in the words of the checklist. */
export type Collected = 'commits' | 'pull requests' | 'code review' | 'sync events'
