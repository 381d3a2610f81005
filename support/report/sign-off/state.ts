/** Shows a state as a shape and a word, so that readers can distinguish states on paper and without colour. */

import type { StepStatus } from '../../record/scenario-run'
import type { ItemState, ScenarioStatus, VerdictName } from '../../record/verdict'
import { type Html, html, trusted } from '../wording/html'

type AnyState = ItemState | ScenarioStatus | StepStatus | VerdictName

/** Maps the states of steps and verdicts to the nearest item state, so that readers have one set of states to learn. */
export function stateOf(shown: AnyState): ItemState {
  switch (shown) {
    case 'accepted':
      return 'passed'
    case 'rejected':
      return 'failed'
    case 'partial':
    case 'skipped':
      return 'not run'
    case 'pending':
    case 'undefined':
    case 'ambiguous':
      return 'error'
    default:
      return shown
  }
}

/** A class name such as "state-not-run". */
export function classOf(shown: AnyState): string {
  return `state-${stateOf(shown).replace(' ', '-')}`
}

// 16 × 16, drawn in the current colour; the class "paper" is the page's background colour.
const drawings: Record<ItemState, string> = {
  passed: '<circle cx="8" cy="8" r="7.5"/><path class="paper" d="M4.6 8.3l2.3 2.3 4.5-5"/>',
  failed:
    '<rect x="1" y="1" width="14" height="14" rx="2.5"/><path class="paper" d="M5.2 5.2l5.6 5.6m0-5.6l-5.6 5.6"/>',
  blocked: '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z"/><path class="paper" d="M4.4 8h7.2"/>',
  error: '<path d="M8 .8l7.6 14H.4z"/><path class="paper" d="M8 5.9v4m0 2.5v.01"/>',
  'not run': '<circle class="line" cx="8" cy="8" r="6.8" stroke-dasharray="2.6 2.2"/>',
  waived: '<path class="line" d="M3.5 15.5V1.5h9l-2.2 3.6 2.2 3.6h-9"/>',
  attested:
    '<circle class="line" cx="8" cy="8" r="6.8"/><circle cx="8" cy="6.2" r="2.3"/><path d="M3.9 12.2c.8-3.6 7.4-3.6 8.2 0z"/>',
  'not applicable': '<circle class="line" cx="8" cy="8" r="6.8"/><path class="line" d="M3.4 12.6l9.2-9.2"/>',
}

/** The shape of a state, hidden from screen readers because the word next to it already says the state. */
export function icon(shown: AnyState): Html {
  const state = stateOf(shown)
  return html`<svg class="icon ${classOf(shown)}" viewBox="0 0 16 16" aria-hidden="true">${trusted(drawings[state])}</svg>`
}

/** The shape and the word of a state. */
export function badge(shown: AnyState): Html {
  return html`<span class="badge ${classOf(shown)}">${icon(shown)}<span>${shown}</span></span>`
}

/** An HTML id that is safe for any value; equal values yield equal ids. */
export function anchor(kind: string, value: string): string {
  return `${kind}-${encodeURIComponent(value.toWellFormed())
    .replaceAll('%', '_')
    .replace(/[^\w.-]/g, '_')}`
}
