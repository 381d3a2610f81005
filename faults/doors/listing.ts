/** What is wrong now, in one file: each fault adds to it and takes its own out again. */
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
