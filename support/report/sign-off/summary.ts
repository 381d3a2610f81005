/** The verdict with its scope and platform, and the waivers and attestations. */

import type { ItemRecord, ItemState, Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import {
  capital,
  describeConfiguration,
  describeSuite,
  duration,
  instant,
  isVouchedFor,
  meaningOf,
  placeOf,
  plural,
  waiversOf,
} from '../wording/wording'
import { strip } from './metrics'
import { anchor, badge, classOf, icon } from './state'

export function summary(verdict: Verdict): Html {
  const waivers = waiversOf(verdict)
  return html`
<header class="masthead">
  <p class="kicker">Acceptance record of the DORA metrics service</p>
  <p class="where">${placeOf(verdict.platform)}</p>
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
  ${strip(verdict)}
</header>`
}

/** The scope of the run and the identity of the platform. */
export function covered(verdict: Verdict): Html {
  return html`
<details class="fold"><summary>Scope and platform</summary>
  <div class="facts">
  ${scopeFacts(verdict)}
  ${platformFacts(verdict)}
  </div>
</details>`
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

const listing = new Intl.ListFormat('en-GB')

/** A filter that lists sections and items in words, such as "sections 5, 7 and 8"; any other as its tag expression. */
function filterInWords(filter: string): string {
  const tags = filter.replace(/^\((.*)\)$/, '$1').split(' or ')
  const named = (kind: string) => tags.flatMap((tag) => tag.match(`^@${kind}:([\\w.-]+)$`)?.[1] ?? [])
  const [sections, items] = [named('section'), named('checklist')]
  if (sections.length + items.length < tags.length) return `the scenarios with the tags ${filter}`
  const words = [
    ...(sections.length === 0 ? [] : [`${sections.length === 1 ? 'section' : 'sections'} ${listing.format(sections)}`]),
    ...(items.length === 0 ? [] : [`${items.length === 1 ? 'item' : 'items'} ${listing.format(items)}`]),
  ]
  return `only ${words.join(' and ')}`
}

/** The scope in one line. */
function scopeOf({ scope, platform }: Verdict): string {
  const parts = [
    scope.filter === null ? 'the whole checklist' : filterInWords(scope.filter),
    ...(scope.shard === null ? [] : [`shard ${scope.shard}`]),
  ]
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
    ${platform.environment ? fact('Environment', platform.environment) : null}
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

/** The items with a waiver or an attestation. */
export function vouched(verdict: Verdict): Html | null {
  const rows = verdict.items.filter(isVouchedFor)
  if (rows.length === 0) return null
  return html`
<details class="fold printed"><summary>Waivers and attestations: reasons and dates <span class="aside">${plural(rows.length, 'item')}</span></summary>
  <div class="scroll" id="vouched" tabindex="0" role="group" aria-label="Waivers and attestations">
  <table>
    <caption class="hidden">Waived and attested items: by whom, for what reason and until when</caption>
    <thead><tr><th scope="col">Item</th><th scope="col">State</th><th scope="col">By</th><th scope="col">Reason or evidence</th><th scope="col">Valid until</th></tr></thead>
    <tbody>${rows.map(vouchedRow)}</tbody>
  </table>
  </div>
</details>`
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
