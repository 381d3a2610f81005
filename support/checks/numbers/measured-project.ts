/** The numbers of a project in the range that the reports show, and the surfaces that agree with them. Pure. */
import { rangeNames } from '../../contracts/dora'
import { type ComparedSurfaces, type FourMetric, fourMetrics, type MeasuredProject } from '../../dora/measured'
import type { Quantity } from '../../dora/metrics'
import type { ReportingSurface } from '../../service/surfaces'
import type { Readability } from './instruments'
import { type Metric, ofWholeAnswer, quantitiesOf } from './metric'
import { windowsOf, type Yielded } from './surface-comparison'

/** The range whose numbers the reports show. All ranges are compared. */
export const shownRange = 'last30days'

/** The metrics in the shown range, which ends with the last collection. */
export function shownNumbers({ answer, lengths, ends, after }: Yielded): Pick<MeasuredProject, 'metrics' | 'window'> {
  const position = ends.indexOf(after) * lengths.length + rangeNames.indexOf(shownRange)
  const [metrics, window] = [answer.windows[position], windowsOf(lengths, ends)[position]]
  if (!metrics || !window) throw new Error('The events were not recomputed over the range that is shown.')
  return { metrics, window }
}

interface Reporting {
  readonly surface: string
  readonly reports: readonly Metric[]
}

/**
 * The surfaces that report each metric. A surface agrees if it answered every question, and no quantity of the metric differs
 * in any range.
 */
export function surfacesByMetric(
  answered: readonly Pick<ReportingSurface, 'name' | 'reports'>[],
  differences: readonly (Reporting & { readonly quantity: Quantity })[],
  unread: readonly Reporting[],
): Record<FourMetric, ComparedSurfaces> {
  return byMetric((metric) => {
    const names = (of: readonly Reporting[]) =>
      new Set(of.filter(({ reports }) => reports.includes(metric)).map(({ surface }) => surface))
    const quantities: readonly Quantity[] = quantitiesOf[metric]
    const differing = names(
      differences.filter(({ quantity }) => ofWholeAnswer.includes(quantity) || quantities.includes(quantity)),
    )
    const silent = names(unread)
    const all = names(answered.map(({ name, reports }) => ({ surface: name, reports })))
    return {
      agreeing: [...all].filter((name) => !differing.has(name) && !silent.has(name)),
      differing: [...differing],
      unread: [...silent].filter((name) => !differing.has(name)),
    }
  })
}

/** Adds the surfaces that could not be asked at all. */
export function withUnreadable(measured: MeasuredProject, unreadable: Readability['unreadable']): MeasuredProject {
  const surfaces = byMetric((metric) => {
    const { unread, ...rest } = measured.surfaces[metric]
    const more = unreadable.filter(({ surface }) => surface.reports.includes(metric)).map(({ surface }) => surface.name)
    return { ...rest, unread: [...new Set([...unread, ...more])] }
  })
  return { ...measured, surfaces }
}

const byMetric = (of: (metric: FourMetric) => ComparedSurfaces) =>
  Object.fromEntries(fourMetrics.map((metric) => [metric, of(metric)])) as Record<FourMetric, ComparedSurfaces>
