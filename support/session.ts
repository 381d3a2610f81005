/**
 * What the scenarios of one process share: the settings and the platform. Opened once, by whoever comes first: the run
 * itself, or Cucumber's BeforeAll when Cucumber was started by hand or in a worker.
 */
import { checkAgainst, loadChecklist } from './checklist'
import { loadSettings, type Settings } from './configuration/load'
import type { Witness } from './platform/kubernetes-api'
import { Platform } from './platform/platform'
import { redaction } from './redaction'

let knownSettings: Settings | undefined
let platform: Platform | undefined
let witness: Witness = () => {}

/** @throws ConfigurationError */
export function openSettings(): Settings {
  if (knownSettings) return knownSettings
  const settings = loadSettings()
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

export async function closePlatform(): Promise<void> {
  await platform?.close()
}

/** The scenario that runs now sees every exchange with the platform. */
export function witnessedBy(scenario: Witness): void {
  witness = scenario
}
