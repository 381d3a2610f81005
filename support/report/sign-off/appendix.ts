/** The appendix: the scenarios with their steps and evidence. It is printed on demand only, and can be left out. */
import { type Html, html } from '../wording/html'
import { type ItemOutline, keyOf, type Outline, type ScenarioOutline } from '../wording/outline'
import { scenarioSection } from './evidence'
import { Shown } from './shown'
import { anchor, icon } from './state'

/** @param isIncluded false leaves a note in its place */
export function appendix({ sections, unlisted }: Outline, isIncluded: boolean): Html {
  if (!isIncluded)
    return html`
<section class="appendix" aria-labelledby="appendix"><h2 id="appendix">Appendix: evidence</h2>
  <p class="prose">This copy has no evidence. Everything is in messages.ndjson of the run.</p></section>`
  const shown = new Shown()
  return html`
<section class="appendix" aria-labelledby="appendix">
  <h2 id="appendix">Appendix: evidence</h2>
  <p class="choice"><label><input type="checkbox" id="print-evidence"> Print this appendix: the steps that did not pass, with what was asked and answered</label></p>
  <details class="fold printed"><summary>The scenarios of each section, with what was asked and answered</summary>
  ${sections.map(
    ({
      number,
      title,
      items,
    }) => html`<details class="fold evidences"><summary><h3><span class="number">${number}</span> ${title}</h3></summary>
  ${items.filter(({ scenarios }) => scenarios.length > 0).map((item) => itemEvidence(item, shown))}</details>`,
  )}</details>
  ${
    unlisted.length === 0
      ? null
      : html`<details class="fold evidences" open><summary><h3>Scenarios outside the checklist</h3></summary>
  <p class="prose">These scenarios ran, but they belong to no item of the checklist.</p>${unlisted.map((scenario) => scenarioSection(scenario, shown))}</details>`
  }
</section>`
}

function itemEvidence(item: ItemOutline, shown: Shown): Html {
  const { id, text } = item.record
  return html`
<div class="item-evidence" id="${anchor('evidence-of', id)}">
  <h4><a href="#${anchor('item', id)}">${id}</a> ${text}</h4>
  ${item.scenarios.map((scenario) => scenarioOnce(scenario, item, shown))}
</div>`
}

/** The scenario with its evidence at the first item that it proves; a link to that item at the others. */
function scenarioOnce(scenario: ScenarioOutline, item: ItemOutline, shown: Shown): Html {
  const shownAt = shown.scenario(keyOf(scenario), item.record.id)
  if (shownAt === undefined)
    return scenarioSection(scenario, shown, [item.record.reason ?? '', ...item.causes.map((cause) => cause.id)])
  return html`<p class="elsewhere">${icon(scenario.status)}<span>${scenario.name} <span class="quiet">${scenario.status}, see <a href="#${anchor('evidence-of', shownAt)}">${shownAt}</a></span></span></p>`
}
