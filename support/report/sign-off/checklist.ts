/** The checklist, section by section: each item with its state, reason, scenarios and evidence. */

import type { ItemState, Proof, Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import { type ItemOutline, keyOf, type Outline, type ScenarioOutline, type SectionOutline } from '../wording/outline'
import { duration, notesOf } from '../wording/wording'
import { scenarioSection } from './evidence'
import { Shown } from './shown'
import { anchor, badge, classOf, icon } from './state'

/**
 * The filters of the checklist. They are made of radio buttons and CSS alone, so that the page needs no script
 * and its content policy can forbid all scripts. Printouts always show everything.
 */
const filters: readonly { readonly id: string; readonly label: string; readonly states: readonly ItemState[] }[] = [
  { id: 'attention', label: 'Needs attention', states: ['error', 'failed', 'blocked'] },
  { id: 'not-run', label: 'Not run', states: ['not run'] },
  { id: 'vouched', label: 'Waived or attested', states: ['waived', 'attested'] },
  { id: 'passed', label: 'Passed', states: ['passed'] },
  { id: 'not-applicable', label: 'Not applicable', states: ['not applicable'] },
]

export function checklist(verdict: Verdict, { sections, unlisted }: Outline): Html {
  const shown = new Shown()
  return html`
<section aria-labelledby="checklist">
  <h2 id="checklist">The checklist</h2>
  <nav class="glance" aria-label="Sections"><ul>${sections.map(({ number, title, state }) => html`<li><a href="#${anchor('section', number)}">${icon(state)}<span class="number">${number}</span><span>${title}</span><span class="hidden">: ${state}</span></a></li>`)}</ul></nav>
  ${filterFields(verdict)}
  ${sections.map((section) => checklistSection(section, shown))}
  ${
    unlisted.length === 0
      ? null
      : html`<section class="section"><h3>Scenarios outside the checklist</h3>
  <p class="prose">These scenarios ran, but they belong to no item of the checklist.</p>${unlisted.map((scenario) => scenarioSection(scenario, shown))}</section>`
  }
</section>`
}

function filterFields({ counts, items }: Verdict): Html {
  const option = (id: string, label: string, count: number, checked: boolean) =>
    html`<label><input type="radio" name="filter" id="filter-${id}"${checked ? html` checked` : null}><span>${label} <b>${count}</b></span></label>`
  const sum = (states: readonly ItemState[]) => states.reduce((total, state) => total + counts[state], 0)
  return html`
<fieldset class="filter"><legend>Show</legend>
  ${option('all', 'Everything', items.length, true)}
  ${filters.filter(({ states }) => sum(states) > 0).map(({ id, label, states }) => option(id, label, sum(states), false))}
</fieldset>`
}

/** CSS rules that hide the items outside the selected filter, on screens only. */
export function filterRules(): string {
  const rules = filters.map(({ id, states }) => {
    const rest = states.map((state) => `:not(.item-${classOf(state)})`).join('')
    const kept = states.map((state) => `.item-${classOf(state)}`).join(',')
    return `body:has(#filter-${id}:checked) :is(.item${rest},.section:not(:has(${kept}))){display:none}`
  })
  return `@media screen{${rules.join('')}}`
}

function checklistSection({ number, title, state, items }: SectionOutline, shown: Shown): Html {
  const passed = items.filter(({ record }) => record.status === 'passed').length
  return html`
<section class="section" id="${anchor('section', number)}" aria-labelledby="${anchor('title', number)}">
  <header><h3 id="${anchor('title', number)}"><span class="number">${number}</span> ${title}</h3>
    <p>${badge(state)} <span class="quiet">${passed} of ${items.length} passed</span></p></header>
  <ol class="items">${items.map((item) => itemEntry(item, shown))}</ol>
</section>`
}

const proofs: Record<Proof, string | null> = {
  automated: null,
  optional: 'Optional part',
  mutating: 'Requires changes to the platform',
  attested: 'Attested by a person, not by a scenario',
  derived: 'Derived from other items',
}

function itemEntry(item: ItemOutline, shown: Shown): Html {
  const { record, scenarios, causes, durationMs } = item
  const { id, text, how, status, reason } = record
  const proof = proofs[how]
  return html`
<li class="item item-${classOf(status)}" id="${anchor('item', id)}">
  <div class="item-head">
    <span class="number">${id}</span>
    <div>
      <h4>${text}</h4>
      ${proof === null || reason?.startsWith(proof) ? null : html`<p class="quiet">${proof}</p>`}
    </div>
    <p class="item-state">${badge(status)}${scenarios.length === 0 ? null : html`<span class="quiet">${duration(durationMs)}</span>`}</p>
  </div>
  ${reason === null ? null : html`<p class="reason">${reason}</p>`}
  ${notesOf(record).map((note) => html`<p class="reason">${note}</p>`)}
  ${causes.length === 0 ? null : html`<ul class="cause-links">${causes.map((cause) => html`<li>Cause: <a href="#${anchor('cause', cause.id)}">${cause.summary}</a></li>`)}</ul>`}
  ${scenarios.map((scenario) => scenarioOnce(scenario, item, shown))}
</li>`
}

/** The scenario with its evidence at the first item that it proves; a link to that item at the others. */
function scenarioOnce(scenario: ScenarioOutline, item: ItemOutline, shown: Shown): Html {
  const shownAt = shown.scenario(keyOf(scenario), item.record.id)
  if (shownAt === undefined)
    return scenarioSection(scenario, shown, [item.record.reason ?? '', ...item.causes.map((cause) => cause.id)])
  return html`<p class="elsewhere">${icon(scenario.status)}<span>${scenario.name} <span class="quiet">${scenario.status}, see <a href="#${anchor('item', shownAt)}">${shownAt}</a></span></span></p>`
}
