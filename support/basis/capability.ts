/** A capability that one flavour of the service has and another may lack. */

/** `absent` is the reason, one sentence: it is shown with the items that do not apply. */
export interface Absent {
  readonly absent: string
}

export type Capability<T> = T | Absent

export const isAbsent = (given: unknown): given is Absent =>
  typeof given === 'object' && given !== null && 'absent' in given
