/** The plan of a run: its items and scenarios, and the rights that they need. It is made with or without the cluster. */
import { loadSources } from '@cucumber/cucumber/api'
import type { ChecklistItem } from '../basis/checklist'
import { checkout } from '../basis/checkout'
import type { Settings } from '../configuration/load'
import { allOperations } from '../platform/all-operations'
import { namesOf } from '../platform/operation-names'
import { describeOperation, namespaceOf } from '../platform/operations'
import type { Platform } from '../platform/platform'
import { type CommandLine, runConfigurationOf } from './command-line'
import { allScenarios, wholeChecklist, withOwnFiles } from './own-checks'
import { notApplicableByConfiguration, type Preflight, preflight, tagsLeftOut } from './preflight'
import { ofShard, sectionsOf, selectedOf } from './selection'

export interface PlannedScenario {
  readonly name: string
  readonly uri: string
  readonly line: number
  /** Why a run with this configuration leaves the scenario out; null where it is run. */
  readonly leftOut: string | null
}

interface PlannedItem extends Pick<ChecklistItem, 'id' | 'how' | 'text'> {
  /** Why the item does not apply; null where it applies, as far as the configuration says. */
  readonly notApplicable: string | null
  readonly scenarios: readonly PlannedScenario[]
}

interface PlannedSection {
  readonly id: string
  readonly title: string
  readonly items: readonly PlannedItem[]
}

export interface RunPlan {
  readonly contract: string
  readonly namespace: string
  readonly writes: boolean
  readonly sections: readonly PlannedSection[]
  /** The operations on the Kubernetes API, such as "list pods in fawkes". */
  readonly rights: readonly string[]
  /** The answers of the cluster; null if it was not asked. */
  readonly cluster: PlannedCluster | null
}

interface PlannedCluster {
  readonly context: string
  /** Why no scenario would run; null if the cluster answers. */
  readonly halted: string | null
  /** The details of `halted` and the commands that help; empty if the cluster answers. */
  readonly advice: readonly string[]
  readonly kubernetesVersion: string | null
  /** The rights that the caller lacks, a sentence each. */
  readonly missingRights: readonly string[]
  /** Sentences that a run would show before its scenarios. */
  readonly warnings: readonly string[]
}

/**
 * The plan of a run with these settings and arguments. Without a selection it holds every item.
 * @param platform the cluster to ask; without it, optional parts count as present unless the configuration declares them absent
 */
export async function planOf(
  { configuration, contract, ownChecks }: Settings,
  commandLine: CommandLine,
  platform?: Platform,
): Promise<RunPlan> {
  const checklist = wholeChecklist(ownChecks)
  const { sources } = withOwnFiles(await runConfigurationOf(commandLine), ownChecks)
  const { plan } = await loadSources({ ...sources, order: 'defined' }, { cwd: checkout })
  const scenarios = selectedOf(ofShard(plan, sources.shard), allScenarios(ownChecks))
  const writes = configuration.writes !== undefined
  const asked = platform && (await preflight(platform, checklist, sectionsOf(scenarios)))
  const inapplicable = asked?.notApplicable ?? notApplicableByConfiguration(checklist, configuration, contract)
  const tagsOut = tagsLeftOut(configuration, checklist, inapplicable)
  const reasonOf = (tags: readonly string[]) =>
    tags.includes('@writes') && !writes
      ? 'it changes the platform, and the run is read-only'
      : (tags.map((tag) => tagsOut.get(tag)).find((reason) => reason !== undefined) ?? null)
  const isLimited = Object.values(commandLine.cucumber).some((given) => given !== undefined)
  const planned = (item: ChecklistItem): PlannedItem => ({
    id: item.id,
    how: item.how,
    text: item.text,
    notApplicable: inapplicable.get(item.id) ?? null,
    scenarios: scenarios
      .filter(({ items }) => items.includes(item.id))
      .map(({ name, uri, line, tags }) => ({ name, uri, line, leftOut: reasonOf(tags) })),
  })
  const sections = checklist.sections.map(({ id, title }) => ({
    id,
    title,
    items: checklist.items
      .filter(({ section }) => section === id)
      .map(planned)
      .filter((item) => !isLimited || item.scenarios.length > 0),
  }))
  const needed = sectionsOf(scenarios.filter(({ tags }) => reasonOf(tags) === null))
  const rights = allOperations
    .filter((operation) => operation.sections.some((id) => needed.has(id)) && (writes || operation.effect === 'read'))
    // The configured platform has no objects of that kind.
    .filter((operation) => namesOf(configuration, operation)?.length !== 0)
    .map((operation) => describeOperation(operation, namespaceOf(configuration, operation.place)))
  return {
    contract: contract.name,
    namespace: configuration.namespace,
    writes,
    sections: sections.filter(({ items }) => items.length > 0),
    rights: [...new Set(rights)].sort(),
    cluster: platform && asked ? await clusterOf(platform, asked) : null,
  }
}

async function clusterOf(
  platform: Platform,
  { halted, kubernetesVersion, warnings }: Preflight,
): Promise<PlannedCluster> {
  const missing = halted === null ? (await platform.missingAccess()).map(({ finding }) => finding.summary) : []
  return {
    context: platform.context,
    halted: halted?.summary ?? null,
    advice: halted === null ? [] : [`found: ${halted.found}`, ...halted.remedy],
    kubernetesVersion,
    missingRights: missing,
    warnings: warnings.filter((warning) => !missing.includes(warning)),
  }
}
