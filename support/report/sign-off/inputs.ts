/** The inputs of the run: its configuration, the sources of the suite, and the shards that were merged. */
import type { ConfigurationRecord } from '../../configuration/effective'
import type { Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import { plural } from '../wording/wording'

export function inputs({ configuration, suite, shards }: Verdict): Html | null {
  const parts = [
    configuration === undefined ? null : configured(configuration),
    changedFiles(suite),
    shards === undefined ? null : merged(shards),
  ].filter((part) => part !== null)
  if (parts.length === 0) return null
  return html`
<details class="fold"><summary>Inputs of the run</summary>
  <div class="inputs" id="inputs">${parts}</div>
</details>`
}

function configured({ sha256, effective, differences }: ConfigurationRecord): Html {
  const source =
    sha256 === null
      ? 'There is no configuration file'
      : html`The configuration file has the SHA-256 <code class="digest">${sha256}</code>`
  const less = differences.filter(({ asked }) => asked !== null).length
  return html`<h3>Configuration</h3>
  <p class="prose">${source}. ${
    differences.length === 0
      ? 'Every value is that of the checklist.'
      : `${plural(differences.length, 'value')} ${differences.length === 1 ? 'differs' : 'differ'} from the checklist; ${less === 0 ? 'none' : less} of them ${less === 1 ? 'asks' : 'ask'} less than the checklist.`
  }</p>
  ${differences.length === 0 ? null : html`<ul class="lines">${differences.map(difference)}</ul>`}
  <details class="effective"><summary>The effective configuration: ${plural(Object.keys(effective).length, 'value')}</summary>
    <ul class="lines">${Object.entries(effective).map(([key, value]) => html`<li><code>${key}: ${value}</code></li>`)}</ul></details>`
}

const difference = ({ key, checklist, configured, asked }: ConfigurationRecord['differences'][number]): Html =>
  html`<li><code>${key}</code>: <code>${configured}</code>, in the checklist <code>${checklist}</code>${asked === null ? null : html`. <b>Asks less:</b> the checklist asks ${asked}`}</li>`

function changedFiles({
  commit,
  changedFiles: changed,
  sourcesSha256,
  environment = [],
}: Verdict['suite']): Html | null {
  if (sourcesSha256 === undefined) return null
  const digest = html`The files of the suite have the SHA-256 <code class="digest">${sourcesSha256}</code>.`
  const compared =
    changed === null || changed === undefined
      ? 'There is no checkout to compare them with.'
      : changed.length === 0
        ? `They are those of the commit ${commit ?? 'unknown'}.`
        : html`<b>${plural(changed.length, 'file')} ${changed.length === 1 ? 'differs' : 'differ'} from the commit</b> ${commit ?? 'unknown'}:`
  return html`<h3>Suite</h3>
  <p class="prose">${digest} ${compared}</p>
  ${changed === null || changed === undefined || changed.length === 0 ? null : html`<ul class="lines">${changed.map((path) => html`<li><code>${path}</code></li>`)}</ul>`}
  ${
    environment.length === 0
      ? null
      : html`<p class="prose">The environment adds code to the run, or changes whom it trusts:</p>
  <ul class="lines">${environment.map((one) => html`<li><code>${one}</code></li>`)}</ul>`
  }`
}

const merged = (shards: NonNullable<Verdict['shards']>): Html => html`<h3>Merged shards</h3>
  <ul class="lines">${shards.map(({ shard, digest, keyFingerprint, verified }) => html`<li>Shard ${shard}, ${keyFingerprint === null ? 'not signed' : html`${verified ? 'signed' : 'with an unchecked signature'} by the key <code class="digest">${keyFingerprint}</code>`}; digest <code class="digest">${digest}</code></li>`)}</ul>`
