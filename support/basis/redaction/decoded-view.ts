/** A view of what another one holds around its escapes, with these decoded once. */
import { allNotations, encode, introduces, isKept, separator, units } from './alphabet'
import { EscapeReader } from './escapes'
import { bytesFor, type View } from './view'

/** Bytes before and after a decoded escape that a needle can reach: windows have 12. */
const reach = 11
/** Most bytes of an escape beside its first. */
const longestEscape = 33
/** Reach after an escape whose value may itself begin an escape, such as the first backslash of JSON within JSON. */
const nestedReach = 160
/** Bytes between two marks. */
const markEvery = 256

/** A view with those parts of another in which escapes stand, decoded once. */
export class DecodedView implements View {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  length = 0
  notations = 0
  readonly places: Int32Array
  placed = 0

  private source: View | undefined
  /** Notations that this view decodes. */
  private decodes = 0
  /** Indices in this view and in its source at which bytes of both stand for the same. */
  private readonly own: Int32Array
  private readonly others: Int32Array
  private marks = 0
  /** Index in the source after what was copied or decoded last. */
  private copied = 0
  /** Index in the source of what looked like an escape last, and was none. */
  private suspect = 0

  constructor(capacity: number) {
    this.bytes = bytesFor(capacity)
    this.words = new Int32Array(this.bytes.buffer)
    this.places = new Int32Array(capacity)
    this.own = new Int32Array(capacity)
    this.others = new Int32Array(capacity)
  }

  /**
   * @param decodes bits of the notations to decode
   * @param sought for each byte 1 if a needle holds it
   */
  fill(source: View, decodes: number, sought: Uint8Array): void {
    this.source = source
    this.decodes = decodes
    this.length = 0
    this.notations = 0
    this.marks = 0
    this.copied = 0
    this.suspect = -longestEscape
    this.placed = 0
    /** Index after the last escape that was left out. */
    let skipped = 0
    const { bytes, length } = source
    for (let place = 0; place < source.placed; place++) {
      const at = source.places[place] as number
      if (at < this.copied || at < skipped) continue
      if (((introduces[bytes[at] as number] as number) & decodes) === 0) continue
      if (!reader.read(bytes, at, length)) {
        this.suspect = at
        continue
      }
      const isCompleting = at - this.suspect < longestEscape
      if (!isCompleting && isIrrelevant(reader.codePoint, sought)) {
        skipped = reader.next
        continue
      }
      const near = isCompleting ? this.suspect : at
      const begin = Math.max(this.copied, skipped, near - reach)
      // Text directly behind the last part belongs to it.
      if (begin > this.copied) this.bytes[this.length++] = separator
      this.copied = this.decode(source, begin, at)
    }
  }

  from(index: number): number {
    this.find(index)
    return sourceOf(this.source).from(this.foundBegin)
  }

  to(index: number): number {
    this.find(index)
    return sourceOf(this.source).to(this.foundEnd - 1)
  }

  /** Copies what stands before an escape, and decodes as long as one is near. Returns the index at which it stopped. */
  private decode(source: View, begin: number, first: number): number {
    const { bytes, decodes } = this
    const introducers = introduces
    const { bytes: given, length: end } = source
    let length = this.length
    this.mark(length, begin)
    let marked = length
    let at = begin
    let left = first - begin + 1
    while (at < end && left > 0) {
      if (length - marked >= markEvery) {
        this.mark(length, at)
        marked = length
      }
      const byte = given[at] as number
      const notation = introducers[byte] as number
      if (notation !== 0) {
        if ((notation & decodes) !== 0 && reader.read(given, at, end)) {
          const nested = introduces[reader.codePoint & 0xff] as number
          const isNested = reader.codePoint < 0x80 && nested !== 0
          if (isNested) {
            this.notations |= nested
            this.places[this.placed++] = length
          }
          left = Math.max(left, isNested ? nestedReach : reach)
          length += encode(reader.codePoint, bytes, length)
          at = reader.next
          continue
        }
        this.notations |= notation
        this.places[this.placed++] = length
      }
      bytes[length++] = byte
      at++
      left--
    }
    this.length = length
    return at
  }

  private mark(own: number, other: number): void {
    this.own[this.marks] = own
    this.others[this.marks] = other
    this.marks++
  }

  private foundBegin = 0
  private foundEnd = 0

  /** Finds the part of the source from which a byte was decoded. */
  private find(index: number): void {
    const { bytes, length } = sourceOf(this.source)
    let low = 0
    let high = this.marks - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.own[middle] as number) <= index) low = middle
      else high = middle - 1
    }
    let own = this.own[low] as number
    let at = this.others[low] as number
    while (at < length) {
      const isIntroducer = ((introduces[bytes[at] as number] as number) & this.decodes) !== 0
      const isEscape = isIntroducer && reader.read(bytes, at, length)
      const next = isEscape ? reader.next : at + 1
      own += isEscape ? encode(reader.codePoint, scratch, 0) : 1
      if (own > index) {
        this.foundBegin = at
        this.foundEnd = next
        return
      }
      at = next
    }
    throw new RangeError(`There is no byte ${index} in the view.`)
  }
}

/** True for a visible character that neither stands in a needle nor begins an escape: nothing is found across it. */
function isIrrelevant(codePoint: number, sought: Uint8Array): boolean {
  if (codePoint >= 0x80) return false
  const unit = units[codePoint] as number
  return (unit & isKept) !== 0 && (unit & allNotations) === 0 && sought[unit & 0xff] === 0
}

const reader = new EscapeReader()
const scratch = new Uint8Array(4)

function sourceOf(source: View | undefined): View {
  if (source === undefined) throw new RangeError('The view is empty.')
  return source
}
