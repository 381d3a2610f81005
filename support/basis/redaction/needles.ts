/**
 * The written forms of all secrets, indexed so that a text of any length is searched in one pass, however many there are.
 *
 * Forms of up to 11 bytes are searched whole. Of longer ones every window of 12 bytes is searched, which also finds parts.
 * Each window of 12 bytes holds 5 bytes that begin at a multiple of 8 of the text, and each form of 6 holds 3 bytes that
 * begin at a multiple of 4. So a bitmap of such short sequences is asked at every 8th and every 4th byte, and only where it
 * answers yes are the candidates around compared.
 */
import { randomInt } from 'node:crypto'
import { separator } from './alphabet'
import type { Masks } from './masks'
import { NeedleTable } from './needle-table'
import type { View } from './view'

export const windowLength = 12
/** Shorter forms would be found by chance. */
const shortestNeedle = 6
const longestWhole = 11

/** Bits of a filter for each byte that is searched for: about one probe in 250 is a false alarm. */
const bitsPerByte = 32
const fewestBits = 2 ** 18
/** 32 MB; with more to search for, more probes are false alarms. */
const mostBits = 2 ** 28

/** Different in each process, so that nobody can send text that collides. */
const multiplier = randomInt(2 ** 30) * 2 + 1

export class Needles {
  /** All forms, each followed by the separator. */
  private store = new Uint8Array(4096)
  private stored = 0

  private readonly wholes = new NeedleTable()
  private readonly windows = new NeedleTable()
  /** Bit n is set when a form of n bytes is searched whole. */
  private wholeLengths = 0

  /** For each byte 1 if any form holds it. */
  readonly sought = new Uint8Array(256)

  /** Bytes of a view that are to be covered, and are not yet: hits that overlap are covered together. */
  private hitBegin = 0
  private hitEnd = 0

  private readonly wholeFilter = new Filter()
  private readonly windowFilter = new Filter()

  /**
   * @param stride distance between the windows of a long form that are indexed
   * @param isPublic windows that stand in every report and are not searched
   */
  add(form: Uint8Array, stride: number, isPublic: (form: Uint8Array, at: number) => boolean): void {
    if (form.length < shortestNeedle) return
    for (const byte of form) this.sought[byte] = 1
    const begin = this.keep(form)
    if (form.length <= longestWhole) {
      const hash = hashOf(this.store, begin, form.length)
      if (!this.wholes.add(this.store, begin, form.length, hash, 1)) return
      this.wholeLengths |= 1 << form.length
      if (this.wholeFilter.makeRoom(this.wholes.size * longestWhole))
        this.wholes.visit((begin, length) => this.filterWhole(begin, length))
      else this.filterWhole(begin, form.length)
      return
    }
    if (this.windowFilter.makeRoom(this.stored)) this.windows.visit((begin) => this.filterWindow(begin))
    let indexed = -2
    for (let at = 0; at + windowLength <= form.length; at += stride) {
      if (isPublic(form, at)) continue
      const hash = hashOf(this.store, begin + at, windowLength)
      if (!this.windows.add(this.store, begin + at, windowLength, hash, stride)) continue
      this.filterWindow(begin + at, at === indexed + 1)
      indexed = at
    }
  }

  private filterWhole(begin: number, length: number): void {
    for (let at = begin; at + 3 <= begin + length; at++) this.wholeFilter.add(hashOfThree(wordAt(this.store, at)))
  }

  /** @param isNext true when the window one byte before is in the filter, so that only the end of this one is new */
  private filterWindow(begin: number, isNext = false): void {
    for (let at = isNext ? begin + windowLength - 5 : begin; at + 5 <= begin + windowLength; at++)
      this.windowFilter.add(hashOfFive(wordAt(this.store, at), this.store[at + 4] as number))
  }

  get size(): number {
    return this.wholes.size + this.windows.size
  }

  /** Covers whatever a view holds of the needles. */
  search(view: View, masks: Masks): void {
    this.probe(view, masks)
    this.coverHit(view, masks)
  }

  private hit(view: View, begin: number, end: number, masks: Masks): void {
    if (begin >= this.hitEnd || end <= this.hitBegin) {
      this.coverHit(view, masks)
      this.hitBegin = begin
      this.hitEnd = end
    } else {
      this.hitBegin = Math.min(this.hitBegin, begin)
      this.hitEnd = Math.max(this.hitEnd, end)
    }
  }

  private coverHit(view: View, masks: Masks): void {
    if (this.hitEnd > this.hitBegin) masks.cover(view.from(this.hitBegin), view.to(this.hitEnd - 1))
    this.hitBegin = 0
    this.hitEnd = 0
  }

  /** Asks both filters in one pass: each word of a view is read once. */
  private probe(view: View, masks: Masks): void {
    const { words, length } = view
    const { bits: windowBits, shift: windowShift } = this.windowFilter
    const { bits: wholeBits, shift: wholeShift } = this.wholeFilter
    const hasWindows = this.windows.size > 0
    const hasWholes = this.wholes.size > 0
    for (let at = 0; at + 3 <= length; at += 8) {
      const first = words[at >>> 2] as number
      const second = words[(at >>> 2) + 1] as number
      if (hasWindows && isIn(windowBits, windowShift, hashOfFive(first, second))) this.compareWindows(view, at, masks)
      if (!hasWholes) continue
      if (isIn(wholeBits, wholeShift, hashOfThree(first))) this.compareWholes(view, at, masks)
      if (isIn(wholeBits, wholeShift, hashOfThree(second))) this.compareWholes(view, at + 4, masks)
    }
  }

  /** Compares the windows that hold the 5 bytes at an index. */
  private compareWindows(view: View, at: number, masks: Masks): void {
    const { bytes, length } = view
    const first = Math.max(0, at - windowLength + 5)
    const last = Math.min(at, length - windowLength)
    if (first > last) return
    let hash = hashOf(bytes, first, windowLength)
    for (let begin = first; ; begin++) {
      const found = this.windows.find(this.store, bytes, begin, windowLength, hash)
      if (found >= 0) this.coverWindow(view, begin, found, masks)
      if (begin === last) return
      hash = rolled(hash, bytes[begin] as number, bytes[begin + windowLength] as number)
    }
  }

  /** Covers a window, and what of the same form stands before and after it as far as the next indexed window. */
  private coverWindow(view: View, begin: number, slot: number, masks: Masks): void {
    const { bytes, length } = view
    const { store } = this
    let before = 0
    let after = windowLength
    const stored = this.windows.beginOf(slot)
    const most = this.windows.strideOf(slot) - 1
    const matches = (text: number, own: number) => bytes[text] === store[own] && store[own] !== separator
    while (
      before < most &&
      begin - before > 0 &&
      stored - before > 0 &&
      matches(begin - before - 1, stored - before - 1)
    )
      before++
    while (after < windowLength + most && begin + after < length && matches(begin + after, stored + after)) after++
    this.hit(view, begin - before, begin + after, masks)
  }

  /** Compares the whole forms that hold the 3 bytes at an index. */
  private compareWholes(view: View, at: number, masks: Masks): void {
    const { bytes, length } = view
    for (let begin = Math.max(0, at - shortestNeedle + 3); begin <= at; begin++) {
      let hash = 0
      const end = Math.min(length, begin + longestWhole)
      for (let index = begin; index < end; index++) {
        hash = (Math.imul(hash, multiplier) + (bytes[index] as number) + 1) | 0
        const size = index - begin + 1
        if (((this.wholeLengths >>> size) & 1) === 0) continue
        if (this.wholes.find(this.store, bytes, begin, size, hash) >= 0) this.hit(view, begin, index + 1, masks)
      }
    }
  }

  /** Appends a form to the store. Returns the index of its first byte. */
  private keep(form: Uint8Array): number {
    const needed = this.stored + form.length + 1
    if (needed > this.store.length) {
      const larger = new Uint8Array(Math.max(needed, this.store.length * 2))
      larger.set(this.store)
      this.store = larger
    }
    const begin = this.stored
    this.store.set(form, begin)
    this.store[begin + form.length] = separator
    this.stored = needed
    return begin
  }
}

/** A bitmap with two bits for each hash. It may answer yes by chance, and never no wrongly. */
class Filter {
  bits = new Int32Array(fewestBits / 32)
  /** A hash shifted by it is an index of {@link bits}. */
  shift = 32 - Math.log2(fewestBits / 32)

  add(hash: number): void {
    const index = hash >>> this.shift
    const known = this.bits[index] as number
    const wanted = bitsOf(hash)
    this.bits[index] = known | wanted
  }

  /**
   * Grows where so many bytes need more room.
   * @returns true when it is larger and empty, so that all has to be added again
   */
  makeRoom(bytes: number): boolean {
    let size = this.bits.length * 32
    while (size < bytes * bitsPerByte && size < mostBits) size *= 2
    if (size === this.bits.length * 32) return false
    this.bits = new Int32Array(size / 32)
    this.shift = 32 - Math.log2(size / 32)
    return true
  }
}

function hashOf(bytes: Uint8Array, at: number, length: number): number {
  let hash = 0
  for (let index = at; index < at + length; index++)
    hash = (Math.imul(hash, multiplier) + (bytes[index] as number) + 1) | 0
  return hash
}

/** Factor of the byte that leaves a window. */
let leaving = 1
for (let power = 1; power < windowLength; power++) leaving = Math.imul(leaving, multiplier)

/** Hash of the window one byte further on. */
function rolled(hash: number, leaves: number, enters: number): number {
  return (Math.imul(hash - Math.imul(leaves + 1, leaving), multiplier) + enters + 1) | 0
}

/** Tells whether a filter may hold a hash. */
const isIn = (bits: Int32Array, shift: number, hash: number): boolean => {
  const wanted = bitsOf(hash)
  return ((bits[hash >>> shift] as number) & wanted) === wanted
}

/** The two bits of a hash within a word of a filter. */
const bitsOf = (hash: number) => (1 << ((hash >>> 2) & 31)) | (1 << ((hash >>> 7) & 31))

/** Hash of the first 3 bytes of a word. */
function hashOfThree(word: number): number {
  const hash = Math.imul((word & 0xffffff) ^ multiplier, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

/** Hash of the 4 bytes of a word and the first byte of the next. */
function hashOfFive(word: number, next: number): number {
  const hash = Math.imul(word ^ Math.imul((next & 0xff) + multiplier, 0x85ebca6b), 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

/** The 4 bytes at an index as a word. */
const wordAt = (bytes: Uint8Array, at: number) =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24)
