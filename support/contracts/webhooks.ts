/** What a contract says about how the service is told what happened, and about the projects that the stories are of. */
import type { z } from 'zod'
import type { Capability } from '../basis/capability'
import type { Happening, Spoiled } from './happening'

/** An event as it is sent, and the route of the webhook that takes it. */
export interface SentEvent {
  readonly route: string
  readonly body: Readonly<Record<string, unknown>>
}

type Settings = Readonly<Record<string, unknown>>

/** Changes something, as who has the API token. @throws Unmet when it is refused, or answered otherwise */
export type Ask = <T>(method: 'POST' | 'PATCH', path: string, body: object, answer: z.ZodType<T>) => Promise<T>

/** A project that was made for a story. */
export interface StoryProject {
  /** What the routes of its webhook lie under. */
  readonly webhook: string
  /** For its webhook, where that has one of its own. */
  readonly token?: string
  /** The path to POST to for a collection; absent where the service collects by itself. */
  readonly trigger?: string
}

/** A collection that the service was told to make. */
export interface CollectionContract {
  /** Where it is looked at, out of the answer to the trigger. */
  readonly begun: z.ZodType<string>
  /** How it stands; null while it goes on, and the word for how it ended. */
  readonly ended: z.ZodType<string | null>
  readonly success: string
}

/** Rows that a story may leave: those whose column holds one of the values, removed by their primary key. */
export interface Leavings {
  readonly table: string
  readonly column: string
  readonly values: readonly string[]
  readonly key: string
}

export interface WebhookContract {
  /** Lists the connections of the plugin. */
  readonly connections: string
  /** Where incidents are taken: one address, or those in the list of the connections. */
  readonly incidents: string | z.ZodType<readonly string[]>
  /** A POST there that is no incident, and the form in which it is refused. */
  readonly noIncident: { readonly body: string; readonly withToken: boolean; readonly refusal: z.ZodType }
  /** Null where events are not signed. */
  readonly signatureHeader: string | null
  /** @param spoiled how the event must be made wrong */
  readonly event: (happening: Happening, spoiled: Spoiled | null) => Capability<SentEvent>
  /** @param settings by their path in the option of the metrics' plugin; a project without any has no settings */
  readonly open: (project: string, settings: Settings, ask: Ask) => Promise<StoryProject>
  readonly collection?: CollectionContract
  /** The severities that settings let the time to restore count, null for all; absent where a project has no settings. */
  readonly severitiesIn: Capability<(settings: Settings) => readonly string[] | null>
  /** What to DELETE, in this order. */
  readonly removed: (project: string) => readonly string[]
  /** @param idOf the id under which an event is stored */
  readonly leavings: (told: readonly Happening[], idOf: (project: string, id: string) => string) => readonly Leavings[]
  readonly deployments: Capability<(project: string) => string>
}
