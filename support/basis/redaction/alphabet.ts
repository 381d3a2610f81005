/** The byte values that views and needles consist of: UTF-8 without invisible characters, with one base64 alphabet. */
import { isInvisible } from './invisible'

/** Bits of a unit beside the byte that stands for it. */
export const isKept = 0x100

/** Notations of escapes, by the character with which each escape begins. */
export const notations = { backslash: 0x200, percent: 0x400, ampersand: 0x800 } as const
export const allNotations = 0xe00

/** For each ASCII character its byte as it is compared, and the bits. "-" and "_" of base64 for URLs count as "+" and "/". */
export const units = new Uint16Array(128)

for (let unit = 0; unit < 128; unit++) units[unit] = isInvisible(unit) ? 0 : unit | isKept
for (const [character, notation] of [
  ['\\', notations.backslash],
  ['%', notations.percent],
  ['&', notations.ampersand],
] as const)
  units[character.charCodeAt(0)] = character.charCodeAt(0) | isKept | notation
units['-'.charCodeAt(0)] = '+'.charCodeAt(0) | isKept
units['_'.charCodeAt(0)] = '/'.charCodeAt(0) | isKept

/** The notation whose escapes begin with a byte, or 0. */
export const introduces = new Uint16Array(256)
for (const [unit, known] of units.entries()) introduces[unit] = known & allNotations

/** No UTF-8 holds this byte: it separates what does not belong together. */
export const separator = 0xff

/**
 * Writes a code point, unless it is invisible.
 * @returns the number of bytes written, 0 to 4
 */
export function encode(codePoint: number, bytes: Uint8Array, at: number): number {
  if (codePoint < 0x80) {
    const unit = units[codePoint] as number
    bytes[at] = unit
    return unit === 0 ? 0 : 1
  }
  if (isInvisible(codePoint)) return 0
  if (codePoint < 0x800) {
    bytes[at] = 0xc0 | (codePoint >> 6)
    bytes[at + 1] = 0x80 | (codePoint & 0x3f)
    return 2
  }
  if (codePoint < 0x10000) {
    bytes[at] = 0xe0 | (codePoint >> 12)
    bytes[at + 1] = 0x80 | ((codePoint >> 6) & 0x3f)
    bytes[at + 2] = 0x80 | (codePoint & 0x3f)
    return 3
  }
  bytes[at] = 0xf0 | (codePoint >> 18)
  bytes[at + 1] = 0x80 | ((codePoint >> 12) & 0x3f)
  bytes[at + 2] = 0x80 | ((codePoint >> 6) & 0x3f)
  bytes[at + 3] = 0x80 | (codePoint & 0x3f)
  return 4
}

/** A whole text in this alphabet. */
export function visibleBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3 + 4)
  let length = 0
  for (const character of text) length += encode(character.codePointAt(0) as number, bytes, length)
  return bytes.slice(0, length)
}
