/** The details of a scenario for readers who want to check them: its steps, the requests sent and the responses received. */

import type { Finding } from '../../basis/finding'
import type { Evidence, StepRun } from '../../record/scenario-run'
import { type Html, html } from '../wording/html'
import type { ScenarioOutline } from '../wording/outline'
import { duration, size } from '../wording/wording'
import type { Shown } from './shown'
import { anchor, classOf, icon, stateOf } from './state'

/** The most characters of a body shown on screen. Failed steps get more, because those are the ones people read. */
const shownWhenWrong = 20_000
const shownWhenPassed = 4_000
/** The most characters of a body that are printed: half a page. */
const shownOnPaper = 2_500
// Bitmaps only, because they cannot run code or load anything.
const images = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])
const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * A collapsible scenario, initially open if it applies and did not pass.
 * @param alreadySaid reasons and cause ids that the page shows directly above, so that they are not repeated
 */
export function scenarioSection(scenario: ScenarioOutline, shown: Shown, alreadySaid: readonly string[] = []): Html {
  const { name, uri, line, status, durationMs, run, cause } = scenario
  const fine = status === 'passed' || status === 'not applicable'
  const steps = run?.steps.filter(isOfFeature) ?? []
  const said = (text: string) => alreadySaid.includes(text) || steps.some((step) => step.message?.includes(text))
  return html`
<details class="scenario ${fine ? '' : 'wrong'}"${fine ? null : html` open`}>
  <summary>${icon(status)}<span class="scenario-name">${name}</span>
    <span class="aside"><span class="${classOf(status)}">${status}</span> · ${duration(durationMs)}</span></summary>
  <div class="scenario-body">
    ${run?.description ? html`<p class="prose">${run.description}</p>` : null}
    ${run !== null && run.attempts > 1 ? html`<p class="message">The scenario took ${run.attempts} attempts. A pass on a retry proves nothing.</p>` : null}
    ${run?.reason && !said(run.reason) ? html`<p class="message">${run.reason}</p>` : null}
    ${cause === null || alreadySaid.includes(cause.id) ? null : html`<p class="cause-line">Cause: ${cause.summary} <span class="object">${cause.object}</span></p>`}
    ${run?.finding ? findingList(run.finding) : null}
    ${run === null ? html`<p class="quiet">The scenario was not started, so there is no evidence.</p>` : html`<ol class="steps">${steps.map((step) => stepItem(step, shown))}</ol>`}
    <p class="quiet where">${uri}:${line}${run?.rule ? html` · Rule: ${run.rule}` : null}</p>
  </div>
</details>`
}

/** Hooks are the suite's own. One that fails is the reason of its scenario. */
const isOfFeature = ({ keyword }: StepRun) => keyword !== 'Before' && keyword !== 'After'

function findingList({ object, expected, found }: Finding): Html {
  return html`
<dl class="finding">
  <div><dt>Object</dt><dd>${object}</dd></div>
  <div><dt>Expected</dt><dd>${expected}</dd></div>
  <div><dt>Found</dt><dd>${found}</dd></div>
</dl>`
}

function stepItem({ keyword, text, status, durationMs, message, evidence }: StepRun, shown: Shown): Html {
  const passed = status === 'passed'
  return html`
<li class="step">
  <div class="step-line">${icon(status)}<span><b>${keyword}</b> ${text}</span>
    <span class="aside">${passed ? html`<span class="hidden">passed</span>` : html`<span class="${classOf(status)}">${status}</span> · `}${duration(durationMs)}</span></div>
  ${message === null ? null : html`<p class="message">${message}</p>`}
  ${evidenceList(evidence, !['passed', 'not run', 'not applicable'].includes(stateOf(status)), shown)}
</li>`
}

/** The requests and responses of a step. Scenarios share many requests, so a response that is already on the page is only linked. */
function evidenceList(evidence: readonly Evidence[], wrong: boolean, shown: Shown): Html {
  const again = new Map<number, { readonly name: string; times: number }>()
  const sections = evidence.map((one) => {
    const { number, first } = shown.numberOf(one, wrong)
    if (first) return evidenceSection(one, number, wrong, shown)
    again.set(number, { name: one.name, times: (again.get(number)?.times ?? 0) + 1 })
    return null
  })
  const links = [...again].map(
    ([number, { name, times }]) =>
      html`<li><a href="#${anchor('evidence', String(number))}">${name}</a>${times === 1 ? null : ` (${times} times)`}</li>`,
  )
  return html`${sections}${
    links.length === 0
      ? null
      : html`<details class="evidence ${wrong ? 'wrong' : ''}"><summary>Repeated requests with the same response <span class="aside">${links.length} shown above</span></summary><ul class="lines">${links}</ul></details>`
  }`
}

function evidenceSection(evidence: Evidence, number: number, wrong: boolean, shown: Shown): Html {
  const bytes = Buffer.byteLength(evidence.body, evidence.encoding === 'base64' ? 'base64' : 'utf8')
  // Images are visible at once; text opens on demand.
  const open = wrong || images.has(evidence.mediaType)
  return html`
<details class="evidence ${wrong ? 'wrong' : ''}" id="${anchor('evidence', String(number))}"${open ? html` open` : null}>
  <summary>${evidence.name} <span class="aside">${evidence.mediaType}, ${size(bytes)}</span></summary>
  ${evidence.encoding === 'base64' ? binary(evidence, shown) : text(evidence, wrong, shown)}
</details>`
}

const omitted = (what: string) =>
  html`<p class="quiet">Omitted to keep this page small enough to mail. ${what} in messages.ndjson.</p>`

function binary({ name, mediaType, body }: Evidence, shown: Shown): Html {
  if (!images.has(mediaType) || !base64.test(body)) return html`<p class="quiet">Binary content, not shown.</p>`
  if (!shown.take('images', body.length)) return omitted('The image is')
  return html`<img src="data:${mediaType};base64,${body}" alt="${name}" loading="lazy">`
}

function text({ name, mediaType, body }: Evidence, wrong: boolean, shown: Shown): Html {
  const whole = mediaType.includes('json') ? indented(body) : body
  const limit = wrong ? shownWhenWrong : shownWhenPassed
  const paper = html`${whole.slice(0, shownOnPaper)}`
  const screen = html`${whole.slice(shownOnPaper, limit)}`
  if (!shown.take(wrong ? 'wrong' : 'passed', Buffer.byteLength(paper.markup + screen.markup)))
    return omitted(`All ${whole.length.toLocaleString('en')} characters are`)
  const more = (from: number, where: string) =>
    whole.length > from
      ? html`<p class="quiet ${where}">${(whole.length - from).toLocaleString('en')} more characters are in messages.ndjson.</p>`
      : null
  return html`<pre tabindex="0" role="group" aria-label="${name}">${paper}<span class="screen">${screen}</span></pre>
  ${more(limit, 'screen')}${more(shownOnPaper, 'paper-only')}`
}

/** Indents JSON; returns text that is not valid JSON unchanged. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
