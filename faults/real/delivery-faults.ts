/** Faults of Applications behind the configured one. */
import type { Fault } from '../catalogue/fault'
import { behindPath, configMap, throughAnother } from './behind'
import { committing, statusOf } from './deploying'

export const deliveryFaults: readonly Fault[] = [
  {
    id: 'application-behind-another-drifted',
    title: 'An Application deploys the service through another one, which is behind its repository',
    expects: { failed: ['2.3'], blocked: [] },
    cause: { object: 'Application fawkes/devlake-workloads', summary: 'is OutOfSync' },
    apply: throughAnother(
      [committing(`${behindPath}/greeting.yaml`, configMap('greeting'))],
      async (doors, behind) => (await statusOf(doors, behind)).sync?.status === 'OutOfSync',
    ),
  },
]
