/** Hands a judged run to all who read it: the reports on disk, the metrics, the terminal. */
import { join, relative } from 'node:path'
import type { Settings } from '../configuration/load'
import type { JudgedRun } from '../judgement/judge'
import { exitCodes } from '../record/verdict'
import { exportMetrics } from './metrics'
import type { Progress } from './progress'
import { ReportsNotWritten, writeReports } from './write'

/**
 * @param settings undefined where the configuration could not be read: then nothing is signed or measured
 * @returns the exit code: without its record a run proves nothing
 */
export async function publish(
  judged: JudgedRun,
  directory: string,
  settings: Settings | undefined,
  progress: Progress,
): Promise<number> {
  const { verdict } = judged
  const reports = write(judged, directory, settings, progress)
  await measure(judged, reports === undefined, settings, progress)
  progress.verdict(verdict, reports ?? [])
  return reports === undefined ? exitCodes.error : verdict.exitCode
}

/** Returns where the reports are that people and jobs read. */
function write(
  judged: JudgedRun,
  directory: string,
  settings: Settings | undefined,
  progress: Progress,
): string[] | undefined {
  try {
    writeReports(directory, judged, settings?.signingKey)
    return ['verdict.json', 'sign-off.html', 'junit.xml'].map((file) => relative(process.cwd(), join(directory, file)))
  } catch (error) {
    if (!(error instanceof ReportsNotWritten)) throw error
    progress.warn(error.message)
    return undefined
  }
}

/** A shard is a part of a run and has no metrics of its own; a run without its record is no good one. */
async function measure(
  { verdict, facts: { collections } }: JudgedRun,
  recordLost: boolean,
  settings: Settings | undefined,
  progress: Progress,
): Promise<void> {
  if (!settings || verdict.scope.shard !== null) return
  const { metrics, configuration } = settings
  const measured = { verdict: recordLost ? { ...verdict, verdict: 'error' as const } : verdict, collections }
  for (const warning of await exportMetrics(measured, metrics, configuration.deadlines.request)) progress.warn(warning)
}
