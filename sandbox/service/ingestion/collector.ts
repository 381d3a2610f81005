/**
 * The collection cycle: once in a period all events that arrived since are moved into the tables that the metrics are
 * computed from, and the end of the windows "last N days" is set. Between two collections nothing that a surface shows
 * changes, except that a project is made or removed.
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
 * Reads, inside the transaction of a collection, what is to be published with it; what it answers is called once the
 * collection is committed.
 */
export type Publication = (transaction: Transaction, completedAt: Date) => Promise<() => void>

export interface Collector {
  /** Runs the first collection, then one in each period until `stop`. */
  start(): void
  stop(): Promise<void>
  /** Whether a collection has been completed, now or before the service was started again. */
  hasCollected(): boolean
  /** Resolves at once unless a collection is just being published; then when it is. */
  published(): Promise<void>
  /** Changes the data between two collections and publishes the change. */
  change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
}

/** Nobody waits for a collection's statements, which may have much to do. In milliseconds. */
const statementTimeout = 30_000

interface Parts {
  readonly database: Database
  readonly log: Log
  /** Milliseconds. */
  readonly period: number
  readonly intake: Intake
  readonly publication: Publication
  /** The events of a database that has none yet, for a history that ends at the given time. */
  readonly history: (end: Date) => readonly Event[]
  /** Looks at the projects that a collection changed, after it was committed. */
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

  /** One at a time, in the order of the calls. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  /** Writes, then publishes; whoever asks between the commit and the publication waits for the latter. */
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
      // The clock may have been set back; the end of the windows never goes back.
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
        if (failing) log.info('collecting again')
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

/** Stores the events and answers the projects that they changed. */
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

/** "12 events: 5 deployment, 7 push". */
function describe(events: readonly Event[]): string {
  const counts = new Map<string, number>()
  for (const { type } of events) counts.set(type, (counts.get(type) ?? 0) + 1)
  return `${events.length} events: ${[...counts].map(([type, count]) => `${count} ${type}`).join(', ')}`
}
