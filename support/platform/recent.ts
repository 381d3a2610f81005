/**
 * The time in milliseconds, from its answer, for which a read is reused: many scenarios read the same few objects, and waits poll
 * at longer intervals.
 */
const freshForMs = 1000

/** Answers that are kept for a moment, by the path that was read. */
export class Recent<T> {
  private readonly kept = new Map<string, Promise<T>>()

  /** Returns the answer that is kept, else reads a new one. A failure is not kept. */
  read(path: string, read: () => Promise<T>): Promise<T> {
    const known = this.kept.get(path)
    if (known) return known
    const answer = read()
    const forget = () => {
      if (this.kept.get(path) === answer) this.kept.delete(path)
    }
    this.kept.set(path, answer)
    answer.then(() => setTimeout(forget, freshForMs).unref(), forget)
    return answer
  }

  clear(): void {
    this.kept.clear()
  }
}
