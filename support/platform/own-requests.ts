/** Remembers the requests of this run that the platform refused, so that their traces in its logs can be recognised. */

/** A request that was refused with a status of 400 to 499. */
export interface RefusedRequest {
  /** Path and query, as they were sent. */
  readonly path: string
  readonly status: number
  /** The interval in which the server had the request, in milliseconds since 1970 UTC by the clock of the server. */
  readonly from: number
  readonly to: number
}

/** The name by which every request of the suite introduces itself. Services that log it show it in their lines. */
export const userAgent = 'dora-acceptance'

/** The requests that are remembered. Older ones are forgotten. */
const most = 2000

/** The resolution of the Date header in milliseconds. */
const dateMs = 1000

export class OwnRequests {
  private readonly all: RefusedRequest[] = []

  get refused(): readonly RefusedRequest[] {
    return this.all
  }

  /**
   * Remembers a request if it was refused.
   * @param date the Date header of the response: the service's logs follow that clock, and not the clock of this machine
   * @param sentAt and now: the interval of the request by the clock of this machine
   */
  note(url: string, status: number, date: unknown, sentAt: number, now = Date.now()): void {
    if (status < 400 || status > 499) return
    const { pathname, search } = new URL(url)
    const answeredAt = Date.parse(String(date))
    const ahead = Number.isNaN(answeredAt) ? 0 : answeredAt - now
    // Within the resolution of the header the clocks agree.
    const offset = Math.abs(ahead) <= 2 * dateMs ? 0 : ahead
    this.all.push({ path: `${pathname}${search}`, status, from: sentAt + offset, to: now + offset })
    if (this.all.length > most) this.all.shift()
  }
}
