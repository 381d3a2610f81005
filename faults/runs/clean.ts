/** That the suite accepts a platform that is whole, each time. */
import { runSuite, type SuiteRun } from './suite'

interface CleanRun {
  readonly verdict: string
  readonly exitCode: number
  /** Why it was not accepted: each item that is not as it must be, and each problem of the run. */
  readonly reasons: readonly string[]
  readonly durationMs: number
}

export interface CleanRuns {
  readonly total: number
  readonly accepted: number
  readonly runs: readonly CleanRun[]
}

/** Whole runs one after the other. @param told of each as soon as it has ended, with its number */
export async function cleanRuns(
  environment: Readonly<Record<string, string>>,
  total: number,
  told: (run: CleanRun, number: number) => void,
): Promise<CleanRuns> {
  const runs: CleanRun[] = []
  for (let number = 1; number <= total; number++) {
    const run = recordOf(await runSuite(environment))
    runs.push(run)
    told(run, number)
  }
  return { total, accepted: runs.filter(isAccepted).length, runs }
}

export const isAccepted = ({ verdict, exitCode }: Pick<CleanRun, 'verdict' | 'exitCode'>) =>
  verdict === 'accepted' && exitCode === 0

function recordOf({ verdict: { verdict, items, problems }, exitCode, durationMs }: SuiteRun): CleanRun {
  const accepted = ['passed', 'attested', 'waived', 'not applicable']
  const wrong = items.filter(({ how, status }) => how !== 'derived' && !accepted.includes(status))
  return {
    verdict,
    exitCode,
    reasons: [...problems, ...wrong.map(({ id, status, reason }) => `${id} ${status}: ${reason}`)],
    durationMs: Math.round(durationMs),
  }
}
