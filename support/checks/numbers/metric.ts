/** The metrics that are recomputed from raw events, and the quantities by which surfaces report them. */
import type { Configuration } from '../../configuration/schema'
import type { Quantity } from '../../dora/metrics'
import { type Metric, unknownTables } from '../../service/raw-event-statements'

export type { Metric }

/** The metrics whose window is a setting of the project. */
export type WindowedMetric = Extract<Metric, 'deployment frequency' | 'change failure rate'>

export const quantitiesOf: Readonly<Record<Metric, readonly Quantity[]>> = {
  'deployment frequency': [
    'deployment frequency',
    'deployments',
    'deployments by day',
    'level of the deployment frequency',
    'deployments of all time',
  ],
  'lead time': [
    'lead time',
    'lead time p50',
    'lead time p95',
    'level of the lead time',
    'lead times of all time',
    'lead time in all, in seconds',
    'lead times of at most an hour',
    'lead times of at most a day',
  ],
  'change failure rate': [
    'change failure rate',
    'judged deployments',
    'failed deployments',
    'level of the change failure rate',
    'change failure ratio',
  ],
  'time to restore': [
    'time to restore',
    'time to restore p50',
    'time to restore p95',
    'restored incidents',
    'level of the time to restore',
    'restorations of all time',
    'time to restore in all, in seconds',
    'restorations of at most an hour',
    'restorations of at most a day',
  ],
  'rework rate': ['rework rate', 'builds', 'repeat builds'],
}

/** Selects the quantities that can be recomputed from the tables that the configuration names. */
export function recomputable(configuration: Configuration): (quantity: Quantity) => boolean {
  const unknown = [...unknownTables(configuration).keys()].flatMap((metric) => quantitiesOf[metric])
  return (quantity) => !unknown.includes(quantity)
}
