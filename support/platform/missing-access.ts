/** The rights that a run needs and the caller lacks. */
import type { Blocked } from '../basis/expectation'
import { allOperations } from './grafana-operations'
import type { Kubernetes } from './kubernetes'
import { missingFor } from './streams'

/**
 * Returns a finding for each declared operation of some sections that the caller may not perform.
 * @param sections ids of checklist sections; all sections if undefined
 * @param writes includes write operations
 */
export async function missingAccess(
  kubernetes: Kubernetes,
  sections: ReadonlySet<string> | undefined,
  writes: boolean,
): Promise<Blocked[]> {
  const isApart = kubernetes.of('grafana') !== kubernetes
  const needed = allOperations.filter(
    (operation) =>
      (operation.place !== 'grafana' || isApart) &&
      (writes || operation.effect === 'read') &&
      operation.sections.some((id) => sections?.has(id) ?? true) &&
      kubernetes.namesOf(operation)?.length !== 0,
  )
  const answers = await Promise.all(needed.map((operation) => missingFor(kubernetes, operation)))
  return answers.flat()
}
