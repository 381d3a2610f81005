/** Reads from the coverage that V8 records which places of the suite's source were reached. */
import { SourceMap } from 'node:module'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Position } from './positions'

/** The files that Node writes for NODE_V8_COVERAGE (https://nodejs.org/api/cli.html#node_v8_coveragedir). */
const coverageSchema = z.object({
  result: z.array(
    z.object({
      url: z.string(),
      functions: z.array(
        z.object({
          ranges: z.array(z.object({ startOffset: z.number(), endOffset: z.number(), count: z.number() })),
        }),
      ),
    }),
  ),
  'source-map-cache': z
    .record(
      z.string(),
      z.object({
        lineLengths: z.array(z.number()),
        data: z
          .looseObject({
            version: z.number(),
            sources: z.array(z.string()),
            names: z.array(z.string()),
            mappings: z.string(),
          })
          .nullable(),
      }),
    )
    .default({}),
})
type Ranges = readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[]

/**
 * Returns the places that a process reached.
 * @param text the content of one of Node's coverage files
 * @param root the checkout, to which the files of the places are relative
 */
export function reached(text: string, positions: readonly Position[], root: string): Position[] {
  const { result, 'source-map-cache': maps } = coverageSchema.parse(JSON.parse(text))
  const rangesOf = new Map(result.map(({ url, functions }) => [url, functions.flatMap(({ ranges }) => ranges)]))
  return positions.filter((position) => {
    const url = pathToFileURL(`${root}/${position.file}`).href
    const [ranges, map] = [rangesOf.get(url), maps[url]]
    if (!ranges || !map?.data) return false
    const offset = generatedOffset(position, new SourceMap(map.data as never), map.lineLengths)
    return offset !== undefined && isReached(offset, ranges)
  })
}

/** The count of the smallest range around a place decides. */
function isReached(offset: number, ranges: Ranges): boolean {
  const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
  const [smallest] = around.sort(
    (one, other) => one.endOffset - one.startOffset - (other.endOffset - other.startOffset),
  )
  return (smallest?.count ?? 0) > 0
}

/** The place in the transpiled text, in characters from its beginning: the first that maps to the place or beyond it in its line. */
function generatedOffset(
  { line, column }: Position,
  map: SourceMap,
  lineLengths: readonly number[],
): number | undefined {
  let [begin, best] = [0, undefined as { offset: number; column: number } | undefined]
  for (const [generatedLine, length] of lineLengths.entries()) {
    for (let at = 0; at < length; at++) {
      const entry = map.findEntry(generatedLine, at)
      if (!('originalLine' in entry) || entry.generatedLine !== generatedLine || entry.generatedColumn !== at) continue
      if (entry.originalLine !== line || entry.originalColumn < column) continue
      if (!best || entry.originalColumn < best.column) best = { offset: begin + at, column: entry.originalColumn }
    }
    begin += length + 1
  }
  return best?.offset
}
