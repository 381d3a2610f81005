/** Reads the body of a response up to a bound. */
import { type BoundName, bounds, OutOfBounds } from '../basis/bounds'

/** @throws OutOfBounds as soon as the body exceeds the bound; the rest is not read */
export async function boundedBody(body: AsyncIterable<Uint8Array>, bound: BoundName): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > bounds[bound].most) throw new OutOfBounds(bound)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
