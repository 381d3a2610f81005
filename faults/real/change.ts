/** The form of the healthy variants of the real controllers: platforms that differ from the checklist's, with nothing to find. */
import { namespace } from '../catalogue/breaking'
import type { Doors } from '../doors/doors'
import type { Variant } from '../variants/variant'

/** A variant without the objects that it changes, which are the same for all of one subject. */
export type Change = Omit<Variant, 'changes'>

export const changing = (changed: string, changes: readonly Change[]): Variant[] =>
  changes.map((one) => ({ ...one, changes: [changed] }))

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** Creates an object of another team and waits until its controller has looked at it. */
export const beside = (object: Manifest, settled?: (doors: Doors) => Promise<void>) => async (doors: Doors) => {
  await doors.kubectl(['create', '-f', '-'], JSON.stringify(object))
  await settled?.(doors)
  const { name, namespace: where = namespace } = object.metadata
  return async () => {
    await doors.kubectl(['delete', object.kind.toLowerCase(), name, '-n', where])
  }
}
