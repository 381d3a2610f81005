/** Runs that end and runs that are killed leave no session in the database and no trouble in the service's log. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite } from '../../../faults/runs/suite'
import { killAt, stages } from '../../../faults/traces/killed-runs'
import { Traces } from '../../../faults/traces/traces'

let traces: Traces
beforeAll(async () => {
  traces = await Traces.watch(await sandboxEnvironment())
}, 120_000)
afterAll(() => traces?.end())

describe('a run that is killed', () => {
  it.each(Object.keys(stages))(
    'when %s leaves no session for more than 30 s, and no trouble in the log',
    async (stage) => {
      await killAt(stage, traces)
      await traces.untilNoSession()
      expect(await traces.troubles()).toEqual([])
    },
    180_000,
  )
})

describe('a run that ends', () => {
  it('leaves neither, and removes what killed runs created', async () => {
    await traces.age()
    const { exitCode, output } = await runSuite(traces.environment, ['--tags', 'not @browser'])
    expect(exitCode, output).toBe(0)
    await traces.untilNoSession()
    expect(await traces.troubles()).toEqual([])
    expect(await traces.records()).toEqual([])
  }, 300_000)
})
