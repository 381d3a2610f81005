/** The checklist, section by section: each item with its state and reason. Its evidence is in the appendix. */

import { type ItemState, itemStates, type Proof, type Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import type { ItemOutline, Outline, SectionOutline } from '../wording/outline'
import { duration, notesOf, plural } from '../wording/wording'
import { anchor, badge, classOf, icon } from './state'

/**
 * The filters of the checklist. Choosing one opens the sections. They are made of radio buttons and CSS alone, so that the page needs no script
 * and its content policy can forbid all scripts. Printouts always show everything.
 */
const filters: readonly { readonly id: string; readonly label: string; readonly states: readonly ItemState[] }[] = [
  { id: 'attention', label: 'Needs attention', states: ['error', 'failed', 'blocked'] },
  { id: 'not-run', label: 'Not run', states: ['not run'] },
  { id: 'vouched', label: 'Waived or attested', states: ['waived', 'attested'] },
  { id: 'passed', label: 'Passed', states: ['passed'] },
  { id: 'not-applicable', label: 'Not applicable', states: ['not applicable'] },
]

/** A shorter reason is repeated for each item. */
const shortestReference = 60

export function checklist(verdict: Verdict, { sections, unlisted }: Outline): Html {
  const said = new Map<string, string>()
  return html`
<section aria-labelledby="checklist">
  <h2 id="checklist">The checklist</h2>
  ${filterFields(verdict)}
  <div class="sections">${sections.map((section) => checklistSection(section, said))}</div>
  ${
    unlisted.length === 0
      ? null
      : html`<p class="prose">${plural(unlisted.length, 'scenario')} ran that no item of the checklist lists: <a href="#appendix">see the evidence</a>.</p>`
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
  const opened = filters.map(({ id }) => `#filter-${id}:checked`).join(',')
  const open = `body:has(${opened}) .section::details-content{content-visibility:visible;display:block;height:auto}`
  return `@media screen{${rules.join('')}${open}}`
}

/** @param said the item that first gave a reason, by the reason */
function checklistSection({ number, title, meaning, state, items }: SectionOutline, said: Map<string, string>): Html {
  const counted = [...Map.groupBy(items, ({ record }) => record.status)]
    .map(([of, ones]) => [of, ones.length] as const)
    .sort(([one], [other]) => itemStates.indexOf(one) - itemStates.indexOf(other))
  return html`
<details class="section" id="${anchor('section', number)}">
  <summary>${icon(state)}<span><h3><span class="number">${number}</span> ${title}</h3> <span class="meaning">${meaning}</span></span>
    <span class="aside">${counted.map(([of, number], index) => html`${index === 0 ? null : ', '}<span class="${classOf(of)}">${number} ${of}</span>`)}</span></summary>
  <ol class="items">${items.map((item) => itemEntry(item, said))}</ol>
</details>`
}

const proofs: Record<Proof, string | null> = {
  automated: null,
  optional: 'Optional part',
  mutating: 'Requires changes to the platform',
  attested: 'Attested by a person, not by a scenario',
  derived: 'Derived from other items',
}

function itemEntry({ record, scenarios, causes, durationMs }: ItemOutline, said: Map<string, string>): Html {
  const { id, text, how, status, reason } = record
  const [proof] = [proofs[how]].filter((words) => words !== null && !reason?.startsWith(words))
  const isGiven = reason !== null && !causes.some(({ summary }) => summary === reason)
  const first = isGiven ? firstWith(reason, id, said) : undefined
  const besides = [
    ...(proof ? [html`${proof}.`] : []),
    ...(first === undefined ? [] : [html` Same reason as <a href="#${anchor('item', first)}">${first}</a>.`]),
  ]
  const notes = [...(isGiven && first === undefined ? [reason] : []), ...notesOf(record)]
  // On paper the cause, which is printed above, replaces the reason; a waiver stands in no cause.
  const kind = causes.length > 0 && status !== 'waived' ? 'reason screen' : 'reason'
  return html`
<li class="item item-${classOf(status)}" id="${anchor('item', id)}">
  <div class="item-head">
    <span class="number">${id}</span>
    <h4>${text}${besides.length === 0 ? null : html` <span class="quiet">${besides}</span>`}</h4>
    <p class="item-state">${badge(status)}${scenarios.length === 0 ? null : html`<span class="quiet"><a class="screen" href="#${anchor('evidence-of', id)}">${duration(durationMs)}<span class="hidden">, evidence of ${id}</span></a></span>`}</p>
  </div>
  ${notes.map((note) => html`<p class="${kind}">${note}</p>`)}
  ${causes.length === 0 ? null : html`<ul class="cause-links">${causes.map((cause) => html`<li>Cause: <a href="#${anchor('cause', cause.id)}">${causeOf(cause.summary, id, said)}</a></li>`)}</ul>`}
</li>`
}

/** The summary of the cause, or a reference to the first item that has the same. */
function causeOf(summary: string, id: string, said: Map<string, string>): string {
  const first = firstWith(summary, id, said)
  return first === undefined ? summary : `the same as that of ${first}`
}

/** Returns the item that gave the text before; undefined if none did, or if the text is short enough to repeat. */
function firstWith(text: string, id: string, said: Map<string, string>): string | undefined {
  const first = said.get(text)
  if (first === undefined) said.set(text, id)
  return text.length < shortestReference ? undefined : first
}
