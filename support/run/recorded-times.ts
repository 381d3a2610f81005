/** The times that the API server keeps for each writer of an object. */
import { z } from 'zod'

const managed = z.looseObject({
  metadata: z.looseObject({
    managedFields: z.array(
      z.looseObject({ time: z.string().optional(), fieldsV1: z.record(z.string(), z.unknown()).optional() }),
    ),
  }),
})

/**
 * The times that the API server keeps for each writer of an object, by its own clock: the last change of the spec, and for an event
 * its last occurrence.
 */
export function timed(item: unknown): object {
  const { success, data } = managed.safeParse(item)
  if (!success) return {}
  const { managedFields, ...metadata } = data.metadata
  const last = (field: string) =>
    managedFields
      .flatMap(({ time, fieldsV1 = {} }) => (time && field in fieldsV1 ? [time] : []))
      .sort()
      .at(-1)
  const changedAt = last('f:spec')
  const recordedAt =
    last('f:involvedObject') &&
    managedFields
      .flatMap(({ time }) => time ?? [])
      .sort()
      .at(-1)
  return {
    metadata: { ...metadata, ...(changedAt ? { changedAt } : {}) },
    ...(recordedAt ? { recordedAt } : {}),
  }
}
