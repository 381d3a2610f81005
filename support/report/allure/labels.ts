/** Labels of an Allure result (its place in Allure's trees), its severity and its links. */
import { type Label, LabelName, type Link } from 'allure-js-commons'
import type { ScenarioRun } from '../../record/scenario-run'
import type { ItemRecord, Proof } from '../../record/verdict'
import type { ItemOutline, SectionOutline } from '../wording/outline'

/** An item with its section of the checklist. */
export interface Place {
  readonly section: SectionOutline
  readonly item: ItemOutline
}

/**
 * Labels for Allure's trees. Behaviors: section, feature, rule. Suites: section, item. The labels `section` and `item`
 * contain the plain ids, for filtering. Allure sorts by name, so numbers are padded to keep the order of the checklist.
 * @param places empty for a result outside the checklist
 */
export function labelsOf(places: readonly Place[], run?: Pick<ScenarioRun, 'feature' | 'rule'>): Label[] {
  const sections = new Map(places.map(({ section }) => [section.number, `${padded(section.number)} ${section.title}`]))
  const outside = run ? 'Scenarios outside the checklist' : 'The run'
  const titles = sections.size === 0 ? [outside] : [...sections.values()]
  return [
    ...titles.map((value) => ({ name: LabelName.EPIC, value })),
    ...(run ? [{ name: LabelName.FEATURE, value: run.feature }] : []),
    ...(run?.rule ? [{ name: LabelName.STORY, value: run.rule }] : []),
    { name: LabelName.SUITE, value: titles[0] ?? outside },
    ...places.map(({ item: { record } }) => ({
      name: LabelName.SUB_SUITE,
      value: `${padded(record.id)} ${record.text}`,
    })),
    ...[...sections.keys()].map((value) => ({ name: 'section', value })),
    ...places.map(({ item }) => ({ name: 'item', value: item.record.id })),
  ]
}

const padded = (id: string) =>
  id
    .split('.')
    .map((part) => part.padStart(2, '0'))
    .join('.')

const severities: Record<Proof, string> = {
  automated: 'critical',
  mutating: 'critical',
  attested: 'normal',
  derived: 'normal',
  optional: 'minor',
}
const severityOrder = ['blocker', 'critical', 'normal', 'minor', 'trivial']

/** The severity from the scenario's tag (such as `@severity:minor`), or else the highest severity of its items. */
export function severityOf(places: readonly Place[], run?: Pick<ScenarioRun, 'tags'>): string {
  const own = run?.tags.find((tag) => tag.startsWith('@severity:'))?.slice('@severity:'.length)
  const ofItems = places.map(({ item }) => severities[item.record.how])
  return own ?? severityOrder.find((severity) => ofItems.includes(severity)) ?? 'normal'
}

/** The http and https addresses in an item's waiver or attestation. Other schemes are never linked. */
export function linksOf({ waiver, attestation }: ItemRecord): Link[] {
  const said = [waiver?.reason, attestation?.evidence].join(' ')
  return [...new Set(said.match(/https?:\/\/[^\s<>"']*[^\s<>"'.,;:)]/g))].map((url) => ({
    name: url,
    url,
    type: 'link',
  }))
}
