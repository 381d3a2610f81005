/** Wrong lists and filters of the service: what it shows beside the metrics. */
import { lake, replacing } from './breaking'
import type { Fault } from './fault'

export const listFaults: readonly Fault[] = [
  {
    id: 'deployments-listed-wrong',
    title: 'The list of deployments over REST shows every failure as a success',
    expects: { failed: ['21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'for the listed deployments of' },
    apply: lake('^/api/deployments', replacing(['"result":"FAILURE"', '"result":"SUCCESS"'])),
  },
  {
    id: 'deployments-listed-twice-as-many',
    title: 'The list of deployments over REST says that there are more than it shows',
    expects: { failed: ['21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'for the stored deployments of' },
    apply: lake('^/api/deployments', replacing(['"count":([0-9]+)', '"count":1$1'])),
  },
  {
    id: 'deployments-of-another-project',
    title: 'The list of deployments over REST names another project than was asked for',
    expects: { failed: ['21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'REST /api/deployments reports payments for the project of' },
    apply: lake('^/api/deployments', replacing(['\\{"deployments":\\[', '{"project":"payments","deployments":['])),
  },
  {
    id: 'metric-misnamed',
    title: 'The path of the lead time says that its answer is the time to restore',
    expects: { failed: ['21.4'], blocked: [] },
    cause: { object: 'lead time of ', summary: 'lead-time reports mean_time_to_restore for the metric name of' },
    apply: lake(
      '^/api/dora/lead-time',
      replacing(['"metric":"lead_time_for_changes"', '"metric":"mean_time_to_restore"']),
    ),
  },
  {
    id: 'graphql-deployments-of-staging',
    title: 'GraphQL lists production deployments as those of staging',
    expects: { failed: ['21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'GraphQL deployments reports' },
    // Only deployments have a result in front of their environment; incidents have an environment too.
    apply: lake('^/api/graphql', replacing(['("result":[^,]*,"environment":)"production"', '$1"staging"'])),
  },
  {
    id: 'graphql-incidents-of-another-severity',
    title: 'GraphQL lists critical incidents as those of low severity',
    expects: { failed: ['18.5', '21.6'], blocked: [] },
    cause: { object: 'time to restore of ', summary: 'GraphQL incidents reports' },
    apply: lake('^/api/graphql', replacing(['"severity":"critical"', '"severity":"low"'])),
  },
  {
    id: 'open-incidents-not-listed',
    title: 'GraphQL leaves the open incidents out of its list',
    expects: { failed: ['18.5', '21.6'], blocked: [] },
    cause: { object: 'time to restore of ', summary: 'for the stored incidents of' },
    apply: lake('^/api/graphql', replacing(['\\{[^{}]*"resolvedAt":null[^{}]*\\},?', ''], [',\\]', ']'])),
  },
  {
    id: 'severity-filter-ignored',
    title: 'The time to restore of one severity is that of another',
    expects: { failed: ['18.5', '21.6'], blocked: [] },
    cause: { object: 'time to restore of ', summary: 'mttr of severity critical reports' },
    apply: lake(
      '^/api/dora/mttr\\?.*severity=critical',
      replacing(['"total_incidents":[0-9]+', '"total_incidents":999']),
    ),
  },
  {
    id: 'severity-filter-of-high-ignored',
    title: 'The time to restore of incidents of high severity is that of all',
    expects: { failed: ['18.5', '21.6'], blocked: [] },
    cause: { object: 'time to restore of ', summary: 'mttr of severity high reports' },
    apply: lake('^/api/dora/mttr\\?.*severity=high', replacing(['"total_incidents":[0-9]+', '"total_incidents":999'])),
  },
  {
    id: 'lead-time-of-another-default-range',
    title: 'The lead time is wrong only for a request that names no range',
    expects: { failed: ['21.4'], blocked: [] },
    cause: { object: 'lead time of ', summary: 'lead-time reports 999999 min for the lead time of' },
    apply: lake('^/api/dora/lead-time\\?project=[^&]*$', replacing(['"value":[0-9.]+', '"value":999999'])),
  },
]
