/** One object of a custom resource, parsed by its schema. */
import type { z } from 'zod'
import type { KubernetesApi } from './kubernetes-api'
import type { Operation } from './operations'
import { parsed } from './parsed-objects'

/** The kind of an object, and its name and namespace. */
export interface ObjectReference {
  readonly kind: string
  readonly name: string
  readonly namespace?: string | undefined
}

/** Returns the object; undefined if it or its kind does not exist. @throws Unmet if it has another structure than its kind */
export async function oneObject<T>(
  api: KubernetesApi,
  schema: z.ZodType<T>,
  operation: Operation,
  { kind, name, namespace }: ObjectReference,
): Promise<T | undefined> {
  const found = await api.get(operation, { namespace, name })
  return found === undefined ? undefined : parsed(schema, [found], kind)[0]
}
