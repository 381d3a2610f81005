/** Limits how much work runs at the same time. Work beyond the limit waits in the order in which it came. */
export class Turns {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(private readonly atMost: number) {}

  /** Runs work when its turn has come, and returns its result. A failure ends the turn, too. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.atMost) this.running++
    // The turn that ends passes its place on, so that the count stays.
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.running--
    }
  }
}
