/**
 * reports/sign-off.html: the record as a page that a product owner reads, files and signs. A single file without scripts
 * that loads nothing: its content policy allows only its own style sheet and embedded images.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../../basis/checkout'
import type { ChangesSinceLastRun } from '../../record/changes'
import type { ScenarioRun } from '../../record/scenario-run'
import type { Verdict } from '../../record/verdict'
import { html, trusted } from '../wording/html'
import { outlineOf } from '../wording/outline'
import { describeSuite, instant, placeOf } from '../wording/wording'
import { appendix } from './appendix'
import { brief, changesSection } from './brief'
import { attention } from './causes'
import { checklist, filterRules } from './checklist'
import { inputs } from './inputs'
import { metricsSection } from './metrics'
import { covered, summary, vouched } from './summary'

/**
 * Renders the whole page.
 * @param changes the changes since the last run, or a sentence that says why there is no comparison
 * @param options.evidence false leaves out the appendix
 */
export function renderSignOff(
  verdict: Verdict,
  runs: readonly ScenarioRun[],
  changes: ChangesSinceLastRun | string,
  { evidence = true }: { readonly evidence?: boolean } = {},
): string {
  const outline = outlineOf(verdict, runs)
  const style = readFileSync(join(checkout, 'support', 'report', 'sign-off', 'style.css'), 'utf8') + filterRules()
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${verdict.verdict}: ${placeOf(verdict.platform)}, ${instant(verdict.finishedAt)}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#checklist">Skip to the checklist</a>
<main>
${summary(verdict)}
${metricsSection(verdict, outline)}
${attention(verdict, outline)}
${brief(verdict, changes)}
${vouched(verdict)}
${changesSection(changes)}
${checklist(verdict, outline)}
${covered(verdict)}
${inputs(verdict)}
${signatures(verdict)}
${appendix(outline, evidence)}
</main>
</body>
</html>
`.markup
}

function signatures({ verdict, digest, suite, signedBy, ownChecks, configuration }: Verdict) {
  const field = (name: string) => html`<div><dt>${name}</dt><dd></dd></div>`
  return html`
<section class="signatures" aria-labelledby="signatures">
  <h2 id="signatures">Sign-off</h2>
  <p class="prose">By signing, you confirm the verdict <strong>${verdict}</strong> and the record with the digest below, and no other.</p>
  <dl class="sign">
    ${field('Deployed by')}${field('Date')}
    ${field('Verified by')}${field('Date')}
  </dl>
  <p class="prose">To check that verdict.json is still this record, run <code>npx dora-acceptance verify verdict.json</code> and compare the digest. If there is a signature file, verdict.json.sig, add <code>--public-key FILE</code> to check it too.</p>
  <dl class="identity">
    <div><dt>Digest of the record (SHA-256 of verdict.json)</dt><dd>${digest}</dd></div>
    ${signedBy === undefined ? null : html`<div><dt>Signed by the key (SHA-256)</dt><dd>${signedBy}</dd></div>`}
    <div><dt>Suite</dt><dd>${describeSuite(suite)}</dd></div>
    <div><dt>Checklist (SHA-256)</dt><dd>${suite.checklistSha256}</dd></div>
    ${ownChecks ? html`<div><dt>Own checks (SHA-256 of lists, features and steps)</dt><dd>${ownChecks.sha256}</dd></div>` : null}
    ${configuration ? html`<div><dt>Configuration file (SHA-256)</dt><dd>${configuration.sha256 ?? 'none'}</dd></div>` : null}
  </dl>
</section>`
}
