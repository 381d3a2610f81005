/** The questions that the oracle answers for a choice on the dashboards. */
import type { Reading } from '../../dora/metrics'
import type { Question } from '../../dora/oracle'
import { readingOf } from '../../dora/reading'
import type { Platform } from '../../platform/platform'
import { settingsOfProjects } from '../../service/metric-settings'
import { recompute } from '../../service/raw-events'
import type { ViewChoice } from '../dashboards/views'

/** A project with its settings, over the window of the choice. */
export async function questionOf(
  platform: Platform,
  { project, window }: Pick<ViewChoice, 'project' | 'window'>,
): Promise<Question> {
  const { defaults } = platform.contract.dora.settings
  const { severities, frequencyEnvironment } = (await settingsOfProjects(platform)).get(project) ?? defaults
  return { project, windows: [window], severities, frequencyEnvironment }
}

/** The quantities that the events yield in the first window of the question. */
export async function expectedReading(platform: Platform, question: Question): Promise<Reading> {
  const [metrics] = (await recompute(platform, question)).windows
  if (!metrics) throw new Error('The question has no window.')
  return readingOf(metrics)
}
