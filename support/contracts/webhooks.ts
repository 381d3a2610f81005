/** The part of a contract about the webhooks that accept events, and about the projects of stories. */
import type { z } from 'zod'
import type { Capability } from '../basis/capability'
import type { Happening, Spoiled } from './happening'

/** The body of an event, and the route of the webhook that accepts it. */
export interface SentEvent {
  readonly route: string
  readonly body: Readonly<Record<string, unknown>>
  /** True for the answer to the path of the version if this version has the route; absent: every version has it. */
  readonly takenBy?: (version: string) => Capability<true>
}

type SettingValues = Readonly<Record<string, unknown>>

/** Sends a change with the API token. @throws Unmet when it is refused or not answered as expected */
export type Ask = <T>(method: 'POST' | 'PATCH', path: string, body: object, answer: z.ZodType<T>) => Promise<T>

/** @throws Unmet when the path is not answered as expected */
type Read = <T>(path: string, answer: z.ZodType<T>) => Promise<T>

/** A project that was created for a story. */
export interface StoryProject {
  /** The path under which its webhook has its routes. */
  readonly webhook: string
  /** The token of its webhook, if the webhook has one of its own. */
  readonly token?: string
  /** The path of the POST that starts a collection; absent: the service collects by itself. */
  readonly trigger?: string
}

/** A collection that is started on request. */
export interface CollectionContract {
  /** Parses the answer to the trigger to the path of the collection's state. */
  readonly begun: z.ZodType<string>
  /** Parses the state: null while it runs, then the word for its outcome. */
  readonly ended: z.ZodType<string | null>
  /** The word for a successful outcome. */
  readonly success: string
}

/** Rows of a table that are found by a value in one of their columns. */
interface FoundRows {
  readonly table: string
  readonly column: string
  /** The column of the primary key that identifies the rows. */
  readonly key: string
  /** True if the column holds ids that end with a colon and the value, such as "webhook:3:INC-1". */
  readonly ending?: boolean
  /** The column holds the key of these rows, and the value is in their column. */
  readonly through?: FoundRows
}

/** Rows that a story may leave behind. They are removed by their primary key, in the order of the list. */
export interface Leavings extends FoundRows {
  readonly values: readonly string[]
}

export interface WebhookContract {
  /** The path that lists the connections of the plugin. */
  readonly connections: string
  /** The address that accepts incidents, or the parser that finds such addresses in the list of connections. */
  readonly incidents: string | z.ZodType<readonly string[]>
  /** The body of a POST to it that is not an incident, and the form of the refusal. */
  readonly noIncident: { readonly body: string; readonly withToken: boolean; readonly refusal: z.ZodType }
  /** Null: events are not signed. */
  readonly signatureHeader: string | null
  /** @param spoiled the way in which the event must be made invalid */
  readonly event: (happening: Happening, spoiled: Spoiled | null) => Capability<SentEvent>
  /**
   * Creates a project.
   * @param settings values by their path in the option of the metrics' plugin; empty: the project has no settings
   */
  readonly open: (project: string, settings: SettingValues, ask: Ask) => Promise<StoryProject>
  readonly collection?: CollectionContract
  /** The severities that count for the time to restore by these settings; null: all. Absent: projects have no settings. */
  readonly severitiesIn: Capability<(settings: SettingValues) => readonly string[] | null>
  /**
   * The paths to DELETE, in this order, to remove a project.
   * @param read reads a path with the API token
   */
  readonly removed: (project: string, read: Read) => Promise<readonly string[]>
  /**
   * @param projects the projects of the stories, also of those that sent no events: a collection leaves rows of its own
   * @param idsOf the ids under which an event may be stored
   */
  readonly leavings: (
    sent: readonly Happening[],
    projects: readonly string[],
    idsOf: (project: string, id: string) => readonly string[],
  ) => readonly Leavings[]
  /** The rows of an incident that another part of the platform stored. Absent: they are removed with the project. */
  readonly leavingsOfIncident?: (id: string) => readonly Leavings[]
  /** The path that lists the deployments of a project. */
  readonly deployments: Capability<(project: string) => string>
}
