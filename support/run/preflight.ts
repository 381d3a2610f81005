/** Before any scenario: does the cluster answer, may the caller look, and what does this platform not have? */

import { Blocked, Unmet } from '../basis/expectation'
import type { Finding } from '../basis/finding'
import { connectionsTo } from '../checks/data-sources'
import type { Configuration } from '../configuration/schema'
import type { Platform } from '../platform/platform'
import { adviceOnContract, withoutCounterpart } from './flavour-advice'

export interface Preflight {
  /** Why there is nothing to look at; then no scenario is run. */
  readonly halted: Finding | null
  readonly kubernetesVersion: string | null
  /** What the operator should know before the scenarios end: each one sentence. */
  readonly warnings: readonly string[]
  /** Item → why it does not apply to this platform. */
  readonly notApplicable: ReadonlyMap<string, string>
}

/** Tags of scenarios that need something of the operator that the configuration does not name. */
export function tagsLeftOut({ tokens }: Configuration): string[] {
  return [
    ...(tokens.expired === undefined ? ['@expired-token'] : []),
    ...(tokens.webhook === undefined ? ['@webhook-secret'] : []),
  ]
}

/** Sections that ask the service itself. */
const aboutService = ['7', '8', '9', '10', '11', '12', '13', '14', '18', '19', '21']

/** @param sections those of the selected scenarios */
export async function preflight(platform: Platform, sections: ReadonlySet<string>): Promise<Preflight> {
  platform.neededSections = sections
  const notApplicable = new Map([...withoutCounterpart(platform.contract), ...declaredAbsent(platform.configuration)])
  try {
    const kubernetesVersion = await platform.kubernetes.version()
    const [missing, advice] = await Promise.all([
      platform.missingAccess(),
      aboutService.some((section) => sections.has(section)) ? adviceOnContract(platform) : [],
    ])
    if (!notApplicable.has('0.12') && !(await hasJenkins(platform)))
      notApplicable.set('0.12', 'There is no trace of Jenkins: no token, no service and no connection.')
    const withoutJenkins = notApplicable.get('0.12')
    if (withoutJenkins !== undefined) for (const id of ['13.1', '21.2']) notApplicable.set(id, withoutJenkins)
    const warnings = [...missing.map(({ finding }) => finding.summary), ...advice]
    return { halted: null, kubernetesVersion, warnings, notApplicable }
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
    return { halted: error.finding, kubernetesVersion: null, warnings: [], notApplicable }
  }
}

/** What the configuration alone leaves out. */
function declaredAbsent({ absent, secrets }: Configuration): Map<string, string> {
  const left = new Map<string, string>()
  if (secrets === 'external') left.set('1.4', 'The secrets come from External Secrets (configuration key secrets).')
  else
    for (const id of ['0.7', '0.9', '1.1', '1.2', '1.3'])
      left.set(
        id,
        'The secrets were created by hand (configuration key secrets): there is no secrets manager to look at.',
      )
  if (absent.jenkins !== undefined) left.set('0.12', `Jenkins is declared absent: ${absent.jenkins}`)
  if (absent.externalAccess !== undefined)
    left.set('5.2', `External access is declared absent: ${absent.externalAccess}`)
  return left
}

/** Any trace of an optional part makes it required; what may not be looked at counts as a trace. */
async function hasJenkins(platform: Platform): Promise<boolean> {
  const { kubernetes, configuration } = platform
  try {
    const token = await kubernetes.secret(configuration.tokens.jenkins.name)
    if (token !== undefined || (await kubernetes.service(configuration.jenkins.service)) !== undefined) return true
  } catch (error) {
    if (error instanceof Blocked) return true
    throw error
  }
  return hasConnectionToJenkins(platform)
}

/** A service that cannot be asked has items of its own that say so, and is no trace of Jenkins. */
async function hasConnectionToJenkins(platform: Platform): Promise<boolean> {
  try {
    return (await connectionsTo(platform, 'jenkins')).length > 0
  } catch (error) {
    if (error instanceof Blocked || error instanceof Unmet) return false
    throw error
  }
}
