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

  /** Returns the time of the server; undefined until an answer had a Date header. */
  now(): Date | undefined {
    return this.heard && new Date(this.heard.date + performance.now() - this.heard.at)
  }
}
