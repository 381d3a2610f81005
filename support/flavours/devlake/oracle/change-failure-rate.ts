/**
 * Change failure rate (panels "Change Failure Rate"): the share of successful production deployments that an incident is
 * attributed to. Failed deployments count in neither number.
 */

import type { Lake } from '../rows/rows'
import { attributionsOf } from './incident-attribution'

/** The deployments that an incident of any project is attributed to: the panels join by the id of the deployment alone. */
export const failedDeployments = (lake: Lake): Set<string> =>
  new Set(attributionsOf(lake).map(({ deployment }) => deployment))

/** The rate in ten-thousandths: a quotient in MySQL has four decimals, which decide the level. Null without deployments. */
export function failureRate(deployments: readonly string[], failed: ReadonlySet<string>): number | null {
  if (deployments.length === 0) return null
  const failures = deployments.filter((id) => failed.has(id)).length
  return Math.round((failures * 10_000) / deployments.length)
}
