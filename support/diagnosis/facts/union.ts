/** The facts of several runs as those of one. */
import type { Facts } from './facts'

/** Merges facts that several runs collected about one platform. Returns null if there are none. */
export function unionOf([first, ...others]: readonly Facts[]): Facts | null {
  if (!first) return null
  const distinct = (key: keyof Facts) => {
    const all = [first, ...others].flatMap((facts) => (facts[key] ?? []) as readonly unknown[])
    return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
  }
  const lists = Object.entries(first).filter(([, value]) => Array.isArray(value))
  return { ...first, ...Object.fromEntries(lists.map(([key]) => [key, distinct(key as keyof Facts)])) }
}
