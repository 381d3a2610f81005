/** Wrong definitions that the stored history shows, whatever day it starts: sections 18 and 21 of the checklist. */
import type { WrongDefinition } from '../../sandbox/service/metrics/wrong-definitions'
import type { Fault } from './fault'

/**
 * A wrong definition of a metric.
 * @param object the start of the cause's object; any project may follow
 * @param summary the part of the cause's summary that names the definition
 */
export const misdefined = (
  definition: WrongDefinition,
  title: string,
  failed: readonly string[],
  object: string,
  summary: string,
): Fault => ({
  id: definition,
  title,
  expects: { failed, blocked: [] },
  cause: { object, summary },
  apply: async (doors) => doors.misdefine(definition),
})

export const definitionFaults: readonly Fault[] = [
  misdefined(
    'aborted-as-failure',
    'Aborted deployments count as failed',
    ['18.4', '21.5'],
    'change failure rate of ',
    'aborted deployments count as failed',
  ),
  misdefined(
    'every-environment',
    'Deployments to every environment count',
    ['18.2', '18.4', '18.5', '21.3', '21.4', '21.5', '21.6'],
    'deployment frequency of ',
    'deployments to every environment count',
  ),
  misdefined(
    'environment-by-case',
    'The environment is compared case-sensitively',
    ['18.2', '18.4', '18.5', '21.3', '21.4', '21.5', '21.6'],
    'deployment frequency of ',
    'the environment is compared case-sensitively',
  ),
  misdefined(
    'window-a-day-longer',
    'The window is one day too long',
    ['18.2', '21.3'],
    'deployment frequency of ',
    'the window is one day too long',
  ),
  misdefined(
    'window-a-day-shorter',
    'The window is one day too short',
    ['18.2', '21.3'],
    'deployment frequency of ',
    'the window is one day too short',
  ),
  misdefined(
    'each-incident-a-failure',
    'The change failure rate counts each incident instead of each deployment',
    ['18.4', '21.5'],
    'change failure rate of ',
    'the change failure rate counts each incident instead of each deployment',
  ),
  misdefined(
    'incidents-ignored',
    'Incidents do not count as failures',
    ['18.4', '21.5'],
    'change failure rate of ',
    'incidents do not count as failures',
  ),
  misdefined(
    'only-named-deployments',
    'Only incidents that name a deployment are attributed to one',
    ['18.4', '21.5'],
    'change failure rate of ',
    'only incidents that name a deployment are attributed to one',
  ),
  misdefined(
    'head-commit',
    'The lead time starts at the head commit instead of the first commit',
    ['21.4'],
    'lead time of ',
    'starts at the head commit instead of the first commit',
  ),
  misdefined(
    'committed-instead-of-authored',
    'The lead time starts at the committed date instead of the authored date',
    ['21.4'],
    'lead time of ',
    'starts at the committed date instead of the authored date',
  ),
  misdefined(
    'redeploys-as-changes',
    'Every commit of a deployment counts as new, also one that was deployed before',
    ['21.4'],
    'lead time of ',
    'commits count as new in every deployment that contains them',
  ),
  misdefined(
    'median-as-mean',
    'The median is reported as the mean',
    ['18.3', '18.5', '21.4', '21.6'],
    'lead time of ',
    'the median is reported as the mean',
  ),
  misdefined(
    'mean-as-percentile',
    'The mean is reported as a percentile',
    ['18.5', '21.4', '21.6'],
    'lead time of ',
    'the mean is reported as a percentile',
  ),
  misdefined(
    'percentile-by-nearest-rank',
    'Percentiles use the nearest-rank method',
    ['18.5', '21.4', '21.6'],
    'lead time of ',
    'percentiles use the nearest rank',
  ),
  misdefined(
    'negative-durations-kept',
    'Negative durations are not excluded',
    ['18.5', '21.4', '21.6'],
    'lead time of ',
    'negative durations are not left out',
  ),
  misdefined(
    'low-severity-dropped',
    'Incidents of low severity are excluded',
    ['18.5', '21.6'],
    'time to restore of ',
    'incidents of low severity are left out',
  ),
  misdefined(
    'incidents-begin-when-updated',
    'An incident begins with its last update, so that each is restored at once',
    ['18.5', '21.6'],
    'time to restore of ',
    'reports 0 min for the time to restore of ',
  ),
  misdefined(
    'severities-of-settings-ignored',
    'The severities in the settings are ignored',
    ['18.5', '21.6'],
    'time to restore of ',
    'the severities in the settings are ignored',
  ),
]
