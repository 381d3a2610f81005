/**
 * Reads stories from the steps of scenarios. Each sentence of a story has a table, with one event in each row. The sentences are
 * data: the run gathers the stories of all scenarios before the first one starts, and the step definitions match the same ones.
 */
import type { Pickle } from '@cucumber/messages'
import type { Story } from './story'
import { type Row, StoryReader } from './story-reader'

interface Sentence {
  readonly pattern: RegExp
  readonly columns: readonly string[]
  readonly read: (reader: StoryReader, row: Row) => void
}

/** Ends a sentence whose events are sent only when all others have been collected. */
const late = ' after the first collection'

/** A Given says that the events "were" reported, a When that they "are". */
const sentence = (events: string, verb: 'reported' | 'pushed') =>
  new RegExp(`^these ${events} (?:were|are) ${verb}(?:${late})?$`)

const sentences: readonly Sentence[] = [
  {
    pattern: sentence('deployments', 'reported'),
    columns: [
      'id',
      'finished',
      'started',
      'result',
      'commits',
      'environment',
      'repository',
      'project',
      'times',
      'every',
    ],
    read: (reader, row) => reader.deployments(row),
  },
  {
    pattern: sentence('commits', 'pushed'),
    columns: ['commit', 'authored', 'committed', 'repository'],
    read: (reader, row) => reader.push(row),
  },
  {
    pattern: sentence('incidents', 'reported'),
    columns: ['id', 'created', 'resolved', 'severity', 'deployment', 'environment', 'project'],
    read: (reader, row) => reader.incident(row),
  },
  {
    pattern: sentence('builds', 'reported'),
    columns: ['commit', 'stage', 'type', 'result', 'finished', 'duration', 'times', 'every'],
    read: (reader, row) => reader.builds(row),
  },
  {
    pattern: sentence('ArgoCD events', 'reported'),
    columns: ['event', 'application', 'revision', 'started', 'finished', 'environment'],
    read: (reader, row) => reader.sync(row),
  },
  {
    pattern: sentence('malformed events', 'reported'),
    columns: ['webhook', 'field', 'value'],
    read: (reader, row) => reader.malformed(row),
  },
  {
    pattern: sentence('events without a valid signature', 'reported'),
    columns: ['webhook', 'signature'],
    read: (reader, row) => reader.unsigned(row),
  },
  {
    pattern: /^the project has these settings$/,
    columns: ['setting', 'value'],
    read: (reader, row) => reader.setting(row),
  },
]

/** The expression of each sentence, for the step definitions. */
export const storySentences: readonly RegExp[] = sentences.map(({ pattern }) => pattern)

/**
 * Reads the story of a scenario from its steps.
 * @param project the project of the story; a second one in its tables is named after it
 * @param now the fixed instant that its times are relative to, in milliseconds since 1970 UTC
 * @throws Error that names the row or the column that cannot be read
 */
export function storyOf(pickle: Pick<Pickle, 'uri' | 'steps' | 'location'>, project: string, now: number): Story {
  const reader = new StoryReader(project, now)
  for (const { text, argument } of pickle.steps) {
    const found = sentences.find(({ pattern }) => pattern.test(text))
    if (!found) continue
    const { columns, read } = found
    const [header, ...rows] = argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? []
    const unknown = header?.find((column) => !columns.includes(column))
    if (!header || unknown !== undefined)
      throw new Error(
        `"${text}" needs a table with some of the columns ${columns.join(', ')}${unknown === undefined ? '' : `, not "${unknown}"`}.`,
      )
    reader.late = text.endsWith(late)
    for (const cells of rows)
      try {
        read(reader, (column) => cells[header.indexOf(column)]?.trim() ?? '')
      } catch (error) {
        throw new Error(`"${text}", row "${cells.join(' | ')}": ${(error as Error).message}`)
      }
  }
  const steps = pickle.steps.map(({ text }) => text)
  const onlyNumbers = steps.some((text) => numbers.test(text)) && !steps.some((text) => otherJudgements.test(text))
  return { ...reader.story(scenarioOf(pickle)), onlyNumbers }
}

/** The steps that compare the numbers of a story, and those that check something else about it. */
const numbers = /, every surface reports$/
const otherJudgements = / (is|are) stored$|^each of these events was refused |^the dashboards show /

/** The file and line of a scenario, which identify it. */
export const scenarioOf = ({ uri, location }: Pick<Pickle, 'uri' | 'location'>) => `${uri}:${location?.line ?? 0}`

/** True if the scenario has at least one sentence of a story. */
export const tellsStory = ({ steps }: Pick<Pickle, 'steps'>) =>
  steps.some(({ text }) => storySentences.some((pattern) => pattern.test(text)))
