/** Reads the body of a response up to a bound. */
import { type BoundName, bounds, OutOfBounds } from '../basis/bounds'

/** @throws OutOfBounds as soon as the body exceeds the bound, the rest is not read; or if it is JSON with too many values */
export async function boundedBody(body: AsyncIterable<Uint8Array>, bound: BoundName): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > bounds[bound].most) throw new OutOfBounds(bound)
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks)
  ensureBoundedJson(whole)
  return whole
}

const [quote, backslash, comma, openArray, closeArray, openObject, closeObject] = Buffer.from('"\\,[]{}')
const blanks = Buffer.from(' \t\r\n')

/**
 * Counts values and levels without parsing: a few megabytes of brackets keep a parser busy for seconds, in which nothing else
 * is heard, and take a hundred times their size in memory.
 * @throws OutOfBounds if a body that begins like an object or an array exceeds a bound on JSON
 */
export function ensureBoundedJson(body: Uint8Array): void {
  let at = 0
  while (blanks.includes(body[at] ?? 0)) at++
  if (body[at] !== openArray && body[at] !== openObject) return
  let values = 0
  let depth = 0
  for (; at < body.length; at++) {
    const byte = body[at]
    if (byte === quote) {
      for (at++; at < body.length && body[at] !== quote; at++) if (body[at] === backslash) at++
    } else if (byte === comma) values++
    else if (byte === openArray || byte === openObject) {
      values++
      depth++
      if (depth > bounds.jsonDepth.most) throw new OutOfBounds('jsonDepth')
    } else if (byte === closeArray || byte === closeObject) depth--
    if (values > bounds.jsonValues.most) throw new OutOfBounds('jsonValues')
  }
}
