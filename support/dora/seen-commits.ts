/**
 * The commits that the deployments of one repository have shipped, as a hash set in a typed array. A project may have shipped
 * millions of commits, and a Set of strings would take hundreds of bytes for each.
 *
 * A commit is stored as 64 bits: two independent hashes of its name. With three million commits, the probability that two
 * collide is 3e6² / 2 / 2⁶⁴, about 2e-7. One lead time would then start at its second commit.
 */
export class SeenCommits {
  private capacity = 16
  private slots = new Uint32Array(this.capacity * 2)
  private size = 0

  /** Adds a commit. @returns true if it was new */
  add(sha: string): boolean {
    if (this.size * 4 >= this.capacity * 3) this.grow()
    const slot = this.freeSlot(sha)
    if (slot < 0) return false
    this.slots.set(hashes, slot * 2)
    this.size++
    return true
  }

  /** The free slot for a commit, or -1 if the set contains it. */
  private freeSlot(sha: string): number {
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

/** Reused to avoid garbage for each of millions of commits. The first hash is never 0, because 0 marks a free slot. */
const hashes: [number, number] = [0, 0]

/** Hashes the text's code units twice with MurmurHash3's mixing steps and different seeds, into `hashes`. */
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
