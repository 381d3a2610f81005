/** A small line that shows how a number changed over the last runs. A run without the number is a gap. */
import { type Html, html } from '../wording/html'

/** The size of the drawing, in units of its own. */
const width = 120
const height = 24
const margin = 3

/**
 * @param values oldest first; null is a run without the number
 * @param inWords a value as text
 */
export function trend(values: readonly (number | null)[], inWords: (value: number) => string): Html | null {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return null
  const [lowest, highest] = [Math.min(...known), Math.max(...known)]
  const x = (index: number) => rounded(margin + (index * (width - 2 * margin)) / (values.length - 1))
  const y = (value: number) =>
    rounded(highest === lowest ? height / 2 : margin + ((highest - value) * (height - 2 * margin)) / (highest - lowest))
  const last = values.at(-1) ?? null
  const [from = 0, to = 0] = [known[0], known.at(-1)]
  const label = `Trend over ${values.length} runs: from ${inWords(from)} to ${inWords(to)}, between ${inWords(lowest)} and ${inWords(highest)}`
  return html`<svg class="trend" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${segmentsOf(
    values,
  ).map(
    (points) => html`<polyline points="${points.map(([index, value]) => `${x(index)},${y(value)}`).join(' ')}"/>`,
  )}${last === null ? null : html`<circle cx="${x(values.length - 1)}" cy="${y(last)}" r="2.5"/>`}</svg>`
}

const rounded = (value: number) => Math.round(value * 10) / 10

type Point = readonly [index: number, value: number]

/** The runs of consecutive values. */
function segmentsOf(values: readonly (number | null)[]): Point[][] {
  const segments: Point[][] = [[]]
  values.forEach((value, index) => {
    if (value === null) segments.push([])
    else segments.at(-1)?.push([index, value])
  })
  return segments.filter(({ length }) => length > 1)
}
