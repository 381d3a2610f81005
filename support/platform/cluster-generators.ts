/** Reads which kind of generator a ClusterGenerator of External Secrets stands for. */
import { clusterGenerator } from './custom-resources'
import type { KubernetesApi } from './kubernetes-api'
import { oneObject } from './one-object'
import { operations } from './operations'

/** Returns the kind, such as "Password"; undefined if there is no ClusterGenerator of the name. */
export async function generatorKind(api: KubernetesApi, name: string): Promise<string | undefined> {
  const reference = { kind: 'ClusterGenerator', name }
  return (await oneObject(api, clusterGenerator, operations.getClusterGenerator, reference))?.spec.kind
}
