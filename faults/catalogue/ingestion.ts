/** Events that the service mishandles, as stories show: section 21 of the checklist. */
import type { WrongIntake } from '../../sandbox/service/ingestion/wrong-intake'
import { undoneInReverse } from '../doors/create'
import { answering, withJenkinsToken } from './breaking'
import type { Fault } from './fault'

/**
 * A mishandling of events.
 * @param object the start of the cause's object; anything may follow
 */
const mishandled = (
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

/** The cause's summary when the stored rows differ from the events that were sent. */
const stored = 'The deployments that were sent differ from the deployments table'

export const ingestionFaults: readonly Fault[] = [
  mishandled(
    'signatures-unchecked',
    'Events are accepted without checking their signature',
    ['21.1'],
    '/api/plugins/webhook/1/deployments',
    'does not refuse an event with an invalid signature as documented',
  ),
  mishandled(
    'malformed-events-swallowed',
    'Malformed events are answered with success and dropped',
    ['21.1'],
    '/api/plugins/webhook/1/deployments',
    'does not refuse an event with an invalid deployment_id as documented',
  ),
  mishandled(
    'aborted-stored-as-failed',
    'An aborted deployment is stored as a failure',
    ['21.1', '21.3'],
    'the deployments table for ',
    stored,
  ),
  mishandled(
    'health-as-deployment',
    'A change of health is stored as a deployment',
    ['21.1'],
    'the deployments table for ',
    stored,
  ),
  mishandled(
    'repeats-counted',
    'A deployment that is reported twice is stored twice',
    ['21.1'],
    'the deployments table for ',
    stored,
  ),
  mishandled(
    'first-state-kept',
    'Later events of a deployment or an incident are ignored',
    ['14.3', '21.1', '21.6'],
    'the deployments table for ',
    stored,
  ),
  mishandled(
    'ids-of-all-projects',
    'Deployments with the same id in two projects are stored as one',
    ['21.3'],
    'change failure rate of the project ',
    'Likely reason: the stored events differ from the events that were sent',
  ),
  mishandled(
    'late-events-dropped',
    'Deployments that are reported late are ignored',
    ['21.1'],
    'lead time of the project ',
    'Likely reason: the stored events differ from the events that were sent',
  ),
  {
    id: 'builds-refused',
    title: 'The webhook does not accept the events of builds',
    expects: { failed: ['21.1', '21.2'], blocked: [] },
    stories: true,
    cause: { object: '/api/plugins/webhook/1/cicd', summary: 'The service refused a valid event' },
    // Builds are checked only if the platform shows any sign of Jenkins, such as this token.
    apply: async (doors) =>
      undoneInReverse([
        await withJenkinsToken(doors),
        await doors.interfere({
          process: 'lake',
          path: '^/api/plugins/webhook/1/cicd$',
          how: answering(422, '{"error":{"code":"VALIDATION_ERROR","message":"unknown event type","details":{}}}'),
        }),
      ]),
  },
]
