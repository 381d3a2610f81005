/** Before any scenario: checks that the cluster answers and what the caller may do, and finds the parts this platform lacks. */
import type { Checklist, ChecklistItem, OptionalPart } from '../basis/checklist'
import { Blocked, Unmet } from '../basis/expectation'
import type { Finding } from '../basis/finding'
import { connectionsTo } from '../checks/data-sources'
import type { Configuration } from '../configuration/schema'
import type { Contract } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { adviceOnContract, withoutCounterpart } from './flavour-advice'

export interface Preflight {
  /** Why nothing can be checked; then no scenario is run. */
  readonly halted: Finding | null
  readonly kubernetesVersion: string | null
  /** Sentences for the operator, shown before the scenarios run. */
  readonly warnings: readonly string[]
  /** Item id → why it does not apply to this platform. */
  readonly notApplicable: ReadonlyMap<string, string>
}

/** Tags of scenarios that need a token or secret that the configuration does not name. */
export function tagsLeftOut({ tokens }: Configuration): string[] {
  return [
    ...(tokens.expired === undefined ? ['@expired-token'] : []),
    ...(tokens.webhook === undefined ? ['@webhook-secret'] : []),
  ]
}

/**
 * The items that do not apply by the configuration and the contract alone.
 * @returns item id → reason
 */
export function notApplicableByConfiguration(
  checklist: Checklist,
  configuration: Configuration,
  contract: Contract,
): ReadonlyMap<string, string> {
  return new Map([
    ...withoutCounterpart(checklist, contract),
    ...ofOtherSecretsMode(checklist, configuration),
    ...ofAbsentParts(checklist, declaredAbsent(configuration)),
  ])
}

/**
 * Checks the cluster and the caller, and finds the items that do not apply.
 * @param sections ids of the sections that the selected scenarios prove
 */
export async function preflight(
  platform: Platform,
  checklist: Checklist,
  sections: ReadonlySet<string>,
): Promise<Preflight> {
  platform.neededSections = sections
  const declared = declaredAbsent(platform.configuration)
  const known = new Map([
    ...withoutCounterpart(checklist, platform.contract),
    ...ofOtherSecretsMode(checklist, platform.configuration),
  ])
  const asksService = checklist.sections.some(({ id, asks }) => asks === 'service' && sections.has(id))
  try {
    const kubernetesVersion = await platform.kubernetes.version()
    const [missing, advice] = await Promise.all([
      platform.missingAccess(),
      asksService ? adviceOnContract(platform) : [],
    ])
    const absent = new Map([...(await withoutTrace(platform, declared)), ...declared])
    const warnings = [...missing.map(({ finding }) => finding.summary), ...advice]
    const notApplicable = new Map([...known, ...ofAbsentParts(checklist, absent)])
    return { halted: null, kubernetesVersion, warnings, notApplicable }
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
    const notApplicable = new Map([...known, ...ofAbsentParts(checklist, declared)])
    return { halted: error.finding, kubernetesVersion: null, warnings: [], notApplicable }
  }
}

/** Optional part → why the platform does not have it. */
type AbsentParts = ReadonlyMap<OptionalPart, string>

/** The parts that the configuration declares absent. */
function declaredAbsent({ absent }: Configuration): AbsentParts {
  const parts = new Map<OptionalPart, string>()
  if (absent.jenkins !== undefined) parts.set('jenkins', `Jenkins is declared absent: ${absent.jenkins}`)
  if (absent.externalAccess !== undefined)
    parts.set('externalAccess', `External access is declared absent: ${absent.externalAccess}`)
  return parts
}

/** The parts that left no trace on the platform; those declared absent are not searched for. */
async function withoutTrace(platform: Platform, declared: AbsentParts): Promise<AbsentParts> {
  if (declared.has('jenkins') || (await hasJenkins(platform))) return new Map()
  return new Map([['jenkins', 'There is no trace of Jenkins: no token, no service and no connection.']])
}

function ofAbsentParts({ items }: Checklist, absent: AbsentParts): [string, string][] {
  return items.flatMap(({ id, optionalPart }): [string, string][] => {
    const reason = optionalPart && absent.get(optionalPart)
    return reason === undefined ? [] : [[id, reason]]
  })
}

const otherSecretsMode: Readonly<Record<NonNullable<ChecklistItem['secretsMode']>, string>> = {
  external: 'The secrets were created by hand (configuration key secrets): there is no secrets manager to check.',
  manual: 'The secrets come from External Secrets (configuration key secrets).',
}

/** Items that apply only where the secrets are managed in the other way. */
function ofOtherSecretsMode({ items }: Checklist, { secrets }: Configuration): [string, string][] {
  return items.flatMap(({ id, secretsMode }): [string, string][] =>
    secretsMode === undefined || secretsMode === secrets ? [] : [[id, otherSecretsMode[secretsMode]]],
  )
}

/** Any trace of an optional part makes it required; a trace that the caller may not read counts too. */
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

/** A service that cannot be reached is not a trace of Jenkins. Other items report that it cannot be reached. */
async function hasConnectionToJenkins(platform: Platform): Promise<boolean> {
  try {
    return (await connectionsTo(platform, 'jenkins')).length > 0
  } catch (error) {
    if (error instanceof Blocked || error instanceof Unmet) return false
    throw error
  }
}
