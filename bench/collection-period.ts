/** A complete run with stories: a service that collects every minute against one that collects every second. */
import { withOwnSandbox } from '../faults/runs/sandbox'
import { runSuite } from '../faults/runs/suite'

/** In seconds. */
const period = 60
/** Seconds by which the run may be longer: two periods, because late events need a second collection, plus a minute. */
const maxLonger = 2 * period + 60

/** @throws Error when an item of either run is failed or blocked */
export async function benchCollectionPeriod(print: (line: string) => void): Promise<boolean> {
  const baseline = await secondsOfRun('1s')
  const ours = await secondsOfRun(`${period}s`)
  print('duration of a complete run with stories, by collection period')
  print(`  every 1 s     ${baseline.toFixed(1)} s`)
  print(`  every ${period} s    ${ours.toFixed(1)} s`)
  print(`  difference    ${(ours - baseline).toFixed(1)} s (target at most ${maxLonger})`)
  return ours - baseline <= maxLonger
}

async function secondsOfRun(collectionPeriod: string): Promise<number> {
  return withOwnSandbox(['--collection-period', collectionPeriod], async (environment) => {
    const { verdict, durationMs } = await runSuite(environment)
    const red = verdict.items.filter(({ status }) => status === 'failed' || status === 'blocked')
    if (red.length > 0)
      throw new Error(
        `Items are red with a collection period of ${collectionPeriod}: ${red.map(({ id, reason }) => `${id} ${reason}`).join('; ')}`,
      )
    return durationMs / 1000
  })
}
