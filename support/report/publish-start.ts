/** Publication of the start of a run. */
import type { Settings } from '../configuration/load'
import { exportStart, type RunStart } from './metrics'

/**
 * Exports the start of a run, so that an alert notices a run that is killed. A shard exports its start too: the merge, which exports
 * everything else, may be killed as well.
 * @returns a one-sentence warning for each sink that failed
 */
export async function publishStart(started: RunStart, settings: Settings | undefined): Promise<string[]> {
  if (!settings) return []
  return exportStart(started, settings.metrics, settings.configuration.deadlines.request)
}
