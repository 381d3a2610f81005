/** Events that the service takes wrongly, as stories show: section 21 of the checklist. */
import type { WrongIntake } from '../../sandbox/service/ingestion/wrong-intake'
import type { Fault } from '../fault'

const taken = (
  intake: WrongIntake,
  title: string,
  failed: readonly string[],
  object: string,
  summary: string,
): Fault => ({
  id: intake,
  title,
  expects: { failed, blocked: [] },
  stories: true,
  cause: { object, summary },
  apply: async (doors) => doors.misdefine(intake),
})

/** What is in the tables is not what was told. */
const stored = 'The deployments that were sent differ from the deployments table'

export const ingestionFaults: readonly Fault[] = [
  taken(
    'signatures-unchecked',
    'Events are taken whoever signed them',
    ['21.1'],
    '/api/plugins/webhook/1/deployments',
    'does not refuse an event with an invalid signature as documented',
  ),
  taken(
    'malformed-events-swallowed',
    'Events that do not fit are answered with success, and forgotten',
    ['21.1'],
    '/api/plugins/webhook/1/deployments',
    'does not refuse an event with an invalid deployment_id as documented',
  ),
  taken(
    'aborted-stored-as-failed',
    'A deployment that was aborted is stored as a failure',
    ['21.1', '21.3'],
    'the deployments table for ',
    stored,
  ),
  taken('health-as-deployment', 'A change of health is a deployment', ['21.1'], 'the deployments table for ', stored),
  taken(
    'repeats-counted',
    'The same deployment told again is another one',
    ['21.1'],
    'the deployments table for ',
    stored,
  ),
  taken(
    'first-state-kept',
    'What is told of a deployment or an incident later is passed over',
    ['14.3', '21.1', '21.6'],
    'the deployments table for ',
    stored,
  ),
  taken(
    'ids-of-all-projects',
    'The same id in two projects is one deployment',
    ['21.3'],
    'change failure rate of the project ',
    'Likely reason: the stored events differ from the events that were sent',
  ),
  taken(
    'late-events-dropped',
    'A deployment that is heard of late is passed over',
    ['21.1'],
    'lead time of the project ',
    'Likely reason: the stored events differ from the events that were sent',
  ),
]
