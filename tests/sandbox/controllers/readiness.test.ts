/** The stand-in for readiness probes: it corrects only what it marked itself, and contradictions. */
import { expect, it } from 'vitest'
import { readinessToSet } from '../../../sandbox/controllers/readiness'

const pod = (status: 'True' | 'False', containerIsReady: boolean, reason?: string) => ({
  status: {
    conditions: [{ type: 'Ready', status, ...(reason ? { reason } : {}) }],
    containerStatuses: [{ name: 'lake', image: '', imageID: '', restartCount: 0, ready: containerIsReady }],
  },
})
const failed = 'ReadinessProbeFailed'

it.each([
  ['ready', pod('True', true), true, undefined],
  ['ready, but its process does not answer', pod('True', true), false, false],
  ['marked by a failed probe, and its process answers again', pod('False', false, failed), true, true],
  ['marked by a failed probe, and its process still does not answer', pod('False', false, failed), false, undefined],
  ['not ready for another reason', pod('False', false, 'ContainersNotReady'), true, undefined],
  ['ready by its condition but not by its container', pod('True', false), true, true],
])('A pod that is %s', (_, given, answered, expected) => {
  expect(readinessToSet(given, answered)).toBe(expected)
})
