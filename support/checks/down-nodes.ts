/** Nodes that are down: what runs on them says nothing, and their state is judged with the nodes. */
import type { Kubernetes } from '../platform/kubernetes'
import { conditionOf } from './conditions'

/** Returns the names of the nodes that are not Ready. @throws Blocked if the caller may not list nodes */
export async function downNodes(kubernetes: Kubernetes): Promise<ReadonlySet<string>> {
  const nodes = await kubernetes.nodes()
  const down = nodes.filter(({ status }) => conditionOf(status.conditions, 'Ready')?.status !== 'True')
  return new Set(down.map(({ metadata }) => metadata.name))
}
