/** Many runs, and one killed at each stage, each of which must leave no trace. */
import { messageOf } from '../../support/basis/message'
import { runSuite } from '../runs/suite'
import { killAt, stages } from './killed-runs'
import { Traces } from './traces'

interface TracedRun {
  readonly run: string
  /** Reasons why the run does not count as clean. */
  readonly troubles: readonly string[]
  readonly durationMs: number
}

interface TracedRuns {
  readonly runs: readonly TracedRun[]
  /** The number of runs that left no trace. */
  readonly clean: number
}

/** @param total the number of runs that end by themselves. @param onRun called after each run */
export async function tracesOf(
  environment: Readonly<Record<string, string>>,
  total: number,
  onRun: (run: TracedRun) => void,
): Promise<TracedRuns> {
  const traces = await Traces.watch(environment)
  const runs: TracedRun[] = []
  const observe = async (run: string, act: () => Promise<readonly string[]>) => {
    const begin = performance.now()
    const troubles = await act()
      .then(async (own) => {
        await traces.untilNoSession()
        return [...own, ...(await traces.troubles())]
      })
      .catch((error: unknown) => [messageOf(error)])
    const observed = { run, troubles, durationMs: Math.round(performance.now() - begin) }
    runs.push(observed)
    onRun(observed)
  }
  try {
    for (const stage of Object.keys(stages))
      await observe(`killed when ${stage}`, async () => {
        await killAt(stage, traces)
        return []
      })
    await traces.age()
    for (let number = 1; number <= total; number++)
      await observe(`${number}/${total}`, async () => {
        const { exitCode, verdict } = await runSuite(traces.environment)
        return [
          ...(exitCode === 0 ? [] : [`exit code ${exitCode}, ${verdict.verdict}`]),
          ...(await traces.records()).map((record) => `${record} is left`),
        ]
      })
  } finally {
    await traces.end()
  }
  return { runs, clean: runs.filter(({ troubles }) => troubles.length === 0).length }
}
