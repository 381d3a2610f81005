/** The parts of a text that must not be shown. */
export const mask = '[redacted]'

export class Masks {
  /** One byte for each code unit of the text: 1 where it is covered. */
  private covered: Uint8Array | undefined

  constructor(private readonly text: string) {}

  /** @param to index after the last code unit */
  cover(from: number, to: number): void {
    this.covered ??= new Uint8Array(this.text.length)
    this.covered.fill(1, from, to)
  }

  /** The text with one mask in place of each part. */
  applied(): string {
    const { covered, text } = this
    if (covered === undefined) return text
    const pieces: string[] = []
    let shown = 0
    for (let begin = covered.indexOf(1); begin >= 0; ) {
      const uncovered = covered.indexOf(0, begin)
      const end = uncovered < 0 ? text.length : uncovered
      pieces.push(text.slice(shown, begin), mask)
      shown = end
      begin = uncovered < 0 ? -1 : covered.indexOf(1, end)
    }
    pieces.push(text.slice(shown))
    return pieces.join('')
  }
}
