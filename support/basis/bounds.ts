/**
 * Every bound on what the suite reads from others, and the finding for an answer that exceeds one. A healthy platform stays far below
 * each of them, so none has a configuration key.
 */
import type { CommandLine } from './command'
import { Blocked, type Circumstances, Unmet } from './expectation'

const megabyte = 1024 * 1024

interface Bound {
  readonly most: number
  readonly unit: string
}

export const bounds = {
  /** The body of one HTTP response, of the service or of its parts. */
  responseBody: { most: 20 * megabyte, unit: 'bytes' },
  /** The JSON of one response: more would stop the process from hearing a signal while it parses. */
  jsonValues: { most: 1_000_000, unit: 'values' },
  jsonDepth: { most: 200, unit: 'levels' },
  /** The status line and headers of one HTTP response. */
  responseHeaders: { most: 16 * 1024, unit: 'bytes' },
  /** The body of one response of the Kubernetes API: a page of 500 large objects. */
  kubernetesBody: { most: 64 * megabyte, unit: 'bytes' },
  /** One list of Kubernetes objects, over all its pages. */
  kubernetesListItems: { most: 20_000, unit: 'objects' },
  kubernetesListPages: { most: 200, unit: 'pages' },
  kubernetesListBytes: { most: 128 * megabyte, unit: 'bytes' },
  kubernetesListTime: { most: 120_000, unit: 'ms' },
  /** The log of one container, which the API server itself cuts off at this size. */
  containerLog: { most: 10_000_000, unit: 'bytes' },
  /** The output of one command in a pod. */
  commandOutput: { most: 20 * megabyte, unit: 'bytes' },
  /** One message on a WebSocket of the Kubernetes API: exec and port-forward. */
  webSocketMessage: { most: 16 * megabyte, unit: 'bytes' },
  /** What a credential plugin prints. */
  pluginOutput: { most: megabyte, unit: 'bytes' },
  /** The scopes of one connection of the service, over all their pages. */
  scopeItems: { most: 20_000, unit: 'scopes' },
  scopePages: { most: 250, unit: 'pages' },
  scopeTime: { most: 120_000, unit: 'ms' },
  /** The projects of the service, over all their pages. */
  projectItems: { most: 20_000, unit: 'projects' },
  projectPages: { most: 500, unit: 'pages' },
  projectTime: { most: 120_000, unit: 'ms' },
  /** The metrics page of the service. */
  expositionLine: { most: 200_000, unit: 'characters in one line' },
  expositionSamples: { most: 200_000, unit: 'samples' },
  /** The fields of one answer whose values no report may show. */
  secretFields: { most: 1000, unit: 'fields with secrets' },
  /** The answer of Prometheus to one query. */
  prometheusSeries: { most: 50_000, unit: 'series' },
  /** The answer of the service to GraphQL's introspection. */
  introspectionTypes: { most: 5000, unit: 'types' },
  /** The answer of the database to one statement whose rows are kept in memory. */
  databaseRows: { most: 500_000, unit: 'rows' },
  databaseBytes: { most: 64 * megabyte, unit: 'bytes' },
  /** The answer to one statement whose rows are processed one by one. */
  databaseStreamedRows: { most: 20_000_000, unit: 'rows' },
  databaseStreamedBytes: { most: 4096 * megabyte, unit: 'bytes' },
  /** A statement whose rows are processed singly. The server ends it, even if the run was killed. */
  databaseStatementTime: { most: 30_000, unit: 'ms' },
  /** A consistent snapshot of the database, because a write lock on its tables must wait for its end. */
  databaseSnapshotTime: { most: 60_000, unit: 'ms' },
} as const satisfies Readonly<Record<string, Bound>>

export type BoundName = keyof typeof bounds

/** A limit in words, such as "20 MB" or "200 pages". */
export function limitOf(name: BoundName): string {
  const { most, unit }: Bound = bounds[name]
  if (unit === 'ms') return `${most / 1000} s`
  if (unit !== 'bytes') return `${most.toLocaleString('en-US')} ${unit}`
  if (most % megabyte === 0) return `${most / megabyte} MB`
  return most % 1024 === 0 ? `${most / 1024} KB` : `${most.toLocaleString('en-US')} bytes`
}

/** Thrown by a parser that knows neither the object nor a remedy. */
export class OutOfBounds extends Error {
  override readonly name = 'OutOfBounds'
  constructor(readonly bound: BoundName) {
    super(`more than ${limitOf(bound)}`)
  }
}

/** An answer that exceeds a bound, and what to do about it. */
export interface Excess {
  readonly bound: BoundName
  /** Kind and name of what was read, such as "the log of Pod fawkes/lake-0". */
  readonly object: string
  readonly remedy: readonly CommandLine[]
}

const circumstances = ({ bound, object, remedy }: Excess): Circumstances => ({
  summary: `The suite stopped reading: ${object} exceeds ${limitOf(bound)}.`,
  object,
  expected: `at most ${limitOf(bound)} (bound ${bound})`,
  found: `more than ${limitOf(bound)}`,
  remedy,
})

/** The finding about a platform whose answer is larger than any healthy one. */
export const excessive = (excess: Excess): Unmet => new Unmet(circumstances(excess))

/** The finding about an instrument whose answer could not be read to its end, so that nothing is known about the rest. */
export const unread = (excess: Excess): Blocked => new Blocked(circumstances(excess))
