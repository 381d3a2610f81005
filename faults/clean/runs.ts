/** Repeated runs on the clean platform, each of which the suite must accept. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Doors } from '../doors/doors'
import { runSuite, type SuiteRun } from '../runs/suite'
import { archiveProblems } from './archive'

interface CleanRun {
  readonly verdict: string
  readonly exitCode: number
  /** The reasons for a rejection: problems of the run, and the items that did not pass. */
  readonly reasons: readonly string[]
  readonly durationMs: number
}

export interface CleanRuns {
  readonly total: number
  readonly accepted: number
  /** A sentence for each fault of their archive. */
  readonly archive: readonly string[]
  readonly runs: readonly CleanRun[]
}

/**
 * Runs the whole suite `total` times in sequence, with one archive for all.
 * @param onRun called after each run with its result and its number, from 1
 */
export async function cleanRuns(
  environment: Readonly<Record<string, string>>,
  total: number,
  onRun: (run: CleanRun, number: number) => void,
): Promise<CleanRuns> {
  const runs: CleanRun[] = []
  const directory = mkdtempSync(join(tmpdir(), 'clean-'))
  try {
    for (let number = 1; number <= total; number++) {
      const run = recordOf(await runSuite(environment, [], directory))
      runs.push(run)
      onRun(run, number)
    }
    const archive = await archiveProblems(directory, total, new Doors(environment))
    return { total, accepted: runs.filter(isAccepted).length, archive, runs }
  } finally {
    rmSync(directory, { recursive: true })
  }
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
