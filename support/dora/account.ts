/** The way to the numbers of one project: the lead time of each deployment, and the deployment that each incident is blamed on. */

/** The lead time of a deployment in milliseconds with the commit that began it, or the reason why there is none. */
export type LeadTime = { readonly duration: number; readonly began: number } | { readonly none: string }

/** Filled by the oracle while it computes. */
export interface Account {
  /** Keyed by the id of the deployment, with the commit that began the lead time. */
  readonly leadTimes: Map<string, LeadTime & { readonly commit?: string | undefined }>
  /** The id of the deployment by the id of the incident. */
  readonly blame: Map<string, string>
}

export const emptyAccount = (): Account => ({ leadTimes: new Map(), blame: new Map() })
