/** The form in which the reports show an answer from outside: redacted, without invisible characters, and not too long. */
import { hash } from 'node:crypto'
import { redaction } from '../basis/redaction'
import { recorded, visible } from '../basis/visible-text'

/** Characters of a body that the reports show; the rest would not help a reader. */
const longestEvidence = 20_000

export interface ShownAnswer {
  readonly body: string
  readonly mediaType: 'text/plain' | 'application/json'
}

/** Answers that were shown before, by their digest. Many scenarios read the same few objects. */
const known = new Map<string, ShownAnswer>()
let secrets = 0

/** @param answer text, or data as parsed from JSON */
export function shownAnswer(answer: unknown): ShownAnswer {
  // An answer that was shown before may hold a secret that is known only now.
  if (redaction.size !== secrets) known.clear()
  secrets = redaction.size
  const key = hash('sha256', `${typeof answer} ${typeof answer === 'string' ? answer : JSON.stringify(answer)}`)
  const shown = known.get(key) ?? (typeof answer === 'string' ? ofText(answer) : ofData(answer))
  known.set(key, shown)
  return shown
}

/** Redacted before it is cut: half a secret would not be recognised. */
const ofText = (answer: string): ShownAnswer => ({
  body: cut(recorded(redaction.redactForeignStart(answer, longestEvidence + 1)), answer.length),
  mediaType: 'text/plain',
})

function ofData(answer: unknown): ShownAnswer {
  const whole = JSON.stringify(redaction.redactForeignData(answer), null, 2)
  // JSON tells an escaped character from a typed escape by itself.
  return { body: cut(visible(whole), whole.length), mediaType: 'application/json' }
}

const cut = (text: string, length: number) =>
  text.length > longestEvidence ? `${text.slice(0, longestEvidence)}\n… (${length} characters in total)` : text
