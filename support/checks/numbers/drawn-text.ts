/** The text of a big number, which Grafana draws between the name of its series and its change. Pure. */
import type { PanelView } from '../../platform/grafana-pages'
import type { Column } from '../../platform/panel-answers'
import type { FieldOptions } from '../../platform/panel-fields'
import { isTitled } from '../../platform/shown-panels'

/** Names longer than this in characters are not looked for in a text. */
const longestName = 200

/** A name that ends like this would take the first digits of the number. */
const endsInNumber = /[\d.,-]$/

/**
 * The number of the panel in its text, without the name of its series and its change. There are several candidates only if the
 * name has variables.
 */
export function bigNumbers(view: PanelView, column: Column | undefined, options: FieldOptions): string[] {
  const text = withoutChange(view, column).trim()
  const { displayName = '' } = options
  if (displayName.includes('$')) {
    const ends = Array.from({ length: Math.min(text.length, longestName) }, (_, index) => index + 1)
    const isName = (start: string) => !endsInNumber.test(start) && isTitled(start, displayName)
    return [text, ...ends.filter((end) => isName(text.slice(0, end))).map((end) => text.slice(end))]
  }
  const name = [displayName, ...view.columns.map((one) => one.name)].find((one) => one !== '' && text.startsWith(one))
  return [name === undefined ? text : text.slice(name.length)]
}

/** The text without the change from the first to the last value, which Grafana draws in percent (PercentChange.tsx). */
function withoutChange({ text, options }: PanelView, column: Column | undefined): string {
  if (options?.showPercentChange !== true) return text
  const numbers = column?.values.filter((value) => typeof value === 'number') ?? []
  const [first = Number.NaN] = numbers
  const change = ((numbers.at(-1) ?? Number.NaN) - first) / first
  const shown = change.toLocaleString('en-US', { style: 'percent', maximumSignificantDigits: 3 })
  return !Number.isNaN(change) && text.trim().endsWith(shown) ? text.trim().slice(0, -shown.length) : text
}
