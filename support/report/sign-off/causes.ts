/** The causes: what each one affects in plain words, then the object, what is expected and found, who acts, and what to type. */
import type { Cause, ItemRecord, Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import type { Outline } from '../wording/outline'
import { commandsOf, effectOf, plural } from '../wording/wording'
import { anchor, icon } from './state'

/** The causes that are open at first: those that affect most. */
const opened = 3

/** The causes on the page; the others are behind one line, so that a list of dozens does not push the checklist away. */
const listed = 8

/** A longer text is folded, because it is a table or a log. */
const longestText = 400

/** Problems of the run, causes with their remedies, and the rollback. */
export function attention(verdict: Verdict, { problems }: Outline): Html {
  const { causes, items } = verdict
  const rest = causes.slice(listed)
  return html`
${
  problems.length === 0
    ? null
    : html`<section aria-labelledby="problems"><h2 id="problems">Problems with the run itself</h2>
  <ul class="problems">${problems.map((problem) => html`<li>${icon('error')}<span>${problem}</span></li>`)}</ul></section>`
}
${
  causes.length === 0
    ? null
    : html`<section aria-labelledby="causes"><h2 id="causes">${causes.length === 1 ? 'The cause' : `${causes.length} causes`}, and who acts</h2>
  ${causes.slice(0, listed).map((cause, index) => causeEntry(cause, items, index < opened))}
  ${rest.length === 0 ? null : html`<details class="fold printed"><summary>${plural(rest.length, 'more cause')}</summary>${rest.map((cause) => causeEntry(cause, items, false))}</details>`}${following(verdict)}${uncollected(verdict)}</section>`
}
${rollback(verdict)}`
}

function causeEntry(cause: Cause, records: readonly ItemRecord[], isOpen: boolean): Html {
  const { id, summary, object, expected, found, symptoms, facts, items, owner } = cause
  const states = new Map(records.map((record) => [record.id, record.status]))
  return html`
<details class="cause"${isOpen ? html` open` : null}>
  <summary><span class="effect">${effectOf(cause)}</span>
    <h3>${summary}</h3>
    ${owner === undefined ? null : html`<span class="owner">Who acts: <b>${owner}</b></span>`}</summary>
  <div class="cause-body" id="${anchor('cause', id)}">
    <dl class="finding">
      <div><dt>Object</dt><dd class="object">${object}</dd></div>
      ${expected === undefined || expected === '' ? null : html`<div><dt>Expected</dt><dd>${shortened(expected)}</dd></div>`}
      <div><dt>Found</dt><dd>${shortened(found)}</dd></div>
      <div><dt>Items</dt><dd><ul class="item-links">${items.map((item) => html`<li><a href="#${anchor('item', item)}">${icon(states.get(item) ?? 'failed')}<span>${item}</span> <span class="quiet">${states.get(item) ?? null}</span></a></li>`)}</ul></dd></div>
    </dl>
    ${remedy(commandsOf(cause), 'Commands to run')}
    ${
      symptoms.length === 0
        ? null
        : folded(
            'Consequences',
            symptoms.map((symptom) => html`${symptom}`),
          )
    }
    ${
      facts.length === 0
        ? null
        : folded(
            'Related events and logs from the cluster',
            facts.map((fact) => html`<code>${fact}</code>`),
          )
    }
  </div>
</details>`
}

const folded = (name: string, lines: readonly Html[]): Html =>
  html`<details class="fold"><summary>${name} <span class="aside">${lines.length}</span></summary>${list(lines)}</details>`

/** The first line of a long text, and the whole text behind it. */
function shortened(text: string): Html {
  if (text.length <= longestText) return html`<span class="text">${text}</span>`
  const start = text.slice(0, longestText).split('\n', 1)[0] ?? ''
  return html`${start} …<details class="fold"><summary>All of it</summary><pre tabindex="0">${text}</pre></details>`
}

const list = (parts: readonly Html[]): Html =>
  html`<ul class="lines">${parts.map((part) => html`<li>${part}</li>`)}</ul>`

const remedy = (commands: readonly string[], label: string): Html | null =>
  commands.length === 0
    ? null
    : html`<pre class="remedy" tabindex="0" role="group" aria-label="${label}">${commands.map(remedyLine)}</pre>`

/** A line to type has a prompt; a comment has none. */
const remedyLine = (line: string): Html =>
  line.startsWith('#') ? html`<code class="comment">${line}</code>\n` : html`<code>${line}</code>\n`

/** The derived items that fail or are blocked because of items that have a cause. */
function following({ items }: Verdict): Html | null {
  const derived = items.filter(({ how, status }) => how === 'derived' && (status === 'failed' || status === 'blocked'))
  if (derived.length === 0) return null
  const links = derived.map(
    ({ id }, index) => html`${index === 0 ? null : ', '}<a href="#${anchor('item', id)}">${id}</a>`,
  )
  const follow = derived.length === 1 ? 'item follows' : 'items follow'
  return html`<p class="prose">${derived.length} more ${follow} from the items above: ${links}.</p>`
}

/** Facts that could not be collected for the diagnosis, with the reasons. */
function uncollected({ diagnosis }: Verdict): Html | null {
  const missing = diagnosis?.uncollected ?? []
  if (missing.length === 0) return null
  return folded(
    'Could not be collected for the diagnosis',
    missing.map(({ what, why }) => html`${what}: ${why}`),
  )
}

/** The checklist's rollback of a rejected deployment, with commands for this platform. */
function rollback({ rollback }: Verdict): Html | null {
  if (rollback === undefined) return null
  return html`
<section aria-labelledby="rollback">
  <h2 id="rollback">To roll the deployment back</h2>
  <ol class="rollback">${rollback.map(({ id, step, byHand, commands }) => html`<li>${step} <span class="quiet">${id}${commands.length === 0 && !byHand ? ': nothing to do on this platform' : null}</span>${remedy(commands, step)}</li>`)}</ol>
</section>`
}
