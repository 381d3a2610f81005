/** Items of which the configuration asks less than the checklist. Nobody checked the checklist's own value, so they need a waiver. */
import type { ChecklistItem } from '../basis/checklist'
import type { Finding } from '../basis/finding'
import type { ConfigurationDifference, ConfigurationRecord } from '../configuration/effective'
import type { ItemRecord } from '../record/verdict'
import { waiverTemplate } from './attestation'
import type { Causes } from './causes'

interface Weakening extends ConfigurationDifference {
  readonly asked: string
}

/** Returns the state of an item: one that passed by less than the checklist asks is blocked. A failure stays one. */
export function weakened<State extends Pick<ItemRecord, 'status' | 'reason'>>(
  item: ChecklistItem,
  state: State,
  { configuration, now }: { readonly configuration?: ConfigurationRecord | undefined; readonly now: Date },
  causes: Causes,
): State {
  if (state.status !== 'passed' && state.status !== 'failed') return state
  const findings = weakeningsOf(item, configuration).map((one) => describeWeakening(one, item, now))
  for (const finding of findings) causes.add(item.id, finding)
  return findings.length === 0 || state.status === 'failed'
    ? state
    : { ...state, status: 'blocked', reason: findings.map(({ summary }) => summary).join(' ') }
}

/** Returns the keys by which the configuration asks less of an item than the checklist. */
const weakeningsOf = (
  { configuredBy = [] }: Pick<ChecklistItem, 'configuredBy'>,
  configuration: ConfigurationRecord | undefined,
): Weakening[] =>
  (configuration?.differences ?? []).flatMap((difference) => {
    const { key, asked } = difference
    return asked !== null && configuredBy.some((own) => key === own || key.startsWith(`${own}.`))
      ? [{ ...difference, asked }]
      : []
  })

const describeWeakening = ({ key, checklist, configured, asked }: Weakening, item: ChecklistItem, now: Date) =>
  ({
    summary: `The configuration asks less than the checklist: ${key} is ${configured}, and the checklist has ${checklist}.`,
    object: `configuration key ${key}`,
    expected: asked,
    found: configured,
    remedy: [
      `# either remove ${key} from the configuration, or add a waiver to the file that the configuration key waivers names:`,
      waiverTemplate(item, now),
    ],
  }) satisfies Finding
