/** The result of a discovery: keys to set, each with its reason, and questions that only the operator can answer. */

/** A key of the configuration whose default does not fit the cluster. */
export interface Proposal {
  readonly path: readonly string[]
  readonly value: string | number | readonly string[] | readonly ProposedMap[] | ProposedMap
  readonly reason: string
}

/** Keys that only make sense together, such as a table and its columns. */
export interface ProposedMap {
  readonly [key: string]: string | ProposedMap
}

/** A key that the cluster leaves open. */
export interface Question {
  /** The key, such as "application.name"; null if no key of the configuration answers it. */
  readonly key: string | null
  readonly question: string
  /** Values that exist in the cluster. */
  readonly candidates: readonly string[]
}

/** Collects the proposals of one cluster. */
export class Findings {
  readonly proposals: Proposal[] = []
  readonly questions: Question[] = []

  /** Proposes a value unless it is the default. */
  propose(path: readonly string[], value: Proposal['value'], fallback: unknown, reason: string): void {
    if (textOf(value) !== textOf(fallback)) this.proposals.push({ path, value, reason })
  }

  ask(key: string | null, question: string, candidates: readonly string[] = []): void {
    this.questions.push({ key, question, candidates: [...new Set(candidates)] })
  }
}

/** Equal for maps whose entries differ only in their order. */
const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? JSON.stringify(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : JSON.stringify(value)

/** The object as a reader finds it: its namespace and its name. */
export const inWords = ({ metadata }: { readonly metadata: { readonly namespace: string; readonly name: string } }) =>
  `${metadata.namespace}/${metadata.name}`

/** The element of a list of one; undefined for any other list. */
export const onlyOf = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined)
