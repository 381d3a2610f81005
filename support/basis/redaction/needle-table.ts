/** A hash table of byte strings that lie in a store: exact, and of constant time whatever it holds. */
export class NeedleTable {
  size = 0
  /** Index in the store plus one for each slot; 0 is an empty slot. */
  private begins = new Int32Array(1024)
  private lengths = new Uint8Array(1024)
  private hashes = new Int32Array(1024)
  private strides = new Uint8Array(1024)

  /**
   * @param stride distance to the next entry of the same form
   * @returns false when the table already holds the same bytes
   */
  add(store: Uint8Array, begin: number, length: number, hash: number, stride: number): boolean {
    if (this.find(store, store, begin, length, hash) >= 0) return false
    if (this.size * 2 >= this.begins.length) this.grow()
    this.put(begin + 1, length, hash, stride)
    this.size++
    return true
  }

  /** @returns the slot of the same bytes, or -1 */
  find(store: Uint8Array, bytes: Uint8Array, at: number, length: number, hash: number): number {
    const { begins, lengths, hashes } = this
    const most = begins.length - 1
    for (let slot = spread(hash) & most; begins[slot] !== 0; slot = (slot + 1) & most) {
      if (hashes[slot] !== hash || lengths[slot] !== length) continue
      if (equal(store, (begins[slot] as number) - 1, bytes, at, length)) return slot
    }
    return -1
  }

  visit(call: (begin: number, length: number) => void): void {
    for (let slot = 0; slot < this.begins.length; slot++)
      if (this.begins[slot] !== 0) call((this.begins[slot] as number) - 1, this.lengths[slot] as number)
  }

  /** Index in the store of the bytes in a slot. */
  beginOf(slot: number): number {
    return (this.begins[slot] as number) - 1
  }

  strideOf(slot: number): number {
    return this.strides[slot] as number
  }

  private put(begin: number, length: number, hash: number, stride: number): void {
    const most = this.begins.length - 1
    let slot = spread(hash) & most
    while (this.begins[slot] !== 0) slot = (slot + 1) & most
    this.begins[slot] = begin
    this.lengths[slot] = length
    this.hashes[slot] = hash
    this.strides[slot] = stride
  }

  private grow(): void {
    const { begins, lengths, hashes, strides } = this
    this.begins = new Int32Array(begins.length * 2)
    this.lengths = new Uint8Array(begins.length * 2)
    this.hashes = new Int32Array(begins.length * 2)
    this.strides = new Uint8Array(begins.length * 2)
    for (let slot = 0; slot < begins.length; slot++)
      if (begins[slot] !== 0)
        this.put(begins[slot] as number, lengths[slot] as number, hashes[slot] as number, strides[slot] as number)
  }
}

/** Consecutive windows have hashes that differ in few bits. */
const spread = (hash: number) => {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

function equal(store: Uint8Array, begin: number, bytes: Uint8Array, at: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (store[begin + index] !== bytes[at + index]) return false
  return true
}
