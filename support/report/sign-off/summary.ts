/** The verdict and its scope, the causes with their remedies, and the waivers and attestations. */

import type { Cause, ItemRecord, ItemState, Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import type { Outline } from '../wording/outline'
import {
  commandsOf,
  describeConfiguration,
  describeSuite,
  duration,
  instant,
  isVouchedFor,
  meaningOf,
  waiversOf,
} from '../wording/wording'
import { anchor, badge, classOf, icon } from './state'

export function summary(verdict: Verdict): Html {
  const waivers = waiversOf(verdict)
  return html`
<header class="masthead">
  <p class="kicker">DORA metrics service · Acceptance record</p>
  <div class="verdict ${classOf(verdict.verdict)}">
    <div class="seal">${icon(verdict.verdict)}</div>
    <div>
      <h1>${capital(verdict.verdict)}${waivers === null ? null : html` <span class="waivers">with ${waivers}</span>`}</h1>
      <p class="meaning">${meaningOf(verdict)}</p>
      <p class="when"><time datetime="${verdict.finishedAt}">${instant(verdict.finishedAt)}</time>, run time ${duration(Date.parse(verdict.finishedAt) - Date.parse(verdict.startedAt))}</p>
      <p class="when">${scopeOf(verdict)}</p>
    </div>
  </div>
  ${countsBar(verdict)}
</header>`
}

/** The scope of the run and the identity of the platform. */
export function covered(verdict: Verdict): Html {
  return html`
<section class="facts" aria-labelledby="covered">
  <h2 id="covered" class="hidden">Scope and platform</h2>
  ${scopeFacts(verdict)}
  ${platformFacts(verdict)}
</section>`
}

/** Passed items first, because a bar is read from the left. */
const barOrder: readonly ItemState[] = [
  'passed',
  'attested',
  'waived',
  'not run',
  'blocked',
  'failed',
  'error',
  'not applicable',
]

function countsBar({ counts, items }: Verdict): Html {
  let left = 0
  const segments = barOrder.map((state) => {
    const segment = html`<rect class="${classOf(state)}" x="${left}" width="${counts[state]}" height="1"/>`
    left += counts[state]
    return segment
  })
  return html`
<div class="counts">
  <svg class="bar" viewBox="0 0 ${Math.max(items.length, 1)} 1" preserveAspectRatio="none" aria-hidden="true">${segments}</svg>
  <ul aria-label="Items by state">${barOrder.map((state) => html`<li class="${counts[state] === 0 ? 'none' : ''}">${icon(state)}<b>${counts[state]}</b> ${state}</li>`)}</ul>
</div>`
}

/** The scope in one line. */
function scopeOf({ scope, platform }: Verdict): string {
  const parts = [scope.filter ?? 'the whole checklist', ...(scope.shard === null ? [] : [`shard ${scope.shard}`])]
  const how = scope.writes ? 'read and write' : 'read-only'
  return `Scope: ${parts.join(', ')}; ${how}; namespace ${platform.namespace} on ${platform.server ?? 'an unknown cluster'}`
}

function scopeFacts({ scope, startedAt, suite, configuration }: Verdict): Html {
  return html`
<div>
  <h3>This run</h3>
  <dl>
    ${fact('Scope', scope.writes ? 'Read and write: the run was allowed to change the platform' : 'Read-only: the run changed nothing')}
    ${fact('Contract', scope.contract)}
    ${fact('Filter', scope.filter ?? 'None: the whole checklist')}
    ${scope.shard === null ? null : fact('Shard', scope.shard)}
    ${fact('Started', instant(startedAt))}
    ${fact('Suite', describeSuite(suite, 12))}
    ${configuration === undefined ? null : fact('Configuration', html`<a href="#inputs">${describeConfiguration(configuration)}</a>`)}
  </dl>
</div>`
}

function platformFacts({ platform }: Verdict): Html {
  const unknown = 'Unknown: the cluster did not respond'
  return html`
<div>
  <h3>The platform</h3>
  <dl>
    ${fact('Cluster', platform.server ?? unknown)}
    ${fact('Context', platform.context ?? 'None')}
    ${fact('Namespace', platform.namespace)}
    ${fact('Kubernetes', platform.kubernetesVersion ?? unknown)}
    ${fact('Images', platform.images.length === 0 ? 'None found' : lines(platform.images.map((image) => html`<code>${image}</code>`)))}
    ${platform.routes.length === 0 ? null : fact('Routes', lines(platform.routes.map(({ part, route }) => html`${part}: <code>${route}</code>`)))}
  </dl>
</div>`
}

function fact(name: string, value: string | Html): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

function lines(parts: readonly Html[]): Html {
  return html`<ul class="lines">${parts.map((part) => html`<li>${part}</li>`)}</ul>`
}

/** Problems of the run, causes of failures on the platform with their remedies, and the rollback. */
export function attention(verdict: Verdict, { problems }: Outline): Html {
  return html`
${
  problems.length === 0
    ? null
    : html`<section aria-labelledby="problems"><h2 id="problems">Problems with the run itself</h2>
  <ul class="problems">${problems.map((problem) => html`<li>${icon('error')}<span>${problem}</span></li>`)}</ul></section>`
}
${
  verdict.causes.length === 0
    ? null
    : html`<section aria-labelledby="causes"><h2 id="causes">Causes and remedies</h2>
  ${verdict.causes.map((cause) => causeArticle(cause, verdict.items))}${uncollected(verdict)}</section>`
}
${rollback(verdict)}`
}

function causeArticle(cause: Cause, records: readonly ItemRecord[]): Html {
  const { id, summary, object, found, symptoms, facts, items } = cause
  const states = new Map(records.map((record) => [record.id, record.status]))
  return html`
<article class="cause" id="${anchor('cause', id)}">
  <h3>${summary}</h3>
  <p class="object">${object}</p>
  <ul class="item-links" aria-label="Affected items">${items.map((item) => html`<li><a href="#${anchor('item', item)}">${icon(states.get(item) ?? 'failed')}<span>${item}</span> <span class="quiet">${states.get(item) ?? null}</span></a></li>`)}</ul>
  <p class="found"><span class="quiet">Found:</span> ${found}</p>
  ${symptoms.length === 0 ? null : html`<p class="quiet">Consequences:</p>${lines(symptoms.map((symptom) => html`${symptom}`))}`}
  ${facts.length === 0 ? null : html`<details class="cause-facts"><summary>Related events and logs from the cluster</summary>${lines(facts.map((fact) => html`<code>${fact}</code>`))}</details>`}
  ${remedy(commandsOf(cause), 'Commands to run')}
</article>`
}

const remedy = (commands: readonly string[], label: string): Html | null =>
  commands.length === 0
    ? null
    : html`<pre class="remedy" tabindex="0" role="group" aria-label="${label}">${commands.map((command) => html`<code>${command}</code>\n`)}</pre>`

/** Facts that could not be collected for the diagnosis, with the reasons. */
function uncollected({ diagnosis }: Verdict): Html | null {
  const missing = diagnosis?.uncollected ?? []
  if (missing.length === 0) return null
  return html`
<p class="quiet">Could not be collected for the diagnosis:</p>
${lines(missing.map(({ what, why }) => html`${what}: ${why}`))}`
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

/** The items with a waiver or an attestation. */
export function vouched(verdict: Verdict): Html | null {
  const rows = verdict.items.filter(isVouchedFor)
  if (rows.length === 0) return null
  return html`
<section aria-labelledby="vouched">
  <h2 id="vouched">Waivers and attestations: reasons and dates</h2>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="vouched">
  <table>
    <caption class="hidden">Waived and attested items: by whom, for what reason and until when</caption>
    <thead><tr><th scope="col">Item</th><th scope="col">State</th><th scope="col">By</th><th scope="col">Reason or evidence</th><th scope="col">Valid until</th></tr></thead>
    <tbody>${rows.map(vouchedRow)}</tbody>
  </table>
  </div>
</section>`
}

function vouchedRow({ id, text, status, waiver, attestation }: ItemRecord): Html {
  const by = status === 'waived' ? waiver?.owner : attestation?.by
  const until = status === 'waived' ? waiver?.expires : attestation?.expires
  const reason =
    status === 'waived'
      ? html`${waiver?.reason ?? 'not recorded'}`
      : html`${link(attestation?.evidence ?? 'not recorded')}${attestation ? html` <span class="quiet">attested on ${instant(attestation.date)}</span>` : null}`
  return html`<tr><th scope="row"><a href="#${anchor('item', id)}">${id}</a> ${text}</th><td>${badge(status)}</td><td>${by ?? 'not recorded'}</td><td>${reason}</td><td>${until === undefined ? 'not recorded' : instant(until)}</td></tr>`
}

/** A link for http and https addresses; anything else stays text. */
function link(text: string): Html {
  const address = URL.canParse(text) ? new URL(text) : null
  if (address?.protocol !== 'https:' && address?.protocol !== 'http:') return html`${text}`
  return html`<a href="${address.href}" rel="noopener noreferrer">${text}</a>`
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
