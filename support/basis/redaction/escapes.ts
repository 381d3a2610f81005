/**
 * Reads one escape of the notations in which text travels: the backslashes of JSON, Python, PHP, Go, C and .NET, percent
 * encoding, and HTML's character references.
 */
import { decodeHTML } from 'entities/decode'

const [backslash, percent, ampersand, hash, semicolon, openBrace, closeBrace] = Buffer.from('\\%&#;{}')

/** Longest name of a character reference in HTML: CounterClockwiseContourIntegral. */
const longestName = 32

/** A reader that keeps its result in fields, so that a page full of escapes allocates nothing. */
export class EscapeReader {
  /** Code point of the escape that was read last. */
  codePoint = 0
  /** Index after it. */
  next = 0

  private bytes: Uint8Array = new Uint8Array()
  private end = 0

  /** @returns true when an escape begins at the index; `codePoint` and `next` then describe it */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    this.bytes = bytes
    this.end = end
    switch (bytes[at]) {
      case percent:
        return this.percent(at)
      case ampersand:
        return this.byte(at + 1) === hash ? this.numeric(at) : this.named(at)
      case backslash:
        return this.backslash(at)
      default:
        return false
    }
  }

  private found(codePoint: number, next: number): boolean {
    this.codePoint = codePoint
    this.next = next
    return true
  }

  private byte(at: number): number {
    return at < this.end ? (this.bytes[at] as number) : 0
  }

  private percent(at: number): boolean {
    const kind = this.byte(at + 1)
    if (kind === 0x75 /* u */ || kind === 0x55) return this.unit(at, percent as number)
    return this.sequence(at, (index) => (this.byte(index) === percent ? this.hex(index + 1, 2) : -1), 3)
  }

  private backslash(at: number): boolean {
    const kind = this.byte(at + 1)
    const simple = simpleEscapes[kind] as number
    if (simple !== 0) return this.found(simple, at + 2)
    if (kind >= 0x30 && kind <= 0x37) return this.octal(at)
    const isBraced = this.byte(at + 2) === openBrace
    if (kind === 0x75 /* u */) return isBraced ? this.braced(at) : this.unit(at, backslash as number)
    if (kind === 0x78 /* x */) return isBraced ? this.braced(at) : this.hexBytes(at)
    if (kind !== 0x55 /* U */) return false
    const value = this.hex(at + 2, 8)
    return value >= 0 && value <= 0x10ffff && this.found(value, at + 10)
  }

  private hexBytes(at: number): boolean {
    const escaped = (index: number) => this.byte(index) === backslash && this.byte(index + 1) === 0x78
    return this.sequence(at, (index) => (escaped(index) ? this.hex(index + 2, 2) : -1), 4)
  }

  /** "\u0041" or "%u0041", also the two halves of a pair of surrogates. */
  private unit(at: number, introducer: number): boolean {
    const value = this.hex(at + 2, 4)
    if (value < 0) return false
    if (value >= 0xd800 && value < 0xdc00 && this.byte(at + 6) === introducer && (this.byte(at + 7) | 0x20) === 0x75) {
      const low = this.hex(at + 8, 4)
      if (low >= 0xdc00 && low < 0xe000) return this.found(0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00), at + 12)
    }
    return this.found(value, at + 6)
  }

  /** "\u{41}" of JavaScript and PHP, "\x{41}" of Perl. */
  private braced(at: number): boolean {
    let index = at + 3
    let value = 0
    for (; index < at + 11; index++) {
      const digit = digitOf(this.byte(index))
      if (digit < 0) break
      value = value * 16 + digit
    }
    return index > at + 3 && this.byte(index) === closeBrace && value <= 0x10ffff && this.found(value, index + 1)
  }

  private octal(at: number): boolean {
    const three = (index: number) => {
      if (this.byte(index) !== backslash) return -1
      const [a, b, c] = [1, 2, 3].map((offset) => this.byte(index + offset) - 0x30) as [number, number, number]
      return a >= 0 && a <= 3 && b >= 0 && b <= 7 && c >= 0 && c <= 7 ? a * 64 + b * 8 + c : -1
    }
    if (three(at) >= 0) return this.sequence(at, three, 4)
    let index = at + 1
    let value = 0
    for (; index < at + 3 && this.byte(index) >= 0x30 && this.byte(index) <= 0x37; index++)
      value = value * 8 + this.byte(index) - 0x30
    return this.found(value, index)
  }

  /** "&#60;" and "&#x3c;"; the semicolon may be missing. */
  private numeric(at: number): boolean {
    const isHex = (this.byte(at + 2) | 0x20) === 0x78
    const first = at + (isHex ? 3 : 2)
    let index = first
    let value = 0
    for (; index < first + 8; index++) {
      const digit = digitOf(this.byte(index))
      if (digit < 0 || (!isHex && digit > 9)) break
      value = value * (isHex ? 16 : 10) + digit
    }
    if (index === first || value > 0x10ffff) return false
    return this.found(value, this.byte(index) === semicolon ? index + 1 : index)
  }

  private named(at: number): boolean {
    let index = at + 1
    let key = 0
    for (; index < at + longestName && isLetterOrDigit(this.byte(index)); index++)
      key = (Math.imul(key, 31) + this.byte(index)) | 0
    if (index === at + 1 || this.byte(index) !== semicolon) return false
    const codePoint = this.reference(at, index + 1, key)
    return codePoint >= 0 && this.found(codePoint, index + 1)
  }

  /** Code point of a named reference such as "&lt;", or -1. A few names stand for two code points: those count as unknown. */
  private reference(at: number, end: number, key: number): number {
    const known = references.get(key)
    if (known !== undefined && this.spells(known.name, at)) return known.codePoint
    const name = Buffer.from(this.bytes.subarray(at, end)).toString('latin1')
    const [first = '', ...others] = decodeHTML(name)
    const codePoint = others.length === 0 ? (first.codePointAt(0) ?? -1) : -1
    // Foreign text could fill the memory with names that do not exist.
    if (codePoint >= 0) references.set(key, { name, codePoint })
    return codePoint
  }

  private spells(name: string, at: number): boolean {
    for (let index = 0; index < name.length; index++) if (this.byte(at + index) !== name.charCodeAt(index)) return false
    return true
  }

  /** Bytes that are each escaped. They are UTF-8, or else the first of them is a code point of its own, as in Python. */
  private sequence(at: number, byteAt: (index: number) => number, width: number): boolean {
    const first = byteAt(at)
    if (first < 0) return false
    const length = first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    let value = length === 1 ? first : first & (0x7f >> length)
    for (let index = 1; index < length; index++) {
      const next = byteAt(at + index * width)
      if (next < 0x80 || next > 0xbf) return this.found(first, at + width)
      value = (value << 6) | (next & 0x3f)
    }
    return this.found(value, at + length * width)
  }

  /** Value of so many hexadecimal digits, or -1. */
  private hex(at: number, digits: number): number {
    let value = 0
    for (let index = at; index < at + digits; index++) {
      const digit = digitOf(this.byte(index))
      if (digit < 0) return -1
      value = value * 16 + digit
    }
    return value
  }
}

/** Value of a hexadecimal digit, or -1. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function isLetterOrDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)
}

/** Known references by the hash of their name. */
const references = new Map<number, { readonly name: string; readonly codePoint: number }>()

/** Code point of a backslash and one character; 0 where more follows, or where it is no escape. */
const simpleEscapes = new Uint8Array(256)
for (let byte = 0x21; byte < 0x7f; byte++) if (!isLetterOrDigit(byte)) simpleEscapes[byte] = byte
// What looks like an escape behind a backslash is one: no notation escapes these with it.
for (const introducer of '%&') simpleEscapes[introducer.charCodeAt(0)] = 0
for (const letter of 'nrtbfvae') simpleEscapes[letter.charCodeAt(0)] = 0x0a
