/** What the page has shown so far: nothing is on it twice, and it stays small enough for a mail. */
import { createHash } from 'node:crypto'
import type { Evidence } from '../../record/scenario-run'

/** The bytes that one page has room for: text where something went wrong and elsewhere, and images. */
const room = { wrong: 1_500_000, passed: 1_000_000, images: 2_500_000 }

export class Shown {
  private readonly scenarios = new Map<string, string>()
  private readonly evidence = new Map<string, number>()
  private readonly left = { ...room }

  /** The item at which a scenario is shown already; undefined for the first time, from when on it is this one. */
  scenario(key: string, item: string): string | undefined {
    const at = this.scenarios.get(key)
    if (at === undefined) this.scenarios.set(key, item)
    return at
  }

  /**
   * The number of what was asked together with what came back, the same each time that both are the same. What went wrong is
   * another one: it is printed, and what is printed must not point to what is not.
   */
  numberOf({ name, mediaType, body }: Evidence, wrong: boolean): { readonly number: number; readonly first: boolean } {
    const key = createHash('sha256')
      .update(JSON.stringify([wrong, name, mediaType, body]))
      .digest('base64')
    const known = this.evidence.get(key)
    const number = known ?? this.evidence.size + 1
    this.evidence.set(key, number)
    return { number, first: known === undefined }
  }

  /** Whether there is room for so many bytes more, which are taken then. */
  take(kind: keyof typeof room, bytes: number): boolean {
    if (bytes > this.left[kind]) return false
    this.left[kind] -= bytes
    return true
  }
}
