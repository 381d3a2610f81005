/**
 * Change failure rate (panels "Change Failure Rate"): of the successful production deployments those that an incident is due
 * to. Deployments that failed are in neither number.
 */

import type { Lake } from '../rows/rows'
import { attributionsOf } from './incident-attribution'

/** The deployments that an incident of whatever project is due to: the panels join them by the deployment's id alone. */
export const failedDeployments = (lake: Lake): Set<string> =>
  new Set(attributionsOf(lake).map(({ deployment }) => deployment))

/** In ten-thousandths, as a quotient in MySQL has four decimals, from which the level is taken; null of no deployment. */
export function failureRate(deployments: readonly string[], failed: ReadonlySet<string>): number | null {
  if (deployments.length === 0) return null
  const failures = deployments.filter((id) => failed.has(id)).length
  return Math.round((failures * 10_000) / deployments.length)
}
