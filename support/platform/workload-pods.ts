/** The pods of workloads in any namespace. */
import { unlessBlocked } from '../basis/expectation'
import { type LabelSelector, selects } from '../basis/label-selector'
import { selectorOf } from '../basis/labels'
import { type Pod, pod } from './core-resources'
import type { KubernetesApi } from './kubernetes-api'
import { operations } from './operations'
import { parsed } from './parsed-objects'

/** Returns the pods that a selector matches in a namespace; undefined if the caller may not read them. */
export async function podsSelectedBy(
  api: KubernetesApi,
  namespace: string,
  selector: LabelSelector,
): Promise<Pod[] | undefined> {
  const query = { labelSelector: selectorOf(selector.matchLabels) }
  const found = await api.list(operations.listPodsAnywhere, { namespace, query }).catch(unlessBlocked(undefined))
  return found && parsed(pod, found, 'Pod').filter(({ metadata }) => selects(selector, metadata.labels))
}
