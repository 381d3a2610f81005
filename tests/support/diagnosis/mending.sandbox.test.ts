/** Commands that change the platform mend what they are printed for, typed as they stand. */
import { execa } from 'execa'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import { Doors } from '../../../faults/doors/doors'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite } from '../../../faults/runs/suite'

let environment: Record<string, string>
let heal: (() => Promise<void>) | undefined

beforeAll(async () => {
  environment = await sandboxEnvironment()
}, 120_000)

afterEach(async () => {
  await heal?.()
  heal = undefined
}, 120_000)

const cases = [
  ['ui-scaled-down', '@section:3', /^kubectl --context \S+ scale statefulset -n fawkes devlake-ui --replicas=1$/],
  ['worker-cordoned', '@section:0', /^kubectl --context \S+ uncordon /],
  [
    'monitor-unlabelled',
    '@checklist:10.1',
    /^kubectl --context \S+ label servicemonitor -n monitoring devlake-metrics /,
  ],
  ['external-secret-elsewhere', '@section:1', /^kubectl --context \S+ patch externalsecret -n fawkes /],
] as const

describe('a printed command', () => {
  it.each(cases)(
    'mends %s',
    async (id, tags, mending) => {
      const fault = catalogue.find((one) => one.id === id)
      if (!fault) throw new Error(`There is no fault ${id}.`)
      heal = await fault.apply(new Doors(environment))
      const broken = await runSuite(environment, ['--tags', tags])
      expect(broken.verdict.verdict).toBe('rejected')
      const command = broken.verdict.causes.flatMap(({ remedy }) => remedy).find((line) => mending.test(line))
      expect(command, broken.verdict.causes.flatMap(({ remedy }) => remedy).join('\n')).toBeDefined()
      // The context is in the command: no other cluster is reached, whatever is current.
      await execa('bash', ['-c', command ?? ''], { env: environment })
      await expect
        .poll(async () => (await runSuite(environment, ['--tags', tags])).verdict.causes, { timeout: 60_000 })
        .toEqual([])
    },
    180_000,
  )
})
