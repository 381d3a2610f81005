/** What a flavour of the service has, or has no counterpart for. */

/** The reason is one sentence, for whoever reads that an item is not applicable. */
export interface Absent {
  readonly absent: string
}

export type Capability<T> = T | Absent

export const isAbsent = (given: unknown): given is Absent =>
  typeof given === 'object' && given !== null && 'absent' in given
