/** The durations of one metric in one window, in milliseconds. One typed array holds them, however many there are. */
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

  /** The sum in milliseconds, exact up to 285,000 years. */
  get total(): number {
    return this.sum
  }

  mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count
  }

  /**
   * The percentile by linear interpolation between the closest ranks (type 7 of Hyndman and Fan 1996, PERCENTILE_CONT in SQL).
   * Null if there is no sample.
   * @param fraction from 0 to 1
   */
  percentile(fraction: number): number | null {
    if (this.count === 0) return null
    const rank = (this.count - 1) * fraction
    const below = Math.floor(rank)
    const low = this.ranked(below)
    return low + (this.ranked(Math.min(below + 1, this.count - 1)) - low) * (rank - below)
  }

  /** The sample with a rank in ascending order. Ranks start at 0. */
  ranked(rank: number): number {
    if (!this.sorted) {
      this.values.subarray(0, this.count).sort()
      this.sorted = true
    }
    return this.values[rank] ?? Number.NaN
  }

  /** The number of samples that are less than or equal to a bound. */
  atMost(bound: number): number {
    let count = 0
    for (let index = 0; index < this.count; index++) if ((this.values[index] ?? 0) <= bound) count++
    return count
  }
}
