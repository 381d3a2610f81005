/** The faults in force of one kind, in one file: each adds its entries and later removes only those. */
export class Listing<T> {
  private entries: readonly T[] = []

  constructor(private readonly write: (entries: readonly T[]) => void) {}

  add(...own: readonly T[]): () => void {
    this.set([...this.entries, ...own])
    return () => this.set(this.entries.filter((entry) => !own.includes(entry)))
  }

  private set(entries: readonly T[]): void {
    this.write(entries)
    this.entries = entries
  }
}
