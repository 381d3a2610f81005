/** The parts of a text that must not be shown. */
export const mask = '[redacted]'

interface Range {
  readonly from: number
  readonly to: number
}

export class Masks {
  private readonly ranges: Range[] = []

  constructor(private readonly text: string) {}

  /** @param to index after the last code unit */
  cover(from: number, to: number): void {
    this.ranges.push({ from, to })
  }

  /** The text with one mask in place of each part; parts that overlap are one. @param end index after what is wanted */
  applied(end = this.text.length): string {
    const { ranges, text } = this
    if (ranges.length === 0) return text.slice(0, end)
    let result = ''
    let shown = 0
    let until = -1
    for (const { from, to } of ranges.sort((a, b) => a.from - b.from)) {
      if (from >= end) break
      if (from >= until) result += text.slice(shown, from) + mask
      until = Math.max(until, to)
      shown = until
    }
    return result + text.slice(shown, end)
  }
}
