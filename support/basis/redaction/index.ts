/**
 * The one place through which text leaves the process: World.attach, the errors of steps and hooks, the facts of a run and
 * the terminal all pass it. Clients register every secret value before they use it.
 */
import { Redaction } from './redaction'

export { Redaction }

/** The process has one: a secret that one client read must not leave through another. */
export const redaction = new Redaction()

/** The beginning of a foreign text for a message, redacted before it is cut: half a secret would not be recognised. */
export function excerpt(text: string, characters = 300): string {
  return redaction.redactForeignStart(text, characters)
}
