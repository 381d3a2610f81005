/**
 * Runs work on items in a fixed number of lanes. Each lane works on one item at a time, in order. A failure does not delay the
 * items after it.
 * @returns a promise for each item, in the order of the items
 */
export function concurrently<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R>[] {
  const lanes: Promise<unknown>[] = Array.from({ length: limit }, () => Promise.resolve())
  return items.map((item, index) => {
    const lane = index % limit
    const result = (lanes[lane] ?? Promise.resolve()).then(() => work(item))
    lanes[lane] = result.catch(() => {})
    return result
  })
}
