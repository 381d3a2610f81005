/** Reads from the coverage that V8 records which places of the suite's source were reached. */
import { pathToFileURL } from 'node:url'
import { generatedPositionFor, LEAST_UPPER_BOUND, type SourceMapInput, TraceMap } from '@jridgewell/trace-mapping'
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
  const byFile = Map.groupBy(positions, ({ file }) => file)
  return [...byFile].flatMap(([file, ofFile]) => {
    const url = pathToFileURL(`${root}/${file}`).href
    const [ranges, map] = [rangesOf.get(url), maps[url]]
    if (!ranges || !map?.data) return []
    const generated = new TraceMap(map.data as SourceMapInput)
    return ofFile.filter((position) => {
      const offset = generatedOffset(position, generated, map.lineLengths)
      return offset !== undefined && isReached(offset, ranges)
    })
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
  map: TraceMap,
  lineLengths: readonly number[],
): number | undefined {
  const [source = null] = map.sources
  if (source === null) return undefined
  const at = generatedPositionFor(map, { source, line: line + 1, column, bias: LEAST_UPPER_BOUND })
  if (at.line === null) return undefined
  // A line ends with a line break.
  return lineLengths.slice(0, at.line - 1).reduce((offset, length) => offset + length + 1, at.column)
}
