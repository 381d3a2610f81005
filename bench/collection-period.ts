/** A whole run, stories and all, on a service that collects every minute, beside one that collects every second. */
import { withOwnSandbox } from '../faults/runs/sandbox'
import { runSuite } from '../faults/runs/suite'

const period = 60
/** Seconds that the run may take longer: two periods, for late events need a second collection, and a minute. */
const most = 2 * period + 60

/** @throws when a run does not end with its own verdict */
export async function benchCollectionPeriod(say: (line: string) => void): Promise<boolean> {
  const baseline = await secondsOfRun('1s')
  const ours = await secondsOfRun(`${period}s`)
  say('a whole run with its stories, by the period of the collection')
  say(`  1 s    ${baseline.toFixed(1)} s`)
  say(`  ${period} s   ${ours.toFixed(1)} s`)
  say(`  longer ${(ours - baseline).toFixed(1)} s (target ${most})`)
  return ours - baseline <= most
}

async function secondsOfRun(collectionPeriod: string): Promise<number> {
  return withOwnSandbox(['--collection-period', collectionPeriod], async (environment) => {
    const { verdict, durationMs } = await runSuite(environment)
    const red = verdict.items.filter(({ status }) => status === 'failed' || status === 'blocked')
    if (red.length > 0)
      throw new Error(
        `with a period of ${collectionPeriod}: ${red.map(({ id, reason }) => `${id} ${reason}`).join('; ')}`,
      )
    return durationMs / 1000
  })
}
