/** Faults of Applications behind the configured one. */
import type { Fault } from '../catalogue/fault'
import { behindPath, configMap, throughAnother } from './behind'
import { committing, statusOf } from './deploying'

const faults: readonly Fault[] = [
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

/** Each needs every other item of section 2, because two of them cannot be in force at once. */
export const deliveryFaults: readonly Fault[] = faults.map((fault) => ({ ...fault, needs: ['2.1', '2.3', '2.4'] }))
