/** The keys of `events` in the configuration: the tables that the published schema does not name, and their columns. */

interface EventKey {
  /** What a row of the table does, after "the table". */
  readonly does: string
  readonly columns: readonly string[]
}

export type EventKeyName = 'deploymentCommits' | 'listedCommits' | 'incidents' | 'builds'

export const eventKeys: Readonly<Record<EventKeyName, EventKey>> = {
  deploymentCommits: { does: 'links a deployment to its commits', columns: ['deployment', 'commit'] },
  listedCommits: { does: 'says which deployments named their commits', columns: ['deployment', 'column'] },
  incidents: {
    does: 'links an incident to its project and its deployment',
    columns: ['incident', 'project', 'environment', 'deployment'],
  },
  builds: {
    does: 'holds the builds',
    columns: ['id', 'project', 'commit', 'stage', 'result', 'started', 'finished'],
  },
}

/** The value of a key, with words in the place of names. */
export const templateOf = (key: EventKeyName): string =>
  `{ table: TABLE, ${eventKeys[key].columns.map((column) => `${column}: COLUMN`).join(', ')} }`
