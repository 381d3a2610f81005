/** Answers about the metrics that are wrong in one place only: the project, a series, a list, a level, a grouping, a range. */
import { answering, lake, replacing } from './breaking'
import type { Fault } from './fault'

const recomputed = ['21.3', '21.4', '21.5', '21.6']

export const answerFaults: readonly Fault[] = [
  {
    id: 'answer-about-another-project',
    title: 'The lead time over REST is about another project than the one that was asked for',
    expects: { failed: ['21.4'], blocked: [] },
    cause: { object: 'lead time of catalog', summary: 'reports checkout for the project of' },
    apply: lake('^/api/dora/lead-time\\?project=catalog', replacing(['"project":"catalog"', '"project":"checkout"'])),
  },
  {
    id: 'overview-without-data',
    title: 'The overview says that a project has no data',
    expects: { failed: ['18.5', ...recomputed], blocked: [] },
    cause: { object: ' of checkout', summary: 'REST /api/dora/metrics reports' },
    apply: lake(
      '^/api/dora/metrics\\?project=checkout',
      answering(404, { error: { code: 'NO_DATA', message: 'no data in the time range', details: {} } }),
    ),
  },
  {
    id: 'incidents-counted-and-not-listed',
    title: 'The time to restore counts incidents, and its list of them is empty',
    expects: { failed: ['18.5', '21.6'], blocked: [] },
    cause: { object: 'time to restore of ', summary: 'for the listed incidents of' },
    apply: lake('^/api/dora/mttr', replacing(['"incidents":\\[.*\\]', '"incidents":[]'])),
  },
  {
    id: 'durations-do-not-fit-their-times',
    title: 'Each incident lasts one minute in the list, and their mean is right',
    expects: { failed: ['18.5', '21.6'], blocked: [] },
    cause: { object: 'time to restore of ', summary: 'for the listed incidents of' },
    apply: lake('^/api/dora/mttr', replacing(['"duration_minutes":[0-9.]+', '"duration_minutes":1'])),
  },
  {
    id: 'day-listed-twice',
    title: 'The first day of each series of deployments stands there twice',
    expects: { failed: ['18.2', '21.3'], blocked: [] },
    // A first day without deployments changes the days only.
    cause: { object: 'deployment frequency of ', summary: 'for the deployments ' },
    apply: lake('^/api/dora/deployment-frequency', replacing(['"timeseries":\\[(\\{[^}]*\\})', '"timeseries":[$1,$1'])),
  },
  {
    id: 'days-with-another-offset',
    title: 'The days of each series begin ten hours before those of UTC',
    expects: { failed: ['18.2', '21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'for the deployments by day of' },
    apply: lake(
      '^/api/dora/deployment-frequency',
      replacing(['"date":"([0-9-]{10})[^"]*"', '"date":"$1T00:00:00+10:00"']),
    ),
  },
  {
    id: 'weeks-miscounted',
    title: 'The deployments by week are not those by day',
    expects: { failed: ['18.2', '21.3'], blocked: [] },
    cause: { object: 'deployment frequency of ', summary: 'by week reports' },
    apply: lake(
      '^/api/dora/deployment-frequency\\?.*groupBy=week',
      replacing(['"deployments":([0-9]+)', '"deployments":1$1']),
    ),
  },
  {
    id: 'level-of-another-value',
    title: 'The overview calls every lead time low, whatever its value',
    expects: { failed: ['21.4'], blocked: [] },
    cause: { object: 'lead time of ', summary: 'reports low for the lead time level of' },
    apply: lake('^/api/dora/metrics', replacing(['("leadTimeForChanges":\\{[^}]*"level":)"[a-z]+"', '$1"low"'])),
  },
  {
    id: 'range-of-its-own-wrong',
    title: 'The lead time is wrong only for a range that is given by its start and its end',
    expects: { failed: ['21.4'], blocked: [] },
    cause: { object: 'lead time of ', summary: '(a range that ended 7 days earlier)' },
    apply: lake('^/api/dora/lead-time\\?.*timeRange=custom', replacing(['("summary":\\{"value":)[0-9.]+', '$1999999'])),
  },
  {
    id: 'answer-from-a-cache',
    title: 'One path answers with a range that ended months ago',
    expects: { failed: recomputed, blocked: [] },
    cause: { object: 'range of REST /api/dora/lead-time', summary: 'REST /api/dora/lead-time reports numbers of' },
    apply: lake(
      '^/api/dora/lead-time\\?.*timeRange=last90days',
      replacing(['"end":"[0-9]{4}-[0-9]{2}', '"end":"2026-01'], ['"start":"[0-9]{4}-[0-9]{2}', '"start":"2025-10']),
    ),
  },
]
