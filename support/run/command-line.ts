/** The arguments of `npm run acceptance --`: the suite's own options, and everything that Cucumber takes. */
import ArgvParser from '@cucumber/cucumber/lib/configuration/argv_parser'
import { ConfigurationError } from '../configuration/error'
import { exitCodes } from '../record/verdict'

export interface CommandLine {
  /** The arguments for Cucumber, without the suite's own options. */
  readonly cucumber: string[]
  readonly profiles: string[]
  /** The context of --context. */
  readonly context: string | undefined
  readonly configurationFile: string | undefined
  /** The operator chose what Cucumber writes to the terminal. */
  readonly ownFormat: boolean
}

/**
 * Parses the arguments, and sets ACCEPTANCE_CONTEXT from --context. Cucumber's parser ends the process after --help, and with
 * its own message when an option is unknown.
 * @throws ConfigurationError when --context has no name
 */
export function parseCommandLine(given: readonly string[]): CommandLine {
  const cucumber: string[] = []
  const rest = [...given]
  let context: string | undefined
  while (rest.length > 0) {
    const word = rest.shift() ?? ''
    const [option, value] = word.split(/=(.*)/s)
    if (option === '--context') context = process.env.ACCEPTANCE_CONTEXT = contextNamed(value ?? rest.shift())
    else cucumber.push(word)
  }
  process.once('exit', endedByParser)
  const { options, configuration } = ArgvParser.parse(['node', 'acceptance', ...cucumber])
  process.off('exit', endedByParser)
  const { format = [] } = configuration
  return {
    cucumber,
    context,
    profiles: options.profile ?? [],
    configurationFile: options.config,
    ownFormat: format.some((one) => typeof one === 'string' && !one.includes(':')),
  }
}

/** Without a name, the current context would be judged, which may be the wrong cluster. */
export function contextNamed(given: string | undefined): string {
  if (!given || given.startsWith('-')) throw new ConfigurationError('--context needs the name of a context.')
  return given
}

/** Replaces the exit code 1 of Cucumber's parser for an unknown option: 1 would mean a rejected platform. */
function endedByParser(code: number): void {
  if (code !== 0) process.exitCode = exitCodes.error
}
