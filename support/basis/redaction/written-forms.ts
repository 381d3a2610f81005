/** The forms in which programs write a secret down, as the bytes that a view holds of them. */
import { escapeText } from 'entities/escape'
import { encode, visibleBytes } from './alphabet'
import { EscapeReader } from './escapes'

export interface WrittenForm {
  readonly bytes: Uint8Array
  /** Distance between windows that need to be searched so that 12 characters of the secret in this form are found. */
  readonly stride: number
  /** True for the value itself, which may hold words that stand in every report. */
  readonly isPlain: boolean
}

/** Of longer values, the parts between characters that encoders escape are long enough to be found. */
const longValue = 256

/** @param value without invisible characters at its ends */
export function writtenForms(value: string): WrittenForm[] {
  const bytes = Buffer.from(value.toWellFormed())
  const isLong = bytes.length > longValue
  const encodings = isLong ? [bytes] : [bytes, ...escapedTexts(value).map((text) => Buffer.from(text))]
  return [
    ...plainForms(value, isLong).map((form) => ({ bytes: form, stride: 1, isPlain: true })),
    ...encodings.flatMap((encoding) => encodedForms(encoding, isLong)),
  ]
}

/** The forms of bytes that are no text, also with an escape for each byte, of which decoders make text as far as they can. */
export function writtenFormsOfBytes(bytes: Buffer): WrittenForm[] {
  const escapes = visibleBytes(bytes.toString('hex').replace(/../g, '\\x$&'))
  const decoded = { bytes: decodedOnce(escapes) ?? escapes, stride: 1, isPlain: false }
  return [decoded, ...encodedForms(bytes, bytes.length > longValue)]
}

/** The encoded forms alone, of a word that may also stand in a report by chance. */
export function writtenFormsOfWord(word: string): WrittenForm[] {
  return encodedForms(Buffer.from(word.toWellFormed()), false)
}

/** The value, and what decoders make of it where it looks like an escape itself. */
function plainForms(value: string, isLong: boolean): Uint8Array[] {
  const visible = visibleBytes(value)
  // Forms write a space as a plus sign.
  const inForms = value.includes(' ') ? [visibleBytes(value.replaceAll(' ', '+'))] : []
  const written = [visible, ...inForms]
  const decoded = written.flatMap(decodings)
  if (decoded.length === 0 || isLong) return [...written, ...decoded]
  const twice = escapedTexts(value).flatMap((text) => [text, ...escapedTexts(text)])
  return [...written, ...decoded, ...twice.map(visibleBytes)]
}

/** The value as JSON, URLs, forms and HTML write it, where that differs. */
function escapedTexts(value: string): string[] {
  const wellFormed = value.toWellFormed()
  const texts = [
    JSON.stringify(wellFormed).slice(1, -1),
    encodeURIComponent(wellFormed),
    new URLSearchParams({ '': wellFormed }).toString().slice(1),
    escapeText(wellFormed),
  ]
  return [...new Set(texts)].filter((text) => text !== value)
}

function encodedForms(bytes: Buffer, isLong: boolean): WrittenForm[] {
  const hex = bytes.toString('hex')
  const once = base64Within(bytes)
  const forUrls = isLong ? [] : once.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))
  const inner = [...once, ...forUrls]
  const twice = [...new Set(inner)].flatMap((text) => base64Within(Buffer.from(text)))
  const form = (text: string, stride: number) => ({
    bytes: visibleBytes(text),
    stride,
    isPlain: false,
  })
  return [
    ...[hex, hex.toUpperCase()].map((text) => form(text, 12)),
    ...(isLong || bytes.length < shortestListed ? [] : listsOf(bytes).map(({ text, stride }) => form(text, stride))),
    ...once.map((text) => form(text, 4)),
    ...twice.map((text) => form(text, 8)),
  ]
}

/** Lists of fewer bytes may be numbers by chance. */
const shortestListed = 6

/** Lists of bytes: as Go, JSON and Java print them in decimal, and in hex as OpenSSL, .NET and Go's %#v do. Blanks do not count. */
function listsOf(bytes: Buffer): readonly { readonly text: string; readonly stride: number }[] {
  const inHex = (byte: number) => byte.toString(16).padStart(2, '0')
  const list = (stride: number, separator: string, write: (byte: number) => string) => ({
    text: Array.from(bytes, write).join(separator),
    stride,
  })
  const colons = list(24, ':', inHex)
  return [
    list(12, '', String),
    list(24, ',', String),
    colons,
    { ...colons, text: colons.text.toUpperCase() },
    { ...colons, text: colons.text.toUpperCase().replaceAll(':', '-') },
    list(48, ',', (byte) => `0x${inHex(byte)}`),
  ]
}

/**
 * The characters that are the same in the base64 of any data with these bytes in it: one text for each of the three places
 * that the first byte can have in a group. "Basic dXNlcjpwYXNz" holds a password at one of them.
 */
function base64Within(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
}

/** What is left after decoding once, twice and so on, until nothing changes. */
function decodings(bytes: Uint8Array): Uint8Array[] {
  const steps: Uint8Array[] = []
  for (let last = bytes, next = decodedOnce(last); next !== null && steps.length < 8; next = decodedOnce(last)) {
    steps.push(next)
    last = next
  }
  return steps
}

/** @returns null when there is nothing to decode */
function decodedOnce(bytes: Uint8Array): Uint8Array | null {
  const reader = new EscapeReader()
  const decoded = new Uint8Array(bytes.length + 4)
  let length = 0
  let found = false
  for (let at = 0; at < bytes.length; ) {
    if (reader.read(bytes, at, bytes.length)) {
      length += encode(reader.codePoint, decoded, length)
      at = reader.next
      found = true
    } else decoded[length++] = bytes[at++] as number
  }
  return found ? decoded.slice(0, length) : null
}
