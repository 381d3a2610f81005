/**
 * What the scenarios of one process share: the settings and the platform. Opened once, by whoever comes first: the run
 * itself, or Cucumber's BeforeAll when Cucumber was started by hand or in a worker.
 */

import { randomBytes } from 'node:crypto'
import type { Pickle } from '@cucumber/messages'
import { contracts } from '../../support/flavours/flavours'
import { loadChecklist } from '../basis/checklist'
import { redaction } from '../basis/redaction'
import { loadSettings, type Settings } from '../configuration/load'
import { checkAgainst } from '../configuration/waivers'
import type { Witness } from '../platform/exchange'
import { Platform } from '../platform/platform'
import { Arrangement } from '../stories/arrangement'
import { tellsStory } from '../stories/story-sentences'

let knownSettings: Settings | undefined
let platform: Platform | undefined
let witness: Witness = () => {}
let arrangement: Arrangement | undefined
let arranging: Platform | undefined

/** @throws ConfigurationError */
export function openSettings(): Settings {
  if (knownSettings) return knownSettings
  const settings = loadSettings(contracts)
  checkAgainst(loadChecklist(), settings)
  redaction.keep(namesIn(settings.configuration))
  knownSettings = settings
  return settings
}

/** Every text of the configuration: what the operator wrote there is no secret. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null && !(value instanceof RegExp)
    ? Object.values(value).flatMap(namesIn)
    : []
}

/** @throws ConfigurationError, or Blocked when there is no kubeconfig */
export function openPlatform(): Platform {
  platform ??= Platform.open(openSettings(), (asked, answer) => witness(asked, answer))
  return platform
}

/** The stories of this process, told on connections of their own: what they exchange belongs to no scenario. */
export function openArrangement(): Arrangement {
  if (arrangement) return arrangement
  arranging = Platform.open(openSettings(), () => {})
  arrangement = new Arrangement(arranging, `${Date.now().toString(36)}${randomBytes(2).toString('hex')}`)
  return arrangement
}

/** All stories of the selected scenarios at once, so that the whole run waits for one collection. */
export function tellStories(pickles: readonly Pickle[]): void {
  const telling = pickles.filter(tellsStory)
  if (telling.length > 0) openArrangement().begin(telling)
}

/** How long the stories of this process waited for each collection, in milliseconds. */
export const collectionsOfStories = (): readonly number[] => arrangement?.collections ?? []

/**
 * Removes what the stories created, if there were any, also after a failure. Returns what is left behind, which does not
 * change the verdict. Safe to call more than once.
 */
export async function removeStories(): Promise<string[]> {
  const left = await arrangement
    ?.remove()
    .catch((error: unknown) => [
      `what the stories created: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    ])
  return left ?? []
}

export async function closePlatform(): Promise<void> {
  await arranging?.close()
  await platform?.close()
}

/** The scenario that runs now sees every exchange with the platform. */
export function witnessedBy(scenario: Witness): void {
  witness = scenario
}
