/**
 * Wrong definitions that only stories show reliably: they depend on the days before the stored history starts, or on events
 * that a history need not contain. Section 21 of the checklist.
 */

import { withJenkinsToken } from './breaking'
import { misdefined } from './definitions'
import type { Fault } from './fault'

/** A wrong definition that stories show. */
const shownByStories = (...given: Parameters<typeof misdefined>): Fault => ({ ...misdefined(...given), stories: true })

export const storyDefinitionFaults: readonly Fault[] = [
  shownByStories(
    'failures-as-deployments',
    'Failed deployments count as deployments',
    ['21.1', '21.3'],
    'deployment frequency of the project ',
    'failed deployments count as deployments',
  ),
  shownByStories(
    'aborted-as-success',
    'Aborted deployments count as successful',
    ['21.3'],
    'completed deployments of the project ',
    'aborted deployments count as successful',
  ),
  shownByStories(
    'no-environment-as-production',
    'Deployments without an environment count',
    ['21.3'],
    'completed deployments of the project ',
    'deployments without an environment count as production',
  ),
  shownByStories(
    'window-closed-at-both-ends',
    'The window includes both of its bounds',
    ['21.3'],
    'deployment frequency of the project ',
    'the window includes both its start and its end',
  ),
  shownByStories(
    'window-open-at-its-start',
    'The window excludes its start and includes its end',
    ['21.3'],
    'deployments of the project ',
    'reports 1 for the deployments of the story (a range of its own)',
  ),
  shownByStories(
    'days-of-another-time-zone',
    'The daily series uses the days of another time zone',
    ['21.3'],
    'deployments by day of the project ',
    'days start at midnight in UTC+2',
  ),
  shownByStories(
    'only-incidents',
    'Only incidents count as failures',
    ['21.1', '21.3', '21.4', '21.5'],
    'change failure rate of the project ',
    'only incidents count as failures',
  ),
  shownByStories(
    'open-incidents-ignored',
    'Open incidents do not count as failures',
    ['21.5'],
    'change failure rate of the project ',
    'open incidents do not count as failures',
  ),
  shownByStories(
    'late-incidents-ignored',
    'Incidents after the end of the window do not count',
    ['21.5'],
    'change failure rate of the project ',
    'incidents after the end of the window do not count',
  ),
  shownByStories(
    'successes-only',
    'The change failure rate is relative to successful deployments only',
    ['21.1', '21.3', '21.4', '21.5'],
    'change failure rate of the project ',
    'the rate is relative to successful deployments only',
  ),
  shownByStories(
    'incident-at-the-same-instant',
    'An incident at the instant when a deployment finishes is attributed to it',
    ['21.5'],
    'failed deployments of the project ',
    'an incident created the moment a deployment finishes is attributed to that deployment',
  ),
  shownByStories(
    'named-deployment-ignored',
    'The deployment that an incident names is ignored',
    ['18.4', '18.5', '21.5'],
    'change failure rate of the project ',
    'the deployment that an incident names is ignored',
  ),
  shownByStories(
    'failed-deployments-blamed',
    'Incidents are also attributed to failed deployments',
    ['21.5'],
    'change failure rate of the project ',
    'incidents are also attributed to failed deployments',
  ),
  shownByStories(
    'line-of-all-repositories',
    'Commits that another repository has shipped do not count as new',
    ['21.4'],
    'lead time of the project ',
    'commits that another repository has shipped do not count as new',
  ),
  shownByStories(
    'first-deployment-trusted',
    'A first deployment that lists no commits yields a lead time',
    ['21.4'],
    'lead time of the project ',
    'a first deployment that lists no commits yields a lead time',
  ),
  shownByStories(
    'restored-by-creation',
    'An incident counts when it is created instead of when it is resolved',
    ['21.6'],
    'time to restore of the project ',
    'an incident counts when it is created instead of when it is resolved',
  ),
  shownByStories(
    'counted-by-start',
    'A deployment counts when it starts instead of when it finishes',
    ['21.1', '21.3', '21.4', '21.5'],
    'deployment frequency of the project ',
    'a deployment counts when it starts instead of when it finishes',
  ),
  shownByStories(
    'working-days',
    'The frequency is per working day',
    ['21.3'],
    'deployment frequency of the project ',
    'the frequency is per working day',
  ),
  shownByStories(
    'times-in-whole-seconds',
    'Times are rounded to whole seconds',
    ['21.3'],
    'deployment frequency of the project ',
    'times are rounded to whole seconds',
  ),
  shownByStories(
    'no-data-as-zero',
    'Missing data is reported as 0, with the best level',
    ['21.3', '21.4', '21.5'],
    'deployment frequency of the project ',
    'missing data is reported as 0',
  ),
  shownByStories(
    'first-deployment-blamed',
    'An incident before any deployment is attributed to the first one',
    ['21.5'],
    'change failure rate of the project ',
    'incidents before the first deployment are attributed to it',
  ),
  shownByStories(
    'bounds-of-rates-missed',
    'A failure rate of exactly 10 % is not high',
    ['21.5'],
    'change failure rate level of the project ',
    'a failure rate exactly at the bound of a level does not reach that level',
  ),
  shownByStories(
    'until-the-start',
    'The lead time ends when the deployment starts',
    ['21.1', '21.4'],
    'lead time of the project ',
    'the lead time ends when the deployment starts',
  ),
  shownByStories(
    'failures-ship',
    'Commits of a failed deployment do not count as new in the next success',
    ['21.4'],
    'lead time of the project ',
    'commits of failed deployments do not carry over to the next success',
  ),
  shownByStories(
    'order-of-arrival',
    'Deployments ship in the order in which they were reported',
    ['21.1', '21.4'],
    'lead time of the project ',
    'for the lead time of the story',
  ),
  shownByStories(
    'order-by-id',
    'Deployments ship in the order of their ids',
    ['21.4'],
    'lead time of the project ',
    'deployments ship in the order of their ids instead of their finish',
  ),
  shownByStories(
    'days-of-the-week-year',
    'The daily series uses the year of the ISO week',
    ['21.3'],
    'deployments of the project ',
    'for the deployments of the story',
  ),
  shownByStories(
    'bounds-of-durations-reached',
    'A lead time of exactly one hour is elite',
    ['21.4'],
    'lead time level of the project ',
    'a duration exactly at the bound of a level reaches that level',
  ),
  shownByStories(
    'negative-durations-as-zero',
    'Negative durations count as zero',
    ['21.4', '21.6'],
    'lead time of the project ',
    'negative durations count as zero',
  ),
  shownByStories(
    'durations-in-whole-hours',
    'Durations are truncated to whole hours',
    ['18.4', '18.5', '21.4', '21.5', '21.6'],
    'time to restore of the project ',
    'durations are truncated to whole hours',
  ),
  shownByStories(
    'instant-durations-dropped',
    'An incident that is resolved at once is excluded',
    ['21.6'],
    'time to restore of the project ',
    'durations of 0 minutes are left out',
  ),
  shownByStories(
    'open-incidents-until-now',
    'Open incidents count with their duration until now',
    ['21.5', '21.6'],
    'time to restore of the project ',
    'open incidents count with their duration until now',
  ),
  {
    ...shownByStories(
      'stages-as-one-build',
      'Builds of different stages of a commit count as repeats of one build',
      ['21.2'],
      'rework rate of ',
      'builds of different stages of a commit count as the same build',
    ),
    // Builds are checked only if the platform shows any sign of Jenkins, such as this token.
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
