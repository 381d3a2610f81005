/** Changes since the last run, and the people who waive and attest. */
import type { ChangesSinceLastRun, ItemChange } from '../../record/changes'
import type { ItemRecord, Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import { instant, plural } from '../wording/wording'
import { anchor, badge } from './state'

/** The most lines per list, and links per line, on the first screen. The complete lists are further down the page. */
const listed = 4
const linked = 8

export function brief(verdict: Verdict, changes: ChangesSinceLastRun | string): Html {
  return html`
<section class="brief" aria-labelledby="brief">
  <h2 id="brief" class="hidden">Changes, waivers and attestations</h2>
  <div><h3>Since the last run</h3>${since(changes)}</div>
  <div><h3>Waivers and attestations</h3>${vouchers(verdict)}</div>
</section>`
}

/** The people who waive items that do not hold, and those who attest items that no scenario proves. */
function vouchers({ items }: Verdict): Html {
  const of = (status: ItemRecord['status'], by: (record: ItemRecord) => string | undefined) => {
    const names = Map.groupBy(
      items.filter((record) => record.status === status && by(record) !== undefined),
      (record) => by(record) ?? '',
    )
    return [...names].map(
      ([name, records]) => html`<li>${badge(status)} <span>${itemLinks(records)} by ${name}</span></li>`,
    )
  }
  const lines = [
    ...of('waived', ({ waiver }) => waiver?.owner),
    ...of('attested', ({ attestation }) => attestation?.by),
  ]
  if (lines.length === 0) return html`<p class="quiet">None.</p>`
  const rest = lines.length - listed
  return html`<ul class="lines words">${lines.slice(0, listed)}</ul>
  <p class="quiet"><a href="#vouched">${rest > 0 ? `and ${rest} more, with reasons and dates` : 'Reasons and dates'}</a></p>`
}

function since(changes: ChangesSinceLastRun | string): Html {
  if (typeof changes === 'string') return html`<p class="quiet">${changes}</p>`
  const { last, newlyFailed, mended, noLongerChecked, otherwise, newCauses, goneCauses } = changes
  const line = (name: string, items: readonly ItemChange[]) =>
    items.length === 0 ? null : html`<li><b>${items.length}</b> ${name}: ${itemLinks(items)}</li>`
  const ofCauses = [
    ...(newCauses.length === 0 ? [] : [plural(newCauses.length, 'new cause')]),
    ...(goneCauses.length === 0 ? [] : [plural(goneCauses.length, 'resolved cause')]),
  ]
  const lines = [
    line('newly failed', newlyFailed),
    line('mended', mended),
    line('no longer checked', noLongerChecked),
    line('changed in another way', otherwise),
    ofCauses.length === 0 ? null : html`<li>${ofCauses.join(', ')}</li>`,
  ].filter((one) => one !== null)
  return html`<p class="quiet">Last conclusive run: ${last.verdict}, ${instant(last.finishedAt)}</p>
  ${lines.length === 0 ? html`<p>Nothing has changed.</p>` : html`<ul class="lines">${lines}</ul><p class="quiet"><a href="#changes">All changes</a></p>`}`
}

function itemLinks(items: readonly { readonly id: string }[]): Html {
  const rest = items.length - linked
  const links = items
    .slice(0, linked)
    .map(({ id }, index) => html`${index === 0 ? null : ', '}<a href="#${anchor('item', id)}">${id}</a>`)
  return html`${links}${rest > 0 ? ` and ${rest} more` : null}`
}

/** The complete list of changes; null if nothing changed or there is no earlier run to compare with. */
export function changesSection(changes: ChangesSinceLastRun | string): Html | null {
  if (typeof changes === 'string') return null
  const { last, newlyFailed, mended, noLongerChecked, otherwise, newCauses, goneCauses, uncompared } = changes
  const groups = [
    group('Newly failed', newlyFailed.map(itemLine)),
    group('Mended', mended.map(itemLine)),
    group('No longer checked', noLongerChecked.map(itemLine)),
    group('Changed in another way', otherwise.map(itemLine)),
    group(
      'New causes',
      newCauses.map(
        ({ id, summary, object }) =>
          html`<a href="#${anchor('cause', id)}">${summary}</a> <span class="object">${object}</span>`,
      ),
    ),
    group(
      'Resolved causes',
      goneCauses.map(({ summary, object }) => html`${summary} <span class="object">${object}</span>`),
    ),
  ].filter((one) => one !== null)
  if (groups.length === 0) return null
  return html`
<details class="fold printed"><summary>Changes since the last run</summary>
  <div id="changes">
  <p class="prose">The last conclusive run ended on ${instant(last.finishedAt)} with the verdict ${last.verdict}.${uncompared === 0 ? null : ` ${plural(uncompared, 'item')} that only one of the two runs checked ${uncompared === 1 ? 'is' : 'are'} not compared.`}</p>
  ${groups}
  </div>
</details>`
}

const group = (name: string, lines: readonly Html[]): Html | null =>
  lines.length === 0
    ? null
    : html`<h3>${name}</h3><ul class="lines changes">${lines.map((line) => html`<li>${line}</li>`)}</ul>`

const itemLine = ({ id, text, before, now }: ItemChange): Html =>
  html`<a href="#${anchor('item', id)}">${id}</a> ${text} <span class="change">${badge(before)} → ${badge(now)}</span>`
