/** A consistent reading of one project: everything in an answer comes from the same completed collection. */

import { ServiceError } from '../basis/service-error'
import type { Benchmark } from '../database/benchmarks'
import type { Database, Transaction } from '../database/database'
import { lastCollection } from '../records/collection'
import { projectNames } from '../records/projects'
import { readSettings, type Settings } from '../records/settings'
import { readBenchmarks } from './benchmarks'
import type { Definitions } from './definitions'

export interface Reading {
  readonly transaction: Transaction
  readonly definitions: Definitions
  readonly project: string
  /** The time of the last completed collection: the end of the windows "last N days". */
  readonly end: Date
  readonly settings: Settings
  readonly benchmarks: readonly Benchmark[]
}

/** The source of readings. */
export interface Store {
  readonly database: Database
  readonly definitions: Definitions
  /** Resolves when no collection is between its commit and its publication. */
  readonly published: () => Promise<void>
}

/** Reads from one snapshot, never between the commit of a collection and its publication. */
export async function readSnapshot<T>(store: Store, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  await store.published()
  return await store.database.read(work)
}

/** @throws ServiceError INVALID_PROJECT for an unknown project, INTERNAL_ERROR before the first collection */
export async function readProject<T>(
  store: Store,
  project: string | undefined,
  work: (reading: Reading) => Promise<T>,
): Promise<T> {
  return await readSnapshot(store, async (transaction) => {
    const known = await requireProject(transaction, project)
    const end = await lastCollection(transaction)
    if (!end) throw new ServiceError('INTERNAL_ERROR', 'no collection has been completed yet')
    const settings = (await readSettings(transaction, [known])).get(known)
    if (!settings) throw new Error(`no settings for the project ${known}`)
    const benchmarks = await readBenchmarks(transaction)
    return await work({ transaction, definitions: store.definitions, project: known, end, settings, benchmarks })
  })
}

/**
 * Returns the name of a known project.
 * @throws ServiceError INVALID_PROJECT, with the names of all projects in its details
 */
export async function requireProject(transaction: Transaction, project: string | undefined): Promise<string> {
  const names = await projectNames(transaction)
  if (project !== undefined && names.includes(project)) return project
  const message = project === undefined ? 'project is required' : `Project '${project}' not found`
  throw new ServiceError('INVALID_PROJECT', message, { available_projects: names })
}
