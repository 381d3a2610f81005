/**
 * Definitions that the service gets wrong, as stories show: what depends on the days before the start of the stored history,
 * or on what no history needs to hold. Section 21 of the checklist.
 */
import type { Fault } from '../fault'
import { withJenkinsToken } from './breaking'
import { misdefined } from './definitions'

const mistold = (...given: Parameters<typeof misdefined>): Fault => ({ ...misdefined(...given), stories: true })

export const toldDefinitionFaults: readonly Fault[] = [
  mistold(
    'failures-as-deployments',
    'Failed deployments are counted as deployments',
    ['21.1', '21.3'],
    'deployment frequency of the project ',
    'failed deployments are counted as deployments',
  ),
  mistold(
    'aborted-as-success',
    'Aborted deployments are counted as successful ones',
    ['21.3'],
    'judged deployments of the project ',
    'aborted deployments are counted as successful ones',
  ),
  mistold(
    'no-environment-as-production',
    'Deployments without an environment are counted',
    ['21.3'],
    'judged deployments of the project ',
    'deployments without an environment are counted as production',
  ),
  mistold(
    'window-closed-at-both-ends',
    'The window is closed at both ends',
    ['21.3'],
    'deployment frequency of the project ',
    'the window is closed at both ends',
  ),
  mistold(
    'window-open-at-its-start',
    'The window is open at its start and closed at its end',
    ['21.3'],
    'deployments of the project ',
    'reports 1 for the deployments of the story (a range of its own)',
  ),
  mistold(
    'days-of-another-time-zone',
    'The days of the series are those of another time zone',
    ['21.3'],
    'deployments by day of the project ',
    'days begin at the midnight of UTC+2',
  ),
  mistold(
    'only-incidents',
    'Only incidents are counted as failures',
    ['21.1', '21.3', '21.4', '21.5'],
    'change failure rate of the project ',
    'only incidents are counted as failures',
  ),
  mistold(
    'open-incidents-ignored',
    'Open incidents are not counted as failures',
    ['21.5'],
    'change failure rate of the project ',
    'open incidents are not counted as failures',
  ),
  mistold(
    'late-incidents-ignored',
    'Incidents after the end of the window are not counted',
    ['21.5'],
    'change failure rate of the project ',
    'incidents after the end of the window are not counted',
  ),
  mistold(
    'successes-only',
    'The rate is over the successful deployments only',
    ['21.1', '21.3', '21.4', '21.5'],
    'change failure rate of the project ',
    'the rate is over the successful deployments only',
  ),
  mistold(
    'incident-at-the-same-instant',
    'An incident at the instant of a finish belongs to that deployment',
    ['21.5'],
    'failed deployments of the project ',
    'an incident at the instant of a finish belongs to that deployment',
  ),
  mistold(
    'named-deployment-ignored',
    'The deployment that an incident names is ignored',
    ['18.4', '18.5', '21.5'],
    'change failure rate of the project ',
    'the deployment that an incident names is ignored',
  ),
  mistold(
    'failed-deployments-blamed',
    'Incidents are attributed to failed deployments too',
    ['21.5'],
    'change failure rate of the project ',
    'incidents are attributed to failed deployments too',
  ),
  mistold(
    'line-of-all-repositories',
    'Commits that another repository shipped are not new',
    ['21.4'],
    'lead time of the project ',
    'commits that another repository shipped are not new',
  ),
  mistold(
    'first-deployment-trusted',
    'A first deployment that lists no commits gives a lead time',
    ['21.4'],
    'lead time of the project ',
    'a first deployment that lists no commits gives a lead time',
  ),
  mistold(
    'restored-by-creation',
    'An incident is counted by its creation',
    ['21.6'],
    'time to restore of the project ',
    'an incident is counted by its creation instead of its resolution',
  ),
  mistold(
    'counted-by-start',
    'A deployment is counted by its start',
    ['21.1', '21.3', '21.4', '21.5'],
    'deployment frequency of the project ',
    'a deployment is counted by its start instead of its finish',
  ),
  mistold(
    'working-days',
    'The frequency is by working day',
    ['21.3'],
    'deployment frequency of the project ',
    'only working days are counted',
  ),
  mistold(
    'times-in-whole-seconds',
    'Times are rounded to whole seconds',
    ['21.3'],
    'deployment frequency of the project ',
    'times are rounded to whole seconds',
  ),
  mistold(
    'no-data-as-zero',
    'No data is reported as 0, and the best level with it',
    ['21.3', '21.4', '21.5'],
    'deployment frequency of the project ',
    'no data is reported as 0',
  ),
  mistold(
    'first-deployment-blamed',
    'An incident before any deployment is due to the first one',
    ['21.5'],
    'change failure rate of the project ',
    'incidents before any deployment are attributed to the first one',
  ),
  mistold(
    'bounds-of-rates-missed',
    'A failure rate of exactly 10 % is not high',
    ['21.5'],
    'level of the change failure rate of the project ',
    'a failure rate at the bound of a level does not reach it',
  ),
  mistold(
    'until-the-start',
    'The lead time ends with the start of the deployment',
    ['21.1', '21.4'],
    'lead time of the project ',
    'the lead time ends with the start of the deployment',
  ),
  mistold(
    'failures-ship',
    'Commits of a failed deployment are not new in the next success',
    ['21.4'],
    'lead time of the project ',
    'commits of failed deployments do not carry over to the next success',
  ),
  mistold(
    'order-of-arrival',
    'Deployments ship in the order in which the service heard of them',
    ['21.1'],
    'lead time of the project ',
    'for the lead time of the story',
  ),
  mistold(
    'bounds-of-durations-reached',
    'A lead time of exactly an hour is elite',
    ['21.4'],
    'level of the lead time of the project ',
    'a duration at the bound of a level reaches it',
  ),
  mistold(
    'negative-durations-as-zero',
    'Negative durations count as zero',
    ['21.4', '21.6'],
    'lead time of the project ',
    'negative durations count as zero',
  ),
  mistold(
    'durations-in-whole-hours',
    'Durations are cut to whole hours',
    ['18.4', '18.5', '21.4', '21.5', '21.6'],
    'time to restore of the project ',
    'durations are cut to whole hours',
  ),
  mistold(
    'instant-durations-dropped',
    'An incident that is restored at once is left out',
    ['21.6'],
    'time to restore of the project ',
    'durations of 0 minutes are left out',
  ),
  mistold(
    'open-incidents-until-now',
    'Open incidents are counted until now',
    ['21.5', '21.6'],
    'time to restore of the project ',
    'open incidents are counted until now',
  ),
  {
    ...mistold(
      'stages-as-one-build',
      'Builds of all stages of a commit are taken for repeats of the same',
      ['21.2'],
      'rework rate of ',
      'builds of every stage of a commit are taken for the same',
    ),
    // Only where there is a trace of Jenkins is anybody interested in builds.
    apply: async (doors) => {
      const withoutToken = await withJenkinsToken(doors)
      const heal = await doors.misdefine('stages-as-one-build')
      return async () => {
        await heal()
        await withoutToken()
      }
    },
  },
]
