/** The choices on a dashboard for which the rows yield something different. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { ViewChoice } from '../../checks/dashboards/views'
import type { ReportPanel } from './reporting'

/** The fewest choices among which each panel differs from its base at least once, if it does for any choice. */
export function choicesThatDiffer(
  base: readonly ReportPanel[],
  others: readonly { readonly other: ViewChoice; readonly panels: readonly ReportPanel[] }[],
): ViewChoice[] {
  const left = new Set(base.keys())
  return others.flatMap(({ other, panels }) => {
    const changed = [...left].filter((index) => differs(base[index], panels[index]))
    for (const index of changed) left.delete(index)
    return changed.length > 0 ? [other] : []
  })
}

/** Two panels without data do not differ: different words for "no data" prove nothing. */
export const differs = (one?: ReportPanel, other?: ReportPanel) =>
  Boolean(one?.hasData || other?.hasData) && !isDeepStrictEqual(one?.rows, other?.rows)
