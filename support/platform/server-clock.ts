/**
 * The clock of a server, by the Date headers of its answers, to the second. Times that the platform reports are compared with it:
 * the clock of the machine that runs the suite may be wrong. That machine only counts the time since an answer.
 */
export class ServerClock {
  private heard: { readonly date: number; readonly at: number } | undefined

  /** Takes the Date header of an answer; null if it has none. */
  hear(header: string | null): void {
    const date = Date.parse(header ?? '')
    if (!Number.isNaN(date)) this.heard = { date, at: performance.now() }
  }

  /** Milliseconds since 1970 by the clock of the server; by that of this machine before the first answer. */
  get now(): number {
    return this.heard ? this.heard.date + performance.now() - this.heard.at : Date.now()
  }
}
