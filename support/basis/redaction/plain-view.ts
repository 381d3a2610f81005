/** A piece of a text without decoding. */
import { allNotations, encode, introduces, isKept, units } from './alphabet'
import { isOfBeginning, mayBeginAt } from './credential-beginnings'
import { bytesFor, type View } from './view'

/** Units whose place in the view is known together. */
const block = 64

/** Bit of a pair that may begin an escape. */
const introducing = 1 << 18
/** Bit of a pair that may belong to the beginning of a credential. */
const beginning = 1 << 19
const noted = introducing | beginning

/** For two ASCII characters, as a word in little-endian order: their visible bytes, from bit 16 the number of these, and the bits. */
const pairs = new Uint32Array(0x8000)
for (let pair = 0; pair < pairs.length; pair++) {
  // Without lists: these 32,768 steps are taken before each run.
  const low = units[pair & 0x7f] as number
  const high = units[pair >> 8] as number
  const lowLength = (low & isKept) === 0 ? 0 : 1
  const highLength = (high & isKept) === 0 ? 0 : 1
  const bytes = ((low & 0xff) * lowLength) | (((high & 0xff) * highLength) << (8 * lowLength))
  const bits = (((low | high) & allNotations) === 0 ? 0 : introducing) | (isOfBeginning(pair) ? beginning : 0)
  pairs[pair] = bytes | ((lowLength + highLength) << 16) | bits
}

export class PlainView implements View {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  length = 0
  notations = 0
  readonly places: Int32Array
  placed = 0
  /** Indices in the text at which a credential may begin, in order. Clearing the view starts a new list. */
  beginnings: number[] = []

  /** Code units of the piece that was appended last. */
  private readonly piece: Uint16Array
  private readonly pieceBytes: Buffer
  /** The piece in the narrower of its two forms: bytes where all of it is ASCII. */
  private units: Units = new Uint8Array()
  private pieceBegin = 0
  private pieceLength = 0
  /** Length of the view before each block of units of the piece. */
  private readonly marks: Int32Array

  /** Bytes of the pieces before, with their places in the text. */
  private tail = 0
  private readonly tailFrom: Int32Array
  private readonly tailTo: Int32Array

  /** @param most code units of a piece @param overlap bytes that are searched again with the next piece */
  constructor(
    private readonly most: number,
    private readonly overlap: number,
  ) {
    this.bytes = bytesFor(overlap + 3 * most)
    this.words = new Int32Array(this.bytes.buffer)
    this.piece = new Uint16Array(most + 1)
    this.pieceBytes = Buffer.from(this.piece.buffer)
    this.places = new Int32Array(overlap + most)
    this.marks = new Int32Array(most / block + 1)
    this.tailFrom = new Int32Array(overlap)
    this.tailTo = new Int32Array(overlap)
  }

  clear(): void {
    this.length = 0
    this.placed = 0
    this.tail = 0
    this.pieceLength = 0
    this.notations = 0
    this.beginnings = []
  }

  /** Takes the next piece of a text, after the last bytes of the one before. Returns the index after it. */
  append(text: string, begin: number): number {
    this.keepTail()
    const end = endOfPiece(text, begin, this.most)
    const given = text.slice(begin, end)
    const isAscii = this.pieceBytes.write(given) === given.length
    if (!isAscii) this.pieceBytes.write(given, 'utf16le')
    this.units = isAscii ? this.pieceBytes : this.piece
    if (isAscii) this.pieceBytes[given.length] = 0x20
    this.pieceBegin = begin
    this.pieceLength = end - begin
    for (let at = 0; at < this.pieceLength; at += block) {
      this.marks[at / block] = this.length
      const last = Math.min(at + block, this.pieceLength)
      if (isAscii) this.appendAscii(at, last)
      else this.appendUnits(at, last)
    }
    if (!isAscii) this.noteBeginnings(0, this.pieceLength)
    // The next piece holds the rest of these first characters, so a credential may begin here.
    if (end < text.length) this.beginnings.push(end - 2, end - 1)
    this.notations = 0
    for (let place = 0; place < this.placed; place++)
      this.notations |= introduces[this.bytes[this.places[place] as number] as number] as number
    return end
  }

  from(index: number): number {
    return index < this.tail ? (this.tailFrom[index] as number) : this.unitOf(index)
  }

  to(index: number): number {
    if (index < this.tail) return this.tailTo[index] as number
    const unit = this.unitOf(index)
    return unit + (isPair(this.units, unit - this.pieceBegin, this.pieceLength) ? 2 : 1)
  }

  /** Appends a block of ASCII, two characters at a time. A blank after the last character completes the last pair. */
  private appendAscii(begin: number, end: number): void {
    const { bytes, piece, places } = this
    const known = pairs
    let { length, placed } = this
    for (let at = begin >> 1; at << 1 < end; at++) {
      const pair = known[piece[at] as number] as number
      bytes[length] = pair
      bytes[length + 1] = pair >> 8
      if ((pair & noted) !== 0) {
        if ((pair & beginning) !== 0) this.noteBeginnings((at << 1) - 1, (at << 1) + 1)
        if ((pair & introducing) !== 0)
          for (let index = length; index < length + ((pair >> 16) & 3); index++)
            if (introduces[bytes[index] as number] !== 0) places[placed++] = index
      }
      length += (pair >> 16) & 3
    }
    this.length = length
    this.placed = placed
  }

  /** Notes the indices of a part of the piece at which a credential may begin, as far as the piece shows its first characters. */
  private noteBeginnings(first: number, end: number): void {
    for (let at = Math.max(0, first); at < Math.min(end, this.pieceLength - 2); at++)
      if (mayBeginAt(this.units, at)) this.beginnings.push(this.pieceBegin + at)
  }

  private appendUnits(begin: number, end: number): void {
    const { piece, bytes, pieceLength } = this
    let { length } = this
    for (let at = begin; at < end; at++) {
      const unit = piece[at] as number
      if (unit < 0x80) {
        const bits = units[unit] as number
        bytes[length] = bits
        if ((bits & allNotations) !== 0) this.places[this.placed++] = length
        length += (bits >> 8) & 1
        // The second half of a pair of surrogates is written with the first.
      } else if (!isPair(piece, at - 1, pieceLength))
        length += encode(codePointAt(piece, at, pieceLength), bytes, length)
    }
    this.length = length
  }

  /** Index in the text of the code unit, or of the first of two, from which a byte was written. */
  private unitOf(index: number): number {
    const { marks, units: piece, pieceLength } = this
    let low = 0
    let high = Math.floor((pieceLength - 1) / block)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((marks[middle] as number) <= index) low = middle
      else high = middle - 1
    }
    let length = marks[low] as number
    for (let at = low * block; at < pieceLength; at++) {
      length += lengthOf(piece, at, pieceLength)
      if (length > index) return this.pieceBegin + at
    }
    throw new RangeError(`There is no byte ${index} in the view.`)
  }

  private keepTail(): void {
    const begin = Math.max(0, this.length - this.overlap)
    const from: number[] = []
    const to: number[] = []
    for (let index = begin; index < Math.min(this.tail, this.length); index++) {
      from.push(this.tailFrom[index] as number)
      to.push(this.tailTo[index] as number)
    }
    const first = Math.max(begin, this.tail)
    if (first < this.length) {
      for (let at = this.unitOf(first) - this.pieceBegin; at < this.pieceLength; at++) {
        const place = this.pieceBegin + at
        const after = place + (isPair(this.units, at, this.pieceLength) ? 2 : 1)
        for (let count = lengthOf(this.units, at, this.pieceLength); count > 0; count--) {
          from.push(place)
          to.push(after)
        }
      }
    }
    // The first character may have begun before the bytes that are kept.
    const kept = this.length - begin
    let placed = 0
    for (const place of this.places.subarray(0, this.placed)) if (place >= begin) this.places[placed++] = place - begin
    this.placed = placed
    this.tailFrom.set(from.slice(-kept))
    this.tailTo.set(to.slice(-kept))
    this.bytes.copyWithin(0, begin, this.length)
    this.length = kept
    this.tail = kept
  }
}

type Units = Uint8Array | Uint16Array

const scratch = new Uint8Array(4)

/** True when the two halves of a pair of surrogates stand at an index. */
function isPair(piece: Units, at: number, end: number): boolean {
  if (at < 0 || at + 1 >= end) return false
  return ((piece[at] as number) & 0xfc00) === 0xd800 && ((piece[at + 1] as number) & 0xfc00) === 0xdc00
}

function codePointAt(piece: Units, at: number, end: number): number {
  const unit = piece[at] as number
  return isPair(piece, at, end) ? 0x10000 + ((unit - 0xd800) << 10) + ((piece[at + 1] as number) - 0xdc00) : unit
}

/** Bytes that the unit at an index takes in the view; the second half of a pair takes none. */
function lengthOf(piece: Units, at: number, end: number): number {
  const unit = piece[at] as number
  if (unit < 0x80) return ((units[unit] as number) & isKept) >> 8
  return isPair(piece, at - 1, end) ? 0 : encode(codePointAt(piece, at, end), scratch, 0)
}

/** A pair of surrogates is not cut. */
function endOfPiece(text: string, begin: number, most: number): number {
  const end = Math.min(text.length, begin + most)
  const last = text.charCodeAt(end - 1)
  return end < text.length && last >= 0xd800 && last < 0xdc00 ? end - 1 : end
}
