/**
 * A piece of a text as it is searched: visible characters only, and escapes decoded to some depth.
 *
 * Views keep no map from bytes to the text, which would cost more than the search. They keep marks, and decode again from
 * the last mark before a byte when its place in the text is asked for.
 */

export interface View {
  readonly bytes: Uint8Array
  /** The same bytes four at a time. */
  readonly words: Int32Array
  readonly length: number
  /** Bits of the notations of which the bytes may hold an escape. */
  readonly notations: number
  /** Indices of the bytes that may begin an escape, in order. */
  readonly places: Int32Array
  /** Number of the places. */
  readonly placed: number
  /** Index in the text at which the source of a byte begins. */
  from(index: number): number
  /** Index in the text after the source of a byte. */
  to(index: number): number
}

/** Room for the bytes of a view, which are read 8 at a time. */
export const bytesFor = (capacity: number) => new Uint8Array(Math.ceil(capacity / 8) * 8 + 16)
