/** Definitions that the service gets wrong, as the stored history shows whenever it begins: sections 18 and 21 of the checklist. */
import type { WrongDefinition } from '../../sandbox/service/metrics/wrong-definitions'
import type { Fault } from './fault'

/** The project is left to the suite. @param summary the definition that it has to name */
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
    'Aborted deployments are counted as failed ones',
    ['18.4', '21.5'],
    'change failure rate of ',
    'aborted deployments are counted as failed ones',
  ),
  misdefined(
    'every-environment',
    'Deployments to every environment are counted',
    ['18.2', '18.4', '18.5', '21.3', '21.4', '21.5', '21.6'],
    'deployment frequency of ',
    'deployments to every environment are counted',
  ),
  misdefined(
    'environment-by-case',
    'The environment is compared with regard to case',
    ['18.2', '18.4', '18.5', '21.3', '21.4', '21.5', '21.6'],
    'deployment frequency of ',
    'the environment is compared with regard to case',
  ),
  misdefined(
    'window-a-day-longer',
    'The window is a day too long',
    ['18.2', '21.3'],
    'deployment frequency of ',
    'the window is one day too long',
  ),
  misdefined(
    'window-a-day-shorter',
    'The window is a day too short',
    ['18.2', '21.3'],
    'deployment frequency of ',
    'the window is one day too short',
  ),
  misdefined(
    'each-incident-a-failure',
    'Each incident is counted instead of each deployment',
    ['18.4', '21.5'],
    'change failure rate of ',
    'each incident is counted instead of each deployment',
  ),
  misdefined(
    'incidents-ignored',
    'Incidents are not counted as failures',
    ['18.4', '21.5'],
    'change failure rate of ',
    'incidents are not counted as failures',
  ),
  misdefined(
    'only-named-deployments',
    'Only incidents that name a deployment are attributed',
    ['18.4', '21.5'],
    'change failure rate of ',
    'only incidents that name a deployment are attributed',
  ),
  misdefined(
    'head-commit',
    'The lead time is from the head commit',
    ['21.4'],
    'lead time of ',
    'from the head commit instead of the first',
  ),
  misdefined(
    'committed-instead-of-authored',
    'The lead time is from the committed date',
    ['21.4'],
    'lead time of ',
    'from the committed date instead of the authored one',
  ),
  misdefined(
    'redeploys-as-changes',
    'Redeployments give a lead time',
    ['21.4'],
    'lead time of ',
    'redeployments give a lead time',
  ),
  misdefined(
    'median-as-mean',
    'The median is reported as the mean',
    ['18.5', '21.4', '21.6'],
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
    'Percentiles are the nearest rank',
    ['18.5', '21.4', '21.6'],
    'lead time of ',
    'percentiles are the nearest rank',
  ),
  misdefined(
    'negative-durations-kept',
    'Negative durations are not left out',
    ['18.5', '21.4', '21.6'],
    'lead time of ',
    'negative durations are not left out',
  ),
  misdefined(
    'low-severity-dropped',
    'Incidents of low severity are left out',
    ['18.5', '21.6'],
    'time to restore of ',
    'incidents of low severity are left out',
  ),
  misdefined(
    'severities-of-settings-ignored',
    'The severities of the settings are ignored',
    ['18.5', '21.6'],
    'time to restore of ',
    'the severities of the settings are ignored',
  ),
]
