/**
 * The fourth metric, which differs between the two reports (panels "Failed Deployment Recovery Time" and "Median Time to Restore
 * Service"). Durations are completed minutes.
 */
import type { Window } from '../../../dora/metrics'
import type { Lake } from '../rows/rows'
import { isWithin, minutesOver } from './calendar'
import { attributionsOf, incidentsOf } from './incident-attribution'
import type { Measured } from './lead-time'
import { productionDeployments } from './production-deployments'

/** @param window null is all time */
type Restorations = (lake: Lake, projects: readonly string[], window: Window | null) => Measured[]

/**
 * 2023, failed deployment recovery time: measured from the finish of the deployment that an incident is attributed to, so it
 * includes the time before anyone noticed. Both the finish and the resolution lie in the window; the finish decides the month.
 */
export const recoveries: Restorations = (lake, projects, window) => {
  const finishes = productionDeployments(lake, projects)
  return attributionsOf(lake).flatMap(({ deployment, resolvedAt }) => {
    const at = finishes.get(deployment)
    if (at === undefined || resolvedAt === null) return []
    if (window && !(isWithin(at, window) && isWithin(resolvedAt, window))) return []
    return [{ minutes: minutesOver(resolvedAt - at), at }]
  })
}

/** 2021, time to restore service: measured from creation to resolution, for any incident; the resolution decides the window. */
export const restorations: Restorations = (lake, projects, window) =>
  incidentsOf(lake, projects).flatMap(({ createdAt, resolvedAt }) =>
    resolvedAt === null || (window && !isWithin(resolvedAt, window))
      ? []
      : [{ minutes: minutesOver(resolvedAt - createdAt), at: resolvedAt }],
  )
