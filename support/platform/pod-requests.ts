/** The resources that a pod requests as a whole, by the rules of the scheduler: PodRequests in k8s.io/component-helpers/resource. */
import { quantityOf } from '../formats/quantity'
import type { PodUse } from './pod-use'

type Requests = Readonly<Record<string, string>>
type Amounts = Map<string, number>

/** The resources that may be requested for a pod as a whole, in place of those of its containers. */
const ofWholePods = /^(?:cpu|memory|hugepages-.*)$/

/**
 * Returns the amount of each resource. Init containers run one after the other and before the containers, and beside them only the
 * sidecars that have started by then; so the largest of these moments counts.
 */
export function requestsOf({ spec }: PodUse): ReadonlyMap<string, number> {
  const sidecars: Amounts = new Map()
  const starting: Amounts = new Map()
  for (const { restartPolicy, resources } of spec.initContainers) {
    const own = amountsIn(resources.requests)
    if (restartPolicy === 'Always') add(sidecars, own)
    raise(starting, restartPolicy === 'Always' ? sidecars : sumOf(own, sidecars))
  }
  const total = new Map(sidecars)
  for (const { resources } of spec.containers) add(total, amountsIn(resources.requests))
  raise(total, starting)
  for (const [name, amount] of amountsIn(spec.resources.requests)) if (ofWholePods.test(name)) total.set(name, amount)
  add(total, amountsIn(spec.overhead))
  return total
}

const amountsIn = (requests: Requests): Amounts =>
  new Map(Object.entries(requests).map(([name, text]) => [name, quantityOf(text) ?? 0]))

function sumOf(one: Amounts, other: Amounts): Amounts {
  const sum = new Map(one)
  add(sum, other)
  return sum
}

function add(sum: Amounts, amounts: Amounts): void {
  for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0) + amount)
}

function raise(largest: Amounts, amounts: Amounts): void {
  for (const [name, amount] of amounts) largest.set(name, Math.max(largest.get(name) ?? 0, amount))
}
