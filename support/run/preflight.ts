/** Before any scenario: checks that the cluster answers and what the caller may do, and finds the parts this platform lacks. */
import type { Checklist, ChecklistItem, OptionalPart } from '../basis/checklist'
import { Blocked } from '../basis/expectation'
import type { Finding } from '../basis/finding'
import type { Configuration } from '../configuration/schema'
import type { Contract } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { adviceOnContract, withoutCounterpart } from './flavour-advice'
import { traceOfExternalAccess, traceOfExternalSecrets, traceOfJenkins } from './traces'

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
  const without = withoutCounterpart(checklist, platform.contract)
  const ofOtherMode = ofOtherSecretsMode(checklist, platform.configuration)
  const asksService = checklist.sections.some(({ id, asks }) => asks === 'service' && sections.has(id))
  try {
    const kubernetesVersion = await platform.kubernetes.version()
    await platform.kubernetes.ensureNamespace()
    const [missing, advice, traces] = await Promise.all([
      platform.missingAccess(),
      asksService ? adviceOnContract(platform) : [],
      tracesOn(platform, declared),
    ])
    const warnings = [...missing.map(({ finding }) => finding.summary), ...advice, ...contradictions(declared, traces)]
    const notApplicable = new Map([
      ...without,
      ...(traces.externalSecrets === undefined ? ofOtherMode : []),
      ...ofAbsentParts(checklist, absentParts(declared, traces)),
    ])
    return { halted: null, kubernetesVersion, warnings, notApplicable }
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
    const notApplicable = new Map([...without, ...ofOtherMode, ...ofAbsentParts(checklist, declared)])
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

/** The parts of a platform that left a trace on it, each with the trace. */
interface Traces {
  readonly parts: ReadonlyMap<OptionalPart, string>
  readonly externalSecrets: string | undefined
}

/** Looks for Jenkins, and for what the configuration declares absent. */
async function tracesOn(platform: Platform, declared: AbsentParts): Promise<Traces> {
  const { secrets } = platform.configuration
  const [jenkins, externalAccess, externalSecrets] = await Promise.all([
    traceOfJenkins(platform),
    declared.has('externalAccess') ? traceOfExternalAccess(platform) : undefined,
    secrets === 'manual' ? traceOfExternalSecrets(platform) : undefined,
  ])
  const parts = new Map<OptionalPart, string>()
  if (jenkins !== undefined) parts.set('jenkins', jenkins)
  if (externalAccess !== undefined) parts.set('externalAccess', externalAccess)
  return { parts, externalSecrets }
}

const withoutJenkins = 'There is no trace of Jenkins: no token, no service and no connection.'

/** The parts that are absent: declared so or not, a part with a trace is required. */
const absentParts = (declared: AbsentParts, { parts }: Traces): AbsentParts =>
  new Map([...new Map([['jenkins', withoutJenkins] as const, ...declared])].filter(([part]) => !parts.has(part)))

/** A sentence for each declaration that a trace contradicts. */
const contradictions = (declared: AbsentParts, { parts, externalSecrets }: Traces): string[] => [
  ...[...declared].flatMap(([part, reason]) => {
    const trace = parts.get(part)
    return trace === undefined
      ? []
      : [`${reason}. Found all the same: ${trace}. Its items are required; remove the trace or the key absent.${part}.`]
  }),
  ...(externalSecrets === undefined
    ? []
    : [
        `The configuration says that the secrets were created by hand (secrets: manual). Found all the same: ${externalSecrets}. The items of both kinds are required.`,
      ]),
]

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
