/** The rights that a run needs and the caller lacks. */
import type { Blocked } from '../basis/expectation'
import { allOperations } from './all-operations'
import type { Kubernetes } from './kubernetes'
import type { Operation } from './operations'
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
  const known = new Set<string>()
  // Grafana and the ways in may have namespaces of their own, or that of the service.
  const isNew = ({ verb, group, resource, subresource, place }: Operation) => {
    const key = [verb, group, resource, subresource, kubernetes.namespaceOf(place) ?? place].join(' ')
    return !known.has(key) && known.add(key)
  }
  const needed = allOperations.filter(
    (operation) =>
      (writes || operation.effect === 'read') &&
      operation.sections.some((id) => sections?.has(id) ?? true) &&
      kubernetes.namesOf(operation)?.length !== 0 &&
      isNew(operation),
  )
  const answers = await Promise.all(needed.map((operation) => missingFor(kubernetes, operation)))
  return answers.flat()
}
