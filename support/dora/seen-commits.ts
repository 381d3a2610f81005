/**
 * The commits that a line of deployments has shipped: a set of names in typed arrays, for a project may have shipped
 * millions and a Set of strings would take hundreds of bytes for each.
 *
 * A name is kept as 64 bits: two independent hashes of it. Of three million commits two are taken for one with a probability
 * of 3e6² / 2 / 2⁶⁴, about 2e-7, and then one change begins at its second commit.
 */
export class SeenCommits {
  private capacity = 16
  private slots = new Uint32Array(this.capacity * 2)
  private size = 0

  /** Adds a commit, and says whether it was new. */
  add(sha: string): boolean {
    if (this.size * 4 >= this.capacity * 3) this.grow()
    const found = this.place(sha)
    if (found < 0) return false
    this.slots.set(hashes, found * 2)
    this.size++
    return true
  }

  /** The free slot for a commit, or -1 when it is there. */
  private place(sha: string): number {
    digest(sha)
    const [a, b] = hashes
    const { slots, capacity } = this
    for (let slot = a & (capacity - 1); ; slot = (slot + 1) & (capacity - 1)) {
      const at = slot * 2
      if (slots[at] === 0) return slot
      if (slots[at] === a && slots[at + 1] === b) return -1
    }
  }

  private grow(): void {
    const old = this.slots
    this.capacity *= 2
    const slots = new Uint32Array(this.capacity * 2)
    for (let at = 0; at < old.length; at += 2) {
      const a = old[at] ?? 0
      if (a === 0) continue
      let slot = a & (this.capacity - 1)
      while (slots[slot * 2] !== 0) slot = (slot + 1) & (this.capacity - 1)
      slots[slot * 2] = a
      slots[slot * 2 + 1] = old[at + 1] ?? 0
    }
    this.slots = slots
  }
}

/** Reused: a pair for each of millions of commits would be garbage. The first is never 0, which marks a free slot. */
const hashes: [number, number] = [0, 0]

/** Two runs of MurmurHash3's mixing with seeds of their own over the text's code units. */
function digest(text: string): void {
  let a = 0x9747b28c
  let b = 0x3c6ef372
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    a = Math.imul(a ^ unit, 0x85ebca6b)
    a = (a << 13) | (a >>> 19)
    b = Math.imul(b ^ unit, 0xc2b2ae35)
    b = (b << 15) | (b >>> 17)
  }
  hashes[0] = finish(a) || 1
  hashes[1] = finish(b ^ text.length)
}

function finish(hash: number): number {
  let mixed = hash
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
