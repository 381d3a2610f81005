/** The stores that an ExternalSecret names: its own, and those of single entries. */
import { z } from 'zod'

/** The API server also accepts one without a name, where the entries name stores or generators. */
const storeReference = z.object({ name: z.string().default(''), kind: z.string().default('SecretStore') })
export type StoreReference = z.infer<typeof storeReference>

/** An entry of `data` or `dataFrom`, which may read from another store than the ExternalSecret, or from a generator. */
export const sourcedEntry = z.object({
  sourceRef: z
    .object({
      storeRef: storeReference.optional(),
      generatorRef: z.object({ kind: z.string(), name: z.string() }).optional(),
    })
    .optional(),
})

/** Fields of the specification of an ExternalSecret. */
export const valueSources = {
  secretStoreRef: storeReference.optional(),
  data: z.array(sourcedEntry).default([]),
  dataFrom: z.array(sourcedEntry).default([]),
}

interface Sourced {
  readonly secretStoreRef?: StoreReference | undefined
  readonly data: readonly z.infer<typeof sourcedEntry>[]
  readonly dataFrom: readonly z.infer<typeof sourcedEntry>[]
}

/** Returns the stores that the specification of an ExternalSecret names, each once. */
export function storesNamedBy({ secretStoreRef, data, dataFrom }: Sourced): readonly StoreReference[] {
  const all = [secretStoreRef, ...[...data, ...dataFrom].map(({ sourceRef }) => sourceRef?.storeRef)]
  const named = all.flatMap((reference) => (reference?.name ? [reference] : []))
  return [...new Map(named.map((reference) => [`${reference.kind} ${reference.name}`, reference])).values()]
}
