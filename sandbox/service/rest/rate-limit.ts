/** The contract's rate limit: a number of requests per hour. A client's hour begins with its first request. */

const hour = 3_600_000

/** At this number of clients, those whose hour is over are dropped. */
const manyClients = 10_000

interface Allowance {
  readonly limit: number
  readonly remaining: number
  /** End of the hour, in seconds since 1970. */
  readonly reset: number
  readonly exceeded: boolean
}

export interface RateLimit {
  /** Returns the client's remaining allowance. The request counts against it only if `counts` is true. */
  allow(client: string, limit: number, counts: boolean): Allowance
}

export function createRateLimit(now: () => number): RateLimit {
  const clients = new Map<string, { count: number; until: number }>()

  function current(client: string, time: number): { count: number; until: number } {
    const known = clients.get(client)
    if (known && time < known.until) return known
    if (clients.size >= manyClients) {
      for (const [name, { until }] of clients) if (time >= until) clients.delete(name)
    }
    const fresh = { count: 0, until: time + hour }
    clients.set(client, fresh)
    return fresh
  }

  return {
    allow(client, limit, counts) {
      const use = current(client, now())
      const exceeded = counts && use.count >= limit
      if (counts && !exceeded) use.count += 1
      return { limit, remaining: Math.max(0, limit - use.count), reset: Math.ceil(use.until / 1000), exceeded }
    },
  }
}
