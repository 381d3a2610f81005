/**
 * The settings and the platform that the scenarios of one process share. They are opened once: by the run itself, or by
 * Cucumber's BeforeAll when Cucumber was started by hand or in a worker.
 */
import { randomBytes } from 'node:crypto'
import type { Pickle } from '@cucumber/messages'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import type { NumbersProof } from '../checks/numbers/numbers-proof'
import { loadSettings, type Settings } from '../configuration/load'
import { checkAgainst } from '../configuration/waivers'
import { contracts, flavours } from '../flavours/flavours'
import type { Witness } from '../platform/exchange'
import { Platform } from '../platform/platform'
import { Arrangement } from '../stories/arrangement'
import { tellsStory } from '../stories/story-sentences'
import { checkOwnScenarios, wholeChecklist } from './own-checks'

let knownSettings: Settings | undefined
let platform: Platform | undefined
let numbers: NumbersProof | undefined
let witness: Witness = () => {}
let arrangement: Arrangement | undefined
let arranging: Platform | undefined

/** @throws ConfigurationError */
export function openSettings(): Settings {
  if (knownSettings) return knownSettings
  const settings = loadSettings(contracts)
  if (settings.ownChecks) checkOwnScenarios(settings.ownChecks)
  checkAgainst(wholeChecklist(settings.ownChecks), settings)
  redaction.keep(namesIn(settings.configuration))
  knownSettings = settings
  return settings
}

/** All texts in the configuration, which are not secret because the operator wrote them there. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : []
}

/**
 * @throws ConfigurationError
 * @throws Blocked when there is no kubeconfig
 */
export function openPlatform(): Platform {
  platform ??= Platform.open(openSettings(), (asked, answer) => witness(asked, answer))
  return platform
}

/** Opens the proof of the numbers that the configured flavour needs. @throws as {@link openPlatform} does */
export function openNumbers(): NumbersProof {
  const opened = openPlatform()
  numbers ??= flavours[opened.contract.name].numbers(opened)
  return numbers
}

/** The stories of this process. They use connections of their own, because their exchanges belong to no scenario. */
export function openArrangement(): Arrangement {
  if (arrangement) return arrangement
  arranging = Platform.open(openSettings(), () => {})
  arrangement = new Arrangement(arranging, `${Date.now().toString(36)}${randomBytes(2).toString('hex')}`)
  return arrangement
}

/** Begins all stories of the selected scenarios at once, so that the whole run waits for one collection. */
export function beginStories(pickles: readonly Pickle[]): void {
  const telling = pickles.filter(tellsStory)
  if (telling.length > 0) openArrangement().begin(telling)
}

/** The time that the stories of this process waited for each collection, in milliseconds. */
export const collectionsOfStories = (): readonly number[] => arrangement?.collections ?? []

/**
 * Removes what the stories created, also after a failure. Returns what is left behind, which does not change the verdict.
 * Safe to call more than once.
 */
export async function removeStories(): Promise<string[]> {
  const left = await arrangement
    ?.remove()
    .catch((error: unknown) => [`what the stories created: ${messageOf(error).split('\n')[0]}`])
  return left ?? []
}

let closesItself = false

/** Leaves the stories and the platform open after the last scenario: the run diagnoses first, and then ends both itself. */
export function keepOpenForDiagnosis(): void {
  closesItself = true
}

/** Ends what this process opened, after its last scenario, unless the run in this process does so itself. */
export async function endScenarios(): Promise<void> {
  if (closesItself) return
  await removeStories()
  await closePlatform()
}

export async function closePlatform(): Promise<void> {
  await arranging?.close()
  await platform?.close()
}

/** Shows every exchange with the platform to the scenario that runs now. */
export function witnessedBy(scenario: Witness): void {
  witness = scenario
}
