/**
 * The names that the transformations of a panel give to the columns of its answer: overrides and the text of the panel use them
 * (organize.ts and renameByRegex.ts in packages/grafana-data/src/transformations/transformers of Grafana's repository). Pure.
 */
import { z } from 'zod'
import type { Panel } from './grafana-model'
import type { Column } from './panel-answers'
import { patternOf } from './panel-fields'
import { applies } from './transformations'

const byName = z.looseObject({ renameByName: z.record(z.string(), z.string()) })
const byPattern = z.looseObject({ regex: z.string(), renamePattern: z.string() })

/** Each returns the new name of a column, or its name. Options of another form rename nothing. */
const renamers: Readonly<Record<string, (options: unknown, name: string, shown: string) => string>> = {
  organize: (options, name, shown) => {
    const { renameByName = {} } = byName.safeParse(options).data ?? {}
    const own = [shown, name].find((one) => Object.hasOwn(renameByName, one))
    return (own !== undefined && renameByName[own]) || shown
  },
  renameByRegex: (options, _, shown) => {
    const { data } = byPattern.safeParse(options)
    return data ? (patternOf(data.regex)?.replacedIn(shown, data.renamePattern) ?? shown) : shown
  },
}

/** The columns with the names under which the panel shows them, where these are others. */
export const withShownNames = (columns: readonly Column[], transformations: Panel['transformations'] = []): Column[] =>
  columns.map(({ shownAs: _, ...column }) => {
    const shownAs = transformations
      .filter((one) => applies(one, column))
      .reduce(
        (shown, { id, options }) =>
          Object.hasOwn(renamers, id) ? (renamers[id]?.(options, column.name, shown) ?? shown) : shown,
        column.name,
      )
    return shownAs === column.name ? column : { ...column, shownAs }
  })
