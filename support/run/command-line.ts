/** What `npm run acceptance --` takes: its own options, and everything that Cucumber takes. */
import ArgvParser from '@cucumber/cucumber/lib/configuration/argv_parser'
import { ConfigurationError } from '../configuration/error'
import { exitCodes } from '../record/verdict'

export interface CommandLine {
  /** Cucumber's own options, without those that this suite handles. */
  readonly cucumber: string[]
  readonly profiles: string[]
  readonly configurationFile: string | undefined
  /** Whether the operator chose what Cucumber writes to the terminal. */
  readonly ownFormat: boolean
}

/** Ends the process with Cucumber's own message when an option is unknown. */
export function parseCommandLine(given: readonly string[]): CommandLine {
  const cucumber: string[] = []
  const rest = [...given]
  while (rest.length > 0) {
    const word = rest.shift() ?? ''
    const [option, value] = word.split(/=(.*)/s)
    if (option === '--context') process.env.ACCEPTANCE_CONTEXT = contextNamed(value ?? rest.shift())
    else cucumber.push(word)
  }
  process.once('exit', endedByParser)
  const { options, configuration } = ArgvParser.parse(['node', 'acceptance', ...cucumber])
  process.off('exit', endedByParser)
  const { format = [] } = configuration
  return {
    cucumber,
    profiles: options.profile ?? [],
    configurationFile: options.config,
    ownFormat: format.some((one) => typeof one === 'string' && !one.includes(':')),
  }
}

/** Without a name the current context would be judged, which may be another cluster than was meant. */
function contextNamed(given: string | undefined): string {
  if (!given || given.startsWith('-')) throw new ConfigurationError('--context needs the name of a context.')
  return given
}

/** Cucumber's parser ends the process with 1 when it does not know an option, which would mean a rejected platform. */
function endedByParser(code: number): void {
  if (code !== 0) process.exitCode = exitCodes.error
}
