/** Publication of a judged run: reports on disk, metrics and terminal. */
import { join, relative } from 'node:path'
import type { Settings } from '../configuration/load'
import type { JudgedRun } from '../judgement/judge'
import { exitCodes } from '../record/verdict'
import { reportToGithub } from './github'
import { exportMetrics } from './metrics'
import type { Progress } from './progress'
import { ReportsNotWritten } from './writable'
import { writeReports } from './write'

/**
 * Writes the reports, exports the metrics and prints the verdict.
 * @param settings undefined if the configuration could not be read; then nothing is signed and no metrics are exported
 * @returns the exit code of the verdict, or that of an error if the record could not be written
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
  // On standard error, since standard output may hold the record.
  for (const warning of reportToGithub(verdict, (text) => process.stderr.write(text))) progress.warn(warning)
  return reports === undefined ? exitCodes.error : verdict.exitCode
}

/** Writes the reports and returns the paths to show, or undefined if they could not be written. */
function write(
  judged: JudgedRun,
  directory: string,
  settings: Settings | undefined,
  progress: Progress,
): string[] | undefined {
  try {
    const retention = settings?.configuration.archive
    for (const warning of writeReports(directory, judged, settings?.signingKey, retention)) progress.warn(warning)
    return ['verdict.json', 'sign-off.html', 'junit.xml'].map((file) => relative(process.cwd(), join(directory, file)))
  } catch (error) {
    if (!(error instanceof ReportsNotWritten)) throw error
    progress.warn(error.message)
    return undefined
  }
}

/** Exports the metrics, except for a shard, which is only a part of a run. A run without its record counts as an error. */
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
