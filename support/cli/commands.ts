/** The commands of `dora-acceptance`, and the reading of its command line. A command is loaded only when it is called. */
import yargs, { type ArgumentsCamelCase } from 'yargs'
import { version } from '../../package.json'
import { messageOf } from '../basis/message'
import { nearest } from '../basis/nearest'
import { exitCodes } from '../record/verdict'
import { type Command, Misuse } from './command'
import { refuseForeignOptions } from './foreign-options'

interface Entry {
  /** The name, and the positional arguments in the notation of yargs. */
  readonly command: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** In the order in which the help lists them. */
export const commands: readonly Entry[] = [
  {
    command: 'run [what..]',
    summary: 'Judge the platform and write the reports',
    load: async () => (await import('./run')).run,
  },
  {
    command: 'init',
    summary: 'Write a configuration with what differs from the defaults in the cluster',
    load: async () => (await import('./init')).init,
  },
  {
    command: 'list [what..]',
    summary: 'List the items with their scenarios and the rights that they need; nothing is run',
    load: async () => (await import('./list')).list,
  },
  {
    command: 'watch [what..]',
    summary: 'Follow a deployment: ask again for what does not hold yet, until everything does',
    load: async () => (await import('./watch')).watch,
  },
  {
    command: 'explain',
    summary: 'Show the metrics of a project and the events behind them',
    load: async () => (await import('./explain')).explain,
  },
  {
    command: 'report',
    summary: 'Render the Allure report of the last run as HTML',
    load: async () => (await import('./report')).report,
  },
  {
    command: 'merge <directories..>',
    summary: 'Merge the reports of the shards of a run',
    load: async () => (await import('./merge')).merge,
  },
  {
    command: 'verify [file]',
    summary: 'Check that a record is unchanged, and show who signed it',
    load: async () => (await import('./verify')).verify,
  },
  {
    command: 'notify',
    summary: 'Send the first screen of the last run to a chat or a webhook',
    load: async () => (await import('./notify')).notify,
  },
  {
    command: 'access',
    summary: 'Print the rights that a run needs, as manifests',
    load: async () => (await import('./access')).access,
  },
  {
    command: 'schema',
    summary: 'Print the JSON Schema of the configuration file',
    load: async () => (await import('./schema')).schema,
  },
  {
    command: 'sandbox [arguments..]',
    summary: 'Start or stop a local platform for trying the suite (only in a checkout)',
    load: async () => (await import('./of-checkout')).sandbox,
  },
  {
    command: 'faults [arguments..]',
    summary: 'Prove every check with a fault that turns it red (only in a checkout)',
    load: async () => (await import('./of-checkout')).faults,
  },
]

/** The end of a command, and what the command line itself has to say. */
export interface Outcome {
  readonly exitCode: number
  /** Help, version or completion script. */
  readonly output?: string
  /** The mistake in the arguments, in words. */
  readonly complaint?: string
}

/**
 * Reads a command line and runs its command.
 * @param words the arguments behind the name of the program
 */
export async function outcomeOf(words: readonly string[]): Promise<Outcome> {
  const called: { exitCode?: number } = {}
  let output = ''
  try {
    refuseForeignOptions(words)
    const parser = parserOf((exitCode) => {
      called.exitCode = exitCode
    })
    await parser.parseAsync([...words], {}, (error, _, text) => {
      if (!error) output = text
    })
    return called.exitCode === undefined ? { exitCode: 0, output } : { exitCode: called.exitCode }
  } catch (error) {
    return { exitCode: exitCodes.error, complaint: await complaintOf(error, words) }
  }
}

/** @param ended receives the exit code of the command */
function parserOf(ended: (exitCode: number) => void) {
  const parser = yargs()
    .scriptName('dora-acceptance')
    .locale('en')
    .usage('Usage: $0 COMMAND\n\nJudges a deployed DORA metrics service against its deployment checklist.')
    .strict()
    .recommendCommands()
    .demandCommand(1, 1, 'Name a command, such as run.', 'Unexpected argument behind "--".')
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Misuse(message)
    })
    .version(version)
    .help()
    .alias('h', 'help')
    .completion('completion', 'Print a script that completes commands and options in bash or zsh')
    .epilogue('dora-acceptance COMMAND --help shows the arguments, examples and exit codes of a command.')
    .wrap(Math.min(120, process.stdout.columns || 120))
    .parserConfiguration({
      // An item such as 10.10 is not a number.
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'dot-notation': false,
    })
  for (const { command, summary, load } of commands)
    parser.command({
      command,
      describe: summary,
      builder: async (declared) => (await load()).declare(declared).check(isUnambiguous),
      handler: async (given: ArgumentsCamelCase) => ended(await (await load()).execute(given)),
    })
  return parser
}

/** The name of an option as it is typed; the parser also stores it in camel case. */
const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Refuses arguments that would silently be lost: an option that is given twice where one is wanted, and words behind "--". */
function isUnambiguous(given: ArgumentsCamelCase, options: { readonly [name: string]: unknown }): true {
  if (given._.length > 1) throw new Misuse(`Unexpected argument: ${given._.slice(1).join(' ')}.`)
  const lists = new Set(Array.isArray(options.array) ? options.array.map(String) : [])
  const twice = Object.keys(given).find(
    (name) => name !== '_' && Array.isArray(given[name]) && !lists.has(dashed(name)),
  )
  if (twice !== undefined) throw new Misuse(`${twice.length > 1 ? '--' : '-'}${twice} is given more than once.`)
  return true
}

async function complaintOf(error: unknown, [name = '']: readonly string[]): Promise<string> {
  const known = commands.some(({ command }) => command.split(' ', 1)[0] === name)
  const options = known ? await optionsOf(name) : ['help', 'version']
  const mistake =
    !known && name.startsWith('-')
      ? await unknownArguments(name.replace(/^-+/, ''), options)
      : await inWords(messageOf(error), options)
  return `${mistake}\nSee: dora-acceptance ${known ? `${name} ` : ''}--help`
}

const missing = (options: readonly string[]): string =>
  `Add ${new Intl.ListFormat('en-GB').format(options)}, ${options.length === 1 ? 'with a value' : 'each with a value'}.`

/** The messages of the parser, as sentences that say what to type. */
async function inWords(message: string, options: readonly string[]): Promise<string> {
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(message) ?? []
  if (unknown !== undefined) return unknownArguments(unknown, options)
  return message
    .replace(/^Not enough arguments following: (.*)$/, (_, option: string) => `${typed(option)} needs a value.`)
    .replace(/^Missing required arguments?: (.*)$/, (_, names: string) => missing(names.split(', ').map(typed)))
    .replace(
      /^Arguments (\S+) and (\S+) are mutually exclusive$/,
      (_, one: string, other: string) => `${typed(one)} and ${typed(other)} exclude each other: give one of them.`,
    )
    .replace(
      /^Missing dependent arguments:\s+(\S+) -> (\S+)$/,
      (_, one: string, other: string) => `${typed(one)} needs ${typed(other)}: add it.`,
    )
    .replace(
      /^Invalid values:\s+Argument: (\S+), Given: "(.*)", Choices: (.*)$/s,
      (_, option: string, given: string, choices: string) =>
        `${typed(option)} ${given}: expected ${choices.replaceAll('"', '').replace(/, ([^,]*)$/, ' or $1')}.`,
    )
    .replace(/^Not enough non-option arguments: .*$/, 'Add the arguments that the usage shows in angle brackets.')
}

const typed = (option: string): string => `${option.length > 1 ? '--' : '-'}${option}`

/** The parser names an unknown option with dashes also in camel case. */
async function unknownArguments(names: string, options: readonly string[]): Promise<string> {
  const all = names.split(', ')
  const unknown = all.filter((one) => dashed(one) === one || !all.includes(dashed(one)))
  const complaints = unknown.map(async (one) => `Unknown argument: ${one}.${await inPlaceOf(one, options)}`)
  return (await Promise.all(complaints)).join('\n')
}

async function inPlaceOf(argument: string, options: readonly string[]): Promise<string> {
  const meant = nearest(argument, options)
  if (meant !== undefined) return ` Did you mean --${meant}?`
  return (await keysOfConfiguration()).includes(argument)
    ? ` It is a key of the configuration: set ${argument} in acceptance.yaml.`
    : ''
}

/** The keys of the first level. The schema is loaded only here, because it takes a while. */
async function keysOfConfiguration(): Promise<string[]> {
  const { configurationSchema } = await import('../configuration/schema')
  const { contracts } = await import('../flavours/flavours')
  return Object.keys(configurationSchema(contracts.fawkes.names).shape)
}

/** The long options in the help of a command, without their dashes. */
async function optionsOf(name: string): Promise<string[]> {
  const entry = commands.find(({ command }) => command.split(' ', 1)[0] === name)
  const help = entry ? await (await entry.load()).declare(yargs().wrap(null)).getHelp() : ''
  return [...help.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].flatMap(([, option]) => option ?? [])
}
