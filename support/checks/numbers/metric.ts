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
    'deployments by week',
    'deployments by month',
    'deployment frequency level',
    'deployment frequency unit',
    'listed deployments',
    'stored deployments',
    'environment label',
    'all-time deployments',
  ],
  'lead time': [
    'lead time',
    'lead time p50',
    'lead time p95',
    'lead time level',
    'lead time unit',
    'all-time lead times',
    'sum of all lead times',
    'lead times up to an hour',
    'lead times up to a day',
  ],
  'change failure rate': [
    'change failure rate',
    'completed deployments',
    'failed deployments',
    'failed deployments by day',
    'successful deployments',
    'listed failures',
    'change failure rate level',
    'change failure rate unit',
    'change failure ratio',
  ],
  'time to restore': [
    'time to restore',
    'time to restore p50',
    'time to restore p95',
    'resolved incidents',
    'resolved incidents by day',
    'time to restore level',
    'time to restore unit',
    'listed incidents',
    'stored incidents',
    'all-time resolved incidents',
    'sum of all times to restore',
    'incidents resolved within an hour',
    'incidents resolved within a day',
  ],
  'rework rate': [
    'rework rate',
    'builds',
    'repeat builds',
    'successful builds',
    'failed builds',
    'build success rate',
    'mean build duration',
  ],
}

/** The range, the project and the metric that an answer names. If one is wrong, so is every metric in the answer. */
export const ofWholeAnswer: readonly Quantity[] = ['time range', 'project', 'metric name']

/** Selects the quantities that can be recomputed from the tables that the configuration names. */
export function recomputable(configuration: Configuration): (quantity: Quantity) => boolean {
  const unknown = [...unknownTables(configuration).keys()].flatMap((metric) => quantitiesOf[metric])
  return (quantity) => !unknown.includes(quantity)
}
