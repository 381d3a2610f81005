/** Keeps track of what the page already shows, so that nothing appears twice and the page stays small enough to mail. */
import type { Evidence } from '../../record/scenario-run'

/** Size limits of a page in bytes: text of failed steps, other text, and images. */
const room = { wrong: 1_500_000, passed: 1_000_000, images: 2_500_000 }

export class Shown {
  private readonly scenarios = new Map<string, string>()
  private readonly evidence = new Map<string, number>()
  private readonly left = { ...room }

  /** Returns the item that already shows the scenario. If there is none, returns undefined and notes `item` for later calls. */
  scenario(key: string, item: string): string | undefined {
    const at = this.scenarios.get(key)
    if (at === undefined) this.scenarios.set(key, item)
    return at
  }

  /**
   * Numbers a request with its response; equal pairs get the same number. Evidence of failed steps is numbered separately,
   * because it is printed, and a printed link must not point to evidence that is not printed.
   */
  numberOf({ name, mediaType, body }: Evidence, wrong: boolean): { readonly number: number; readonly first: boolean } {
    const key = JSON.stringify([wrong, name, mediaType]) + body
    const known = this.evidence.get(key)
    const number = known ?? this.evidence.size + 1
    this.evidence.set(key, number)
    return { number, first: known === undefined }
  }

  /** Reserves `bytes` of the page. Returns false, and reserves nothing, if there is not enough room. */
  take(kind: keyof typeof room, bytes: number): boolean {
    if (bytes > this.left[kind]) return false
    this.left[kind] -= bytes
    return true
  }
}
