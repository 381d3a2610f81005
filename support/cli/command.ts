/** The frame of every command: arguments, help, errors and exit codes. Everything is printed through the exit to the terminal. */
import type { ArgumentsCamelCase, Argv } from 'yargs'
import { Blocked, NotApplicable, Unmet } from '../basis/expectation'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { checkVariables } from '../configuration/environment'
import { ConfigurationError } from '../configuration/error'
import { exitCodes } from '../record/verdict'
import { terminalField, terminalText } from '../report/terminal'

/** A mistake of the caller, such as a file that does not exist. */
export class Misuse extends Error {}

type ErrorClass = abstract new (...given: never[]) => Error

/** Errors whose message is enough for the reader. Any other error means that the suite broke. */
const foreseen: readonly ErrorClass[] = [Misuse, ConfigurationError, Blocked, Unmet, NotApplicable]

interface Definition<Given> {
  /** Declares positional arguments, options, examples, and the exit codes as the epilogue of the help. */
  readonly arguments: (parser: Argv) => Argv<Given>
  /** Returns the exit code. */
  readonly run: (given: ArgumentsCamelCase<Given>) => number | Promise<number>
  /** Further errors whose message is enough for the reader. */
  readonly foreseen?: readonly ErrorClass[]
  /** Closes what is open, however the command ended. */
  readonly close?: () => Promise<void>
  /** Shows an error; on standard error when absent. */
  readonly complain?: (text: string) => void
}

/** A command whose arguments the command line has read and checked. */
export interface Command {
  readonly declare: (parser: Argv) => Argv
  /** Runs the command. Returns its own exit code; 3 for an error. */
  readonly execute: (given: ArgumentsCamelCase) => Promise<number>
}

/** A command; the types of its arguments follow from their declaration. */
export const command = <Given>(definition: Definition<Given>): Command => ({
  declare: definition.arguments,
  // The parser has checked the arguments against the declaration.
  execute: (given) => exitCodeOf(definition, given as ArgumentsCamelCase<Given>),
})

async function exitCodeOf<Given>(
  { run, close, foreseen: further = [], complain = printError }: Definition<Given>,
  given: ArgumentsCamelCase<Given>,
): Promise<number> {
  try {
    try {
      checkVariables(process.env)
      return await run(given)
    } finally {
      await close?.()
    }
  } catch (error) {
    const isForeseen = [...foreseen, ...further].some((kind) => error instanceof kind)
    complain(isForeseen ? describe(error) : `The suite broke: ${describe(error)}`)
    return exitCodes.error
  }
}

/** Ends with the exit code of an error where nobody catches one, in place of Node, which would print it as it is. */
export function takeUncaught(): void {
  for (const listener of process.listeners('uncaughtException'))
    if (listener.name === 'endOnUncaught') process.off('uncaughtException', listener)
  process.on('uncaughtException', function endOnUncaught(error: unknown) {
    // Cucumber takes the errors of its steps.
    if (process.listenerCount('uncaughtException') > 1) return
    printError(`The suite broke: ${describe(error)}`)
    process.exit(exitCodes.error)
  })
}

/** The message of an error for the terminal, with the commands that help: redacted, and each text shortened if it is long. */
function describe(error: unknown): string {
  const field = (text: string, indent = '            ') => terminalField(redaction.redactForeign(text), indent)
  if (!(error instanceof Unmet || error instanceof Blocked)) return field(messageOf(error), '  ')
  const { summary, object, expected, found, remedy } = error.finding
  const commands = remedy.map((command) => `\n    ${redaction.redact(command).replaceAll('\n', '\n    ')}`)
  return `${field(summary)}\n  where:    ${field(object)}\n  expected: ${field(expected)}\n  found:    ${field(found)}${commands.join('')}`
}

export function print(text: string): void {
  process.stdout.write(`${terminalText(text)}\n`)
}

export function printError(text: string): void {
  process.stderr.write(`${terminalText(text)}\n`)
}
