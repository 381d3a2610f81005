/** The secrets of a process, and the ways to show text, data and errors without them. */
import type { AssertionError } from 'node:assert'
import { isUtf8 } from 'node:buffer'
import { inspect } from 'node:util'
import { visibleBytes } from './alphabet'
import { withoutControlSequences } from './control-sequences'
import { searchCredentials } from './credentials'
import { Masks, mask } from './masks'
import { Needles, windowLength } from './needles'
import { overlap, search } from './search'
import { isWord, Words } from './words'
import { type WrittenForm, writtenForms, writtenFormsOfBytes, writtenFormsOfWord } from './written-forms'

/** Code units after the last that is shown that are searched, too. A private key with its armour is shorter. */
const margin = 32_768

/** True when so much of a text is visible that nothing which began before goes on after it. */
const holdsOverlap = (text: string) => visibleBytes(text).length >= overlap

/** Deeper data is hostile: nobody nests records so far. */
const deepestData = 500

export class Redaction {
  private readonly secrets = new Set<string>()
  /** Registered values that are no text, by their base64. */
  private readonly binaries = new Map<string, Buffer>()
  private readonly public = new Set<string>()
  /** Every window of 12 bytes of the public names. */
  private readonly publicWindows = new Set<string>()
  private needles = new Needles()
  private words = new Words()
  /** Registered values that are not indexed yet. */
  private pending: (string | Buffer)[] = []

  /** Names that appear in every report, such as those in the configuration. Masking them would make the report unreadable. */
  keep(names: Iterable<string>): void {
    for (const name of names) {
      this.public.add(name)
      // A URL is public without the password in it.
      const bytes = visibleBytes(name.replace(/:\/\/[^/@\s]*@/g, '://'))
      for (let at = 0; at + windowLength <= bytes.length; at++) this.publicWindows.add(windowAt(bytes, at))
    }
    // What was indexed before may be public now.
    this.needles = new Needles()
    this.words = new Words()
    this.pending = [...this.secrets, ...this.binaries.values()]
  }

  /**
   * Hides a value of any size from now on, in all forms in which programs write it down, and each of its lines. Nothing
   * that the value contains is ever part of an error message.
   */
  register(value: string): void {
    if (this.secrets.has(value)) return
    this.secrets.add(value)
    this.pending.push(value)
  }

  /** Hides a value that may be no text, such as a random key, in the forms in which programs write bytes down. */
  registerBytes(bytes: Buffer): void {
    this.register(bytes.toString('utf8'))
    const key = bytes.toString('base64')
    this.register(key)
    if (isUtf8(bytes) || this.binaries.has(key)) return
    this.binaries.set(key, bytes)
    this.pending.push(bytes)
  }

  /** The number of registered values. */
  get size(): number {
    return this.secrets.size
  }

  /** The suite's own text, such as a remedy: secrets are masked, except short and ordinary words. */
  redact(text: string): string {
    return this.masked(text, false)
  }

  /** Text from outside the suite, such as an answer: secrets are masked, short and ordinary ones as whole words. */
  redactForeign(text: string): string {
    return this.masked(text, true)
  }

  /**
   * The first characters of the redacted text from outside. No more of it is searched than can matter for them: the result
   * is that of redacting the whole and cutting it.
   */
  redactForeignStart(text: string, characters: number): string {
    for (let size = 2 * (characters + margin); size < text.length; size *= 2) {
      if (!holdsOverlap(text.slice(size - margin, size))) continue
      const shown = this.masksOf(text.slice(0, size), true).applied(size - margin)
      if (shown.length >= characters) return shown.slice(0, characters)
    }
    return this.redactForeign(text).slice(0, characters)
  }

  /** The same data with every text value redacted. Keys, numbers and structure stay. */
  redactData<T>(data: T): T {
    return mapTexts(data, (text) => this.redact(text)) as T
  }

  /** Data from outside the suite, redacted in its values, its numbers and its keys. */
  redactForeignData(data: unknown): unknown {
    const numbers = (value: number) => (this.redactForeign(String(value)) === String(value) ? value : mask)
    return mapTexts(data, (text) => this.redactForeign(text), { numbers, keys: (key) => this.redact(key) })
  }

  /** The same error without secrets in its message, its stack, its causes, and the values that it compared. */
  redactError(error: unknown, seen: ReadonlySet<unknown> = new Set()): Error {
    if (!(error instanceof Error))
      return new Error(this.redactForeign(typeof error === 'string' ? error : inspect(error)))
    if (seen.has(error)) return error
    // The suite's own errors carry a finding, whose foreign part is redacted as such before.
    const shown = (text: string) => ('finding' in error ? this.redact(text) : this.redactForeign(text))
    error.message = shown(error.message)
    error.stack = shown(error.stack ?? '')
    // Cucumber prints the difference of the two where an error has them.
    for (const side of ['actual', 'expected'] as const)
      if (side in error) Object.assign(error, { [side]: this.redactCompared((error as AssertionError)[side]) })
    if (error.cause !== undefined) error.cause = this.redactError(error.cause, new Set([...seen, error]))
    return error
  }

  private redactCompared(value: unknown): unknown {
    if (value === undefined) return value
    return this.redactForeign(typeof value === 'string' ? value : inspect(value))
  }

  private masked(text: string, isForeign: boolean): string {
    return this.masksOf(text, isForeign).applied()
  }

  private masksOf(text: string, isForeign: boolean): Masks {
    this.index()
    const masks = new Masks(text)
    const { beginnings, mayBeColoured } = search(text, this.needles, masks)
    const uncoloured = withoutControlSequences(text, mayBeColoured)
    if (uncoloured !== undefined) search(uncoloured, this.needles, masks)
    if (isForeign) this.words.search(text, masks)
    searchCredentials(text, beginnings, masks)
    return masks
  }

  private index(): void {
    for (const value of this.pending.splice(0))
      if (typeof value === 'string') this.indexText(value)
      else this.indexForms(writtenFormsOfBytes(value))
  }

  private indexText(value: string): void {
    for (const part of partsOf(value)) {
      const visible = visibleBytes(part).length
      if (this.public.has(part) || visible === 0 || part === mask) continue
      if (isWord(part, visible)) this.indexWord(part)
      else this.indexForms(writtenForms(part))
    }
  }

  private indexForms(forms: readonly WrittenForm[]): void {
    const isPublic = (form: Uint8Array, at: number) =>
      this.publicWindows.size > 0 && this.publicWindows.has(windowAt(form, at))
    for (const { bytes, stride, isPlain } of forms) this.needles.add(bytes, stride, isPlain ? isPublic : () => false)
  }

  private indexWord(word: string): void {
    this.words.add(word)
    for (const { bytes } of writtenFormsOfWord(word)) this.needles.add(bytes, 1, () => false)
  }
}

/** The value without the first and last lines of PEM, which are no secret, and each of its lines, which may travel alone. */
function partsOf(value: string): string[] {
  const blocks = value.split(armour).map((block) => block.trim())
  // Parts of longer lines are found as parts of the whole, and a short one is no secret by itself.
  const lines = value.includes('\n') ? value.split('\n').map((line) => line.trim()) : []
  const alone = lines.filter((line) => line.length < 2 * windowLength && !armour.test(line) && !isWordAlone(line))
  return [...new Set([...blocks, ...alone])]
}

const armour = /-----[^-\n]{1,60}-----/

const isWordAlone = (text: string) => isWord(text, visibleBytes(text).length)

const windowAt = (bytes: Uint8Array, at: number) =>
  Buffer.from(bytes.subarray(at, at + windowLength)).toString('latin1')

interface Mapping {
  readonly numbers?: (value: number) => unknown
  readonly keys?: (key: string) => string
}

/** A copy of data as JSON would hold it, with each of its texts mapped. */
function mapTexts(data: unknown, map: (text: string) => string, mapping: Mapping = {}, depth = 0): unknown {
  if (typeof data === 'string') return map(data)
  if (typeof data === 'number' && mapping.numbers) return mapping.numbers(data)
  if (typeof data !== 'object' || data === null) return data
  if (depth > deepestData) return '(nested too deeply to be shown)'
  if ('toJSON' in data && typeof data.toJSON === 'function') return mapTexts(data.toJSON(), map, mapping, depth + 1)
  if (Array.isArray(data)) return data.map((entry) => mapTexts(entry, map, mapping, depth + 1))
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [mapping.keys?.(key) ?? key, mapTexts(value, map, mapping, depth + 1)]),
  )
}
