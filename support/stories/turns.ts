/** Each of them begun in its turn, with so many at work side by side; what fails does not hold up the others. */
export function inTurns<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R>[] {
  const lanes: Promise<unknown>[] = Array.from({ length: atOnce }, () => Promise.resolve())
  return all.map((one, index) => {
    const lane = index % atOnce
    const result = (lanes[lane] ?? Promise.resolve()).then(() => work(one))
    lanes[lane] = result.catch(() => {})
    return result
  })
}
