/** What a contract says about how the service is told what happened, and about the projects that the stories are of. */
import type { Happening } from '../stories/story'

/** A request that changes something. */
interface Change {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface WebhookContract {
  /** Lists the connections of the plugin. */
  readonly connections: string
  /** Takes incidents. */
  readonly incidents: string
  readonly event: (happening: Happening) => Change
  readonly signatureHeader: string
  /** @param settings by their path in the option of the metrics' plugin; a project without any has no settings */
  readonly newProject: (project: string, settings: Readonly<Record<string, unknown>>) => Change
  /** The severities that such settings let the time to restore count; null: all of them. */
  readonly severitiesIn: (settings: Readonly<Record<string, unknown>>) => readonly string[] | null
  readonly removedProject: (project: string) => string
  readonly deployments: (project: string) => string
}
