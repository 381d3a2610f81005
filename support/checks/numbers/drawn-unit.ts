/** Units of Grafana that draw a number as another kind, or as the same kind at another scale (packages/grafana-data/src/valueFormats). Pure. */
import type { QuantityKind } from '../../dora/metrics'

/** Units of durations and rates; all other units of Grafana are foreign to them. */
const own: Readonly<Partial<Record<QuantityKind, RegExp>>> = {
  minutes: /^(?:m|dtdurationm|min|mins|minutes)$/,
  percent: /^(?:percent|%)$/,
}

/** Units that call a count something else. Any other word after a count, such as "releases", is the operator's own. */
const ofOtherCounts: readonly RegExp[] = [
  /^(?:ns|µs|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|hertz|rotrpm|timeticks|dt.*|clock.*|dateTime.*|time:.*)$/,
  /^(?:%|percent.*|humidity|ratio|ppm|bool.*|currency.*|currency:.*|hex.*)$/,
  // Data and throughput, such as "bytes", "reqps" and "cpm".
  /^(?:(?:dec)?[kmgtp]?(?:bytes|bits)|.*[Bb]ps|.*[KMGTP]i?[Bb]s|pps|(?:c|o|req|r|w|io|e|m|rec|rows)p[sm])$/,
]
const perOtherTime = /(?:\/|\bper) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?|weeks?|months?|years?)\b/i

/** True if a unit contradicts the values. Texts of the operator stand after "suffix:" or "prefix:", or alone. */
export function isForeign(unit: string, kind: QuantityKind): boolean {
  const plain = unit.replace(/^(?:suffix|prefix):/, '').trim()
  const allowed = own[kind]
  if (allowed) return !allowed.test(plain)
  if (!['count', 'series', 'perDay'].includes(kind)) return false
  const isRate = kind === 'count' && plain.includes('/')
  return isRate || perOtherTime.test(plain) || ofOtherCounts.some((one) => one.test(plain))
}
