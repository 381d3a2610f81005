/** Builds the events of a story from the rows of its tables. */
import { createHash } from 'node:crypto'
import type { Happening, Outcome, Spoiled, Webhook } from '../contracts/happening'
import { minute } from '../dora/definitions'
import { commitPrefixOf, type Posting, type Story } from './story'
import { instantOf, lengthOf } from './story-times'

/** Returns the cell in a column; empty where the table has no such column. */
export type Row = (column: string) => string

const outcomes: Readonly<Record<string, Outcome>> = {
  success: 'success',
  failure: 'failure',
  aborted: 'aborted',
  running: 'running',
}

/** Collects the events of one story. Each kind of row has its own method, which throws an Error if it cannot read a cell. */
export class StoryReader {
  /** Set while reading the rows of a sentence whose events are sent late. */
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
      if (!outcome) throw new Error(`expected one of the results ${Object.keys(outcomes).join(', ')}`)
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
        durationSeconds: row('duration') ? lengthOf(row('duration')) / 1000 : 60,
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
    // An empty cell means that the event lacks the field.
    const value =
      text === '' ? undefined : text.startsWith('"') || /^-?\d|^[[{]|^null$/.test(text) ? JSON.parse(text) : text
    this.post(this.example(row), { by: 'field', field: row('field'), value })
  }

  unsigned(row: Row): void {
    const signature = row('signature')
    if (signature !== 'missing' && signature !== 'wrong')
      throw new Error('expected a signature that is "missing" or "wrong"')
    this.post(this.example(row), { by: 'signature', signature })
  }

  setting(row: Row): void {
    this.settings[row('setting')] = JSON.parse(row('value'))
  }

  private post(happening: Happening, spoiled: Spoiled | null = null): void {
    this.postings.push({ happening, late: this.late, spoiled })
  }

  /** A valid event for the webhook, which the caller then spoils. */
  private example(row: Row): Happening {
    const reader = new StoryReader(this.project, this.now)
    const given =
      (cells: Readonly<Record<string, string>>): Row =>
      (column) =>
        cells[column] ?? ''
    const examples: Readonly<Record<Webhook, () => void>> = {
      deployments: () => reader.deployments(given({ id: 'refused', finished: '2 days ago at 09:00' })),
      commits: () => reader.push(given({ commit: 'refused', authored: '2 days ago at 08:00' })),
      incidents: () => reader.incident(given({ id: 'refused', created: '2 days ago at 10:00' })),
      cicd: () => reader.builds(given({ commit: 'refused', finished: '2 days ago at 08:30' })),
    }
    const webhook = row('webhook')
    if (!(webhook in examples)) throw new Error(`expected one of the webhooks ${Object.keys(examples).join(', ')}`)
    examples[webhook as Webhook]()
    const [first] = reader.postings
    if (!first) throw new Error('the example has no event')
    return first.happening
  }

  /** A table may name a second project; the name only has to be unique within the story. */
  private projectOf(row: Row): string {
    const name = row('project') ? `${this.project}-${row('project')}` : this.project
    this.projects.add(name)
    return name
  }

  private repositoryOf(row: Row): string {
    return `${this.project}/${row('repository') || 'app'}`
  }

  /** Prefixes a short id with the project, so that it cannot collide with another story or with the platform itself. */
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

/** The offset of each event that a row stands for, in milliseconds. A row without `times` is one event. */
function repeats(row: Row): number[] {
  const times = row('times') ? Number(row('times')) : 1
  if (!Number.isInteger(times) || times < 1) throw new Error('expected a positive whole number in the column "times"')
  const every = times > 1 ? lengthOf(row('every')) : 0
  return Array.from({ length: times }, (_, index) => index * every)
}
