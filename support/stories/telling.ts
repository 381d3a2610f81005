/**
 * The sentences that tell a story, each with a table of what happened. They are data, so that the run can gather the stories
 * of all its scenarios before the first of them, and the steps are made of the same ones.
 */
import { createHash } from 'node:crypto'
import type { Pickle } from '@cucumber/messages'
import type { Happening, Outcome, Spoiled, Webhook } from '../contracts/happening'
import { minute } from '../dora/definitions'
import { instantOf, lengthOf } from './clock'
import { commitPrefixOf, type Posting, type Story } from './story'

/** A row of a table, by the names of its columns. */
type Row = (column: string) => string

interface Sentence {
  readonly columns: readonly string[]
  readonly tell: (teller: Teller, row: Row) => void
}

const late = ', a collection later'

const sentences: Readonly<Record<string, Sentence>> = {
  'these deployments': {
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
    tell: (teller, row) => teller.deployments(row),
  },
  'these commits were pushed': {
    columns: ['commit', 'authored', 'committed', 'repository'],
    tell: (teller, row) => teller.push(row),
  },
  'these incidents': {
    columns: ['id', 'created', 'resolved', 'severity', 'deployment', 'environment', 'project'],
    tell: (teller, row) => teller.incident(row),
  },
  'these builds': {
    columns: ['commit', 'stage', 'type', 'result', 'finished', 'takes', 'times', 'every'],
    tell: (teller, row) => teller.builds(row),
  },
  'these events of ArgoCD': {
    columns: ['event', 'application', 'revision', 'started', 'finished', 'environment'],
    tell: (teller, row) => teller.sync(row),
  },
  'these malformed events': {
    columns: ['webhook', 'field', 'value'],
    tell: (teller, row) => teller.malformed(row),
  },
  'these events with a signature that does not fit': {
    columns: ['webhook', 'signature'],
    tell: (teller, row) => teller.unsigned(row),
  },
  'these settings': { columns: ['setting', 'value'], tell: (teller, row) => teller.setting(row) },
}

/** Every sentence as the expression of a step; what is told of a later time is sent when the rest has been collected. */
export const storySentences: readonly RegExp[] = Object.keys(sentences).map(
  (text) => new RegExp(`^${text}(?:${late})?$`),
)

const outcomes: Readonly<Record<string, Outcome>> = {
  success: 'success',
  failure: 'failure',
  aborted: 'aborted',
  running: 'running',
}

/** Told by a scenario. @throws Error that names the row that cannot be understood */
export function storyOf(pickle: Pick<Pickle, 'uri' | 'steps' | 'location'>, project: string, now: number): Story {
  const teller = new Teller(project, now)
  for (const { text, argument } of pickle.steps) {
    const isLate = text.endsWith(late)
    const sentence = sentences[isLate ? text.slice(0, -late.length) : text]
    if (!sentence) continue
    const [header, ...rows] = argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? []
    teller.late = isLate
    const unknown = header?.find((column) => !sentence.columns.includes(column))
    if (!header || unknown !== undefined)
      throw new Error(
        `"${text}" needs a table with some of the columns ${sentence.columns.join(', ')}${unknown === undefined ? '' : `, not "${unknown}"`}.`,
      )
    for (const cells of rows)
      try {
        sentence.tell(teller, (column) => cells[header.indexOf(column)]?.trim() ?? '')
      } catch (error) {
        throw new Error(`"${text}", row "${cells.join(' | ')}": ${(error as Error).message}`)
      }
  }
  return teller.story(scenarioOf(pickle))
}

export const scenarioOf = ({ uri, location }: Pick<Pickle, 'uri' | 'location'>) => `${uri}:${location?.line ?? 0}`

export const tellsStory = ({ steps }: Pick<Pickle, 'steps'>) =>
  steps.some(({ text }) => storySentences.some((sentence) => sentence.test(text)))

class Teller {
  late = false
  private readonly postings: Posting[] = []
  private readonly projects: Set<string>
  private readonly settings: Record<string, unknown> = {}

  constructor(
    private readonly project: string,
    private readonly now: number,
  ) {
    this.projects = new Set([project])
  }

  story(scenario: string): Story {
    const { now, project, projects, postings, settings } = this
    return { scenario, toldAt: now, project, projects: [...projects], postings, settings }
  }

  deployments(row: Row): void {
    for (const [index, shift] of repeats(row).entries()) {
      const id = index === 0 ? row('id') : `${row('id')}-${index + 1}`
      const outcome = outcomes[row('result') || 'success']
      if (!outcome) throw new Error(`expected a result of ${Object.keys(outcomes).join(', ')}`)
      const finished = row('finished') ? instantOf(row('finished'), this.now) + shift : null
      const started = row('started') ? instantOf(row('started'), this.now) + shift : (finished ?? this.now) - minute
      const commits = row('commits')
        ? row('commits')
            .split(',')
            .map((sha) => this.sha(sha.trim()))
        : []
      const environment = row('environment') || 'production'
      this.post({
        webhook: 'deployments',
        kind: 'deployment',
        project: this.projectOf(row),
        id: this.idOf(id),
        repository: this.repositoryOf(row),
        environment: environment === 'none' ? '' : environment,
        outcome,
        startedAt: started,
        finishedAt: outcome === 'running' ? null : finished,
        commits,
        commit: commits.at(-1) ?? this.sha(id),
      })
    }
  }

  push(row: Row): void {
    const authoredAt = instantOf(row('authored'), this.now)
    const committedAt = row('committed') ? instantOf(row('committed'), this.now) : authoredAt
    const commits = [{ sha: this.sha(row('commit')), authoredAt, committedAt }]
    this.post({ webhook: 'commits', kind: 'push', repository: this.repositoryOf(row), commits })
  }

  incident(row: Row): void {
    this.post({
      webhook: 'incidents',
      kind: 'incident',
      project: this.projectOf(row),
      id: this.idOf(row('id')),
      environment: row('environment') || 'production',
      severity: row('severity') || 'high',
      createdAt: instantOf(row('created'), this.now),
      resolvedAt: row('resolved') ? instantOf(row('resolved'), this.now) : null,
      deployment: row('deployment') ? this.idOf(row('deployment')) : null,
    })
  }

  builds(row: Row): void {
    for (const [index, shift] of repeats(row).entries())
      this.post({
        webhook: 'cicd',
        kind: 'build',
        type: row('type') || 'ci_build',
        project: this.project,
        commit: this.sha(row('commit').replace('#', String(index + 1))),
        stage: row('stage') || 'build',
        outcome: row('result') || 'success',
        finishedAt: instantOf(row('finished'), this.now) + shift,
        durationSeconds: row('takes') ? lengthOf(row('takes')) / 1000 : 60,
      })
  }

  sync(row: Row): void {
    this.post({
      webhook: 'deployments',
      kind: 'sync',
      project: this.project,
      event: row('event'),
      application: row('application') || 'checkout',
      revision: this.sha(row('revision')),
      environment: row('environment') || 'production',
      startedAt: instantOf(row('started'), this.now),
      finishedAt: row('finished') ? instantOf(row('finished'), this.now) : null,
    })
  }

  malformed(row: Row): void {
    const text = row('value')
    // An empty cell leaves the field out.
    const value =
      text === '' ? undefined : text.startsWith('"') || /^-?\d|^[[{]|^null$/.test(text) ? JSON.parse(text) : text
    this.post(this.example(row), { by: 'field', field: row('field'), value })
  }

  unsigned(row: Row): void {
    const signature = row('signature')
    if (signature !== 'missing' && signature !== 'wrong') throw new Error('expected the signature "missing" or "wrong"')
    this.post(this.example(row), { by: 'signature', signature })
  }

  setting(row: Row): void {
    this.settings[row('setting')] = JSON.parse(row('value'))
  }

  private post(happening: Happening, spoiled: Spoiled | null = null): void {
    this.postings.push({ happening, late: this.late, spoiled })
  }

  /** A good event of each webhook, to be spoiled. */
  private example(row: Row): Happening {
    const teller = new Teller(this.project, this.now)
    const given =
      (cells: Readonly<Record<string, string>>): Row =>
      (column) =>
        cells[column] ?? ''
    const examples: Readonly<Record<Webhook, () => void>> = {
      deployments: () => teller.deployments(given({ id: 'refused', finished: '2 days ago 09:00' })),
      commits: () => teller.push(given({ commit: 'refused', authored: '2 days ago 08:00' })),
      incidents: () => teller.incident(given({ id: 'refused', created: '2 days ago 10:00' })),
      cicd: () => teller.builds(given({ commit: 'refused', finished: '2 days ago 08:30' })),
    }
    const webhook = row('webhook')
    if (!(webhook in examples)) throw new Error(`expected a webhook of ${Object.keys(examples).join(', ')}`)
    examples[webhook as Webhook]()
    const [first] = teller.postings
    if (!first) throw new Error('there is no example')
    return first.happening
  }

  /** A table may speak of a second project, by a name that is its own only within the story. */
  private projectOf(row: Row): string {
    const name = row('project') ? `${this.project}-${row('project')}` : this.project
    this.projects.add(name)
    return name
  }

  private repositoryOf(row: Row): string {
    return `${this.project}/${row('repository') || 'app'}`
  }

  /** The short names of a story must not meet those of another one, or of the platform itself. */
  private idOf(name: string): string {
    if (name === '') throw new Error('expected an id')
    return `${this.project}-${name}`
  }

  private sha(name: string): string {
    if (name === '') throw new Error('expected a commit')
    const own = createHash('sha1').update(`${this.project}/${name}`).digest('hex')
    return `${commitPrefixOf(this.project)}${own}`.slice(0, 40)
  }
}

/** Shifts of a row that stands for several events, in milliseconds; one row without `times` is one event. */
function repeats(row: Row): number[] {
  const times = row('times') ? Number(row('times')) : 1
  if (!Number.isInteger(times) || times < 1) throw new Error('expected a whole number of times')
  const every = times > 1 ? lengthOf(row('every')) : 0
  return Array.from({ length: times }, (_, index) => index * every)
}
