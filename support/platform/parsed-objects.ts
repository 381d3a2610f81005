/** Parses the objects that the Kubernetes API returns. */
import type { z } from 'zod'
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import * as core from './core-resources'

/** The availability of a Deployment, StatefulSet or DaemonSet. */
export interface Workload extends z.infer<typeof core.workload> {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly desired: number
  readonly ready: number
}

/** @throws Unmet when an object lacks the documented structure of its kind */
export function parsed<T>(schema: z.ZodType<T>, items: readonly unknown[], kind: string): T[] {
  return items.map((item) => {
    const result = schema.safeParse(item)
    if (result.success) return result.data
    const name = (item as { metadata?: { name?: string } }).metadata?.name ?? 'without a name'
    throw new Unmet({
      summary: `${kind} ${name} does not match the documented structure of its kind.`,
      object: `${kind} ${name}`,
      expected: 'the documented fields',
      found: result.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; '),
      remedy: [command`kubectl explain ${kind.toLowerCase()}`],
    })
  })
}

/** @param counts the pods that a workload wants and those that are ready; 0 where undefined */
export function workloadsOf(
  kind: Workload['kind'],
  items: readonly unknown[],
  counts: (item: z.infer<typeof core.workload>) => readonly [number | undefined, number | undefined],
): Workload[] {
  return parsed(core.workload, items, kind).map((item) => {
    const [desired = 0, ready = 0] = counts(item)
    const { namespace = '', name, labels } = item.metadata
    return { ...item, kind, namespace, name, labels, desired, ready }
  })
}
