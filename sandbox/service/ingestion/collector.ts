/**
 * The collection cycle. Once per period, all events that arrived since the last collection are moved into the tables
 * that the metrics are computed from, and the end of the windows "last N days" is set. Between two collections no
 * surface changes, except when a project is created or removed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../basis/log'
import type { Database, Transaction } from '../database/database'
import { lastCollection, recordCollection } from '../records/collection'
import { projectNames } from '../records/projects'
import { storeBuilds, storeMeasurements } from './builds'
import { affectedProjects, deriveContainedCommits } from './contained-commits'
import { storeDeployments } from './deployments'
import { type Event, eventsOf } from './events'
import { markCollected, waitingEvents } from './inbox'
import { storeIncidents } from './incidents'
import type { Intake } from './intake'
import { storeProjects } from './projects'
import { storePushes, storeReviews } from './pushes'

/**
 * Reads, in the transaction of a collection, the data to publish with it. The returned function is called once the
 * collection is committed.
 */
export type Publication = (transaction: Transaction, completedAt: Date) => Promise<() => void>

export interface Collector {
  /** Runs the first collection at once, then one per period until `stop`. */
  start(): void
  stop(): Promise<void>
  /** Returns true once a collection has completed since the service started. */
  hasCollected(): boolean
  /** Resolves once no collection is between its commit and its publication. */
  published(): Promise<void>
  /** Changes the data between two collections and publishes the change. */
  change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
}

/** In milliseconds. A collection's statements may take long, and no caller waits for them. */
const statementTimeout = 30_000

interface Parts {
  readonly database: Database
  readonly log: Log
  /** Time from the start of one collection to the next, in milliseconds. */
  readonly period: number
  readonly intake: Intake
  readonly publication: Publication
  /** The events of a history that ends at the given time, for a database that has had no collection. */
  readonly history: (end: Date) => readonly Event[]
  /** Called with the projects that a collection changed, after its publication. */
  readonly afterChange: (projects: readonly string[]) => Promise<void>
}

export function createCollector({
  database,
  log,
  period,
  intake,
  publication,
  history,
  afterChange,
}: Parts): Collector {
  const stopped = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let publishing: Promise<void> | undefined
  let collected = false
  let turn: Promise<unknown> = Promise.resolve()

  /** Runs one piece of work at a time, in the order of the calls. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  /** Writes, then publishes. A reader that arrives between the commit and the publication waits for the publication. */
  async function publish<T>(work: (transaction: Transaction) => Promise<readonly [T, Date]>): Promise<T> {
    let release = (): void => undefined
    try {
      const [result, show] = await database.write(async (transaction) => {
        const [answer, completedAt] = await work(transaction)
        const show = await publication(transaction, completedAt)
        publishing = new Promise((resolve) => {
          release = resolve
        })
        return [answer, show] as const
      }, statementTimeout)
      show()
      return result
    } finally {
      publishing = undefined
      release()
    }
  }

  async function collect(): Promise<void> {
    const summary = await publish(async (transaction) => {
      const last = await lastCollection(transaction)
      // The clock may have been set back, but the end of the windows never moves back.
      const now = new Date(Math.max(Date.now(), (last?.getTime() ?? 0) + 1))
      const waiting = await waitingEvents(transaction)
      const received = await intake.stored(
        transaction,
        waiting.map(({ event }) => event),
      )
      const events = last ? received : [...history(now), ...received]
      const projects = await store(transaction, events, now)
      await markCollected(
        transaction,
        waiting.map(({ id }) => id),
        now,
      )
      await recordCollection(transaction, now)
      return [{ events, projects }, now]
    })
    collected = true
    if (summary.events.length === 0) return
    log.info(`collected ${describe(summary.events)}`)
    await afterChange(summary.projects)
  }

  async function repeat(): Promise<void> {
    let failing = false
    while (!stopped.signal.aborted) {
      const started = performance.now()
      try {
        await inTurn(collect)
        if (failing) log.info('collection works again')
        failing = false
      } catch (error) {
        if (!failing) log.error(`collection failed: ${error instanceof Error ? error.message : String(error)}`)
        failing = true
      }
      const pause = Math.max(0, period - (performance.now() - started))
      await delay(pause, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }

  return {
    start: () => {
      running = repeat()
    },
    stop: async () => {
      stopped.abort()
      await running
    },
    hasCollected: () => collected,
    published: async () => {
      await publishing
    },
    change: (work) =>
      inTurn(() =>
        publish(async (transaction) => [await work(transaction), (await lastCollection(transaction)) ?? new Date()]),
      ),
  }
}

/** Stores the events and returns the projects that they changed. */
async function store(transaction: Transaction, events: readonly Event[], now: Date): Promise<readonly string[]> {
  if (events.length === 0) return []
  const named = new Set(events.flatMap((event) => ('project' in event ? [event.project] : [])))
  const known = new Set(await projectNames(transaction))
  const unknown = [...named].filter((name) => !known.has(name))
  const described = eventsOf('project', events)
  const found = unknown.map((name) => described.find(({ project }) => project === name) ?? { project: name })
  await storeProjects(transaction, found, now)
  await storePushes(transaction, eventsOf('push', events), now)
  await storeReviews(transaction, eventsOf('review', events))
  await storeDeployments(transaction, eventsOf('deployment', events), now)
  await storeIncidents(transaction, eventsOf('incident', events), now)
  await storeBuilds(transaction, eventsOf('build', events))
  await storeMeasurements(transaction, eventsOf('measurement', events))
  const affected = await affectedProjects(transaction, events)
  await deriveContainedCommits(transaction, affected)
  return [...new Set([...affected, ...named])]
}

/** A summary such as "12 events: 5 deployment, 7 push". */
function describe(events: readonly Event[]): string {
  const counts = new Map<string, number>()
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1)
  return `${events.length} events: ${[...counts].map(([type, count]) => `${count} ${type}`).join(', ')}`
}
