/** The frame of every command: arguments, help, errors and exit codes. Everything is printed through the exit to the terminal. */
import { Blocked, NotApplicable, Unmet } from '../basis/expectation'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { ConfigurationError } from '../configuration/error'
import { exitCodes } from '../record/verdict'
import { terminalField, terminalText } from '../report/terminal'

/** A mistake of the caller, such as a file that does not exist. */
export class Misuse extends Error {}

type ErrorClass = abstract new (...given: never[]) => Error

/** Errors whose message is enough for the reader. Any other error means that the suite broke. */
const foreseen: readonly ErrorClass[] = [Misuse, ConfigurationError, Blocked, Unmet, NotApplicable]

export interface Command<Given> {
  /** Shown on --help, and after arguments that the command does not take. */
  readonly usage: string
  /** @throws Error whose message says what is wrong with the arguments */
  readonly parse: (words: string[]) => Given
  /** Returns the exit code. */
  readonly run: (given: Given) => number | Promise<number>
  /** Further errors whose message is enough for the reader. */
  readonly foreseen?: readonly ErrorClass[]
  /** Closes what is open, however the command ended. */
  readonly close?: () => Promise<void>
  /** Shows an error; on standard error when absent. */
  readonly complain?: (text: string) => void
  /** The parser shows the help itself. */
  readonly ownHelp?: true
}

/**
 * Runs a command and ends the process. The exit code is the command's own; 3 for wrong arguments, for an error, and where
 * the process ends before the command does.
 */
export async function execute<Given>(command: Command<Given>, words = process.argv.slice(2)): Promise<void> {
  if (!command.ownHelp && words.some((word) => word === '--help' || word === '-h')) {
    print(command.usage)
    return
  }
  takeUncaught(command.complain ?? printError)
  const exitCode = await exitCodeOf(command, words)
  process.off('exit', endedEarly)
  process.exit(exitCode)
}

async function exitCodeOf<Given>(command: Command<Given>, words: string[]): Promise<number> {
  const { usage, parse, run, close, complain = printError } = command
  const known = [...foreseen, ...(command.foreseen ?? [])]
  let given: Given
  try {
    given = parse(words)
  } catch (error) {
    complain(`${describe(error)}\n${usage}`)
    return exitCodes.error
  }
  process.on('exit', endedEarly)
  try {
    try {
      return await run(given)
    } finally {
      await close?.()
    }
  } catch (error) {
    const isForeseen = known.some((kind) => error instanceof kind)
    complain(isForeseen ? describe(error) : `The suite broke: ${describe(error)}`)
    return exitCodes.error
  }
}

/** Ends with the exit code of an error where nobody catches one, in place of Node, which would print it as it is. */
function takeUncaught(complain: (text: string) => void): void {
  for (const listener of process.listeners('uncaughtException'))
    if (listener.name === 'endOnUncaught') process.off('uncaughtException', listener)
  process.on('uncaughtException', function endOnUncaught(error: unknown) {
    // Cucumber takes the errors of its steps.
    if (process.listenerCount('uncaughtException') > 1) return
    complain(`The suite broke: ${describe(error)}`)
    process.exit(exitCodes.error)
  })
}

/** The message of an error for the terminal: each text from outside is redacted, and shortened if it is long. */
function describe(error: unknown): string {
  const field = (text: string, indent = '            ') => terminalField(redaction.redactForeign(text), indent)
  if (!(error instanceof Unmet || error instanceof Blocked)) return field(messageOf(error), '  ')
  const { summary, object, expected, found } = error.finding
  return `${field(summary)}\n  where:    ${field(object)}\n  expected: ${field(expected)}\n  found:    ${field(found)}`
}

/** Ends with the exit code of an error: a step that exits, or an event loop that runs dry, is not a success. */
function endedEarly(): void {
  process.exitCode = exitCodes.error
}

export function print(text: string): void {
  process.stdout.write(`${terminalText(text)}\n`)
}

export function printError(text: string): void {
  process.stderr.write(`${terminalText(text)}\n`)
}
