/** Durations of one metric in one window, in milliseconds: kept as numbers in one array, whatever their count. */
export class Samples {
  private values = new Float64Array(16)
  private count = 0
  private sum = 0
  private sorted = true

  add(value: number): void {
    if (this.count === this.values.length) {
      const grown = new Float64Array(this.count * 2)
      grown.set(this.values)
      this.values = grown
    }
    this.values[this.count++] = value
    this.sum += value
    this.sorted = false
  }

  get size(): number {
    return this.count
  }

  /** Whole milliseconds add up without loss up to 285 000 years. */
  get total(): number {
    return this.sum
  }

  mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count
  }

  /** Linear interpolation between closest ranks: type 7 of Hyndman and Fan (1996), PERCENTILE_CONT in SQL. */
  percentile(fraction: number): number | null {
    if (this.count === 0) return null
    const place = (this.count - 1) * fraction
    const below = Math.floor(place)
    const low = this.ranked(below)
    return low + (this.ranked(Math.min(below + 1, this.count - 1)) - low) * (place - below)
  }

  /** The sample of a rank, from 0, in ascending order. */
  ranked(rank: number): number {
    if (!this.sorted) {
      this.values.subarray(0, this.count).sort()
      this.sorted = true
    }
    return this.values[rank] ?? Number.NaN
  }

  /** How many are at most so long. */
  atMost(bound: number): number {
    let few = 0
    for (let index = 0; index < this.count; index++) if ((this.values[index] ?? 0) <= bound) few++
    return few
  }
}
