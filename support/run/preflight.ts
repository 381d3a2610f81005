/** Before any scenario: checks that the cluster answers and what the caller may do, and finds the parts this platform lacks. */
import type { Checklist } from '../basis/checklist'
import { Blocked } from '../basis/expectation'
import type { Finding } from '../basis/finding'
import type { Configuration } from '../configuration/schema'
import type { Contract } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import {
  absentParts,
  contradictions,
  declaredAbsent,
  ofAbsentParts,
  ofOtherSecretsMode,
  tracesOn,
} from './absent-parts'
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

const withoutToken = 'the configuration does not name the token that it needs'

/**
 * The tags of scenarios that are left out, each with the reason. Without ArgoCD, deployments are reported by webhook.
 * @param notApplicable the items that do not apply: an ArgoCD that is declared absent but leaves a trace is required
 */
export function tagsLeftOut(
  { tokens, absent }: Configuration,
  { items }: Checklist,
  notApplicable: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const lacksArgoCd = items.every(({ id, optionalPart }) => optionalPart !== 'argocd' || notApplicable.has(id))
  return new Map([
    ...(tokens.expired === undefined ? [['@expired-token', withoutToken] as const] : []),
    ...(tokens.webhook === undefined ? [['@webhook-secret', withoutToken] as const] : []),
    absent.argocd !== undefined && lacksArgoCd
      ? (['@through-argocd', `ArgoCD is declared absent: ${absent.argocd}`] as const)
      : (['@without-argocd', 'the platform has ArgoCD'] as const),
  ])
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
