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
    const parser = parserOf(words, (exitCode) => {
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
function parserOf(words: readonly string[], ended: (exitCode: number) => void) {
  const parser = yargs()
    .scriptName('dora-acceptance')
    .locale('en')
    .usage('Usage: $0 COMMAND\n\nJudges a deployed DORA metrics service against its deployment checklist.')
    .strict()
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
    // On a narrower terminal, the words themselves would be broken.
    .wrap(Math.max(60, Math.min(120, process.stdout.columns || 120)))
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
      builder: async (declared) =>
        (await load()).declare(declared).check((given, options) => isUnambiguous(given, options, words)),
      handler: async (given: ArgumentsCamelCase) => ended(await (await load()).execute(given)),
    })
  return parser
}

/** The name of an option as it is typed; the parser also stores it in camel case. */
const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/**
 * Refuses arguments that would silently be lost: an option that is given twice where one is wanted, a value of an option that is
 * only on or off, and words behind "--".
 */
function isUnambiguous(
  given: ArgumentsCamelCase,
  options: { readonly [name: string]: unknown },
  words: readonly string[],
): true {
  if (given._.length > 1) throw new Misuse(`Unexpected argument: ${given._.slice(1).join(' ')}.`)
  const lists = new Set(Array.isArray(options.array) ? options.array.map(String) : [])
  const twice = Object.keys(given).find(
    (name) => name !== '_' && Array.isArray(given[name]) && !lists.has(dashed(name)),
  )
  if (twice !== undefined) throw new Misuse(`${typed(twice)} is given more than once.`)
  const valued = words.find((word) => valueOfSwitch(word, options) !== undefined)
  if (valued !== undefined) {
    const [option = ''] = valued.split('=', 1)
    throw new Misuse(`${valued}: ${option} takes no value. Type ${option} alone, or leave it out.`)
  }
  return true
}

/** The value of an option that is only on or off, such as --read-only=yes. The parser takes any but "true" for off. */
function valueOfSwitch(word: string, { boolean, alias }: { readonly [name: string]: unknown }): string | undefined {
  const [, name = '', value] = /^--?([\w-]+)=(.*)$/s.exec(word) ?? []
  if (value === undefined || value === 'true' || value === 'false') return undefined
  const names = Object.entries(alias ?? {}).find(([, others]) => others.includes(name))
  return Array.isArray(boolean) && [name, names?.[0]].some((one) => boolean.includes(one)) ? value : undefined
}

async function complaintOf(error: unknown, words: readonly string[]): Promise<string> {
  const [name = ''] = words
  const entry = commands.find(({ command }) => nameOf(command) === name)
  return `${await mistakeIn(error, { entry, words })}\nSee: dora-acceptance ${entry ? `${name} ` : ''}--help`
}

async function mistakeIn(error: unknown, line: Line): Promise<string> {
  const [name = ''] = line.words
  if (line.entry || name === '') return inWords(messageOf(error), line)
  return name.startsWith('-') ? unknownArguments(name.replace(/^-+/, ''), line) : unknownCommand(name)
}

const nameOf = (command: string): string => command.split(' ', 1)[0] ?? ''

function unknownCommand(name: string): string {
  const meant = nearest(
    name,
    commands.map(({ command }) => nameOf(command)),
  )
  return `There is no command "${name}".${meant === undefined ? '' : ` Did you mean ${meant}?`}`
}

const missing = (options: readonly string[]): string =>
  `Add ${new Intl.ListFormat('en-GB').format(options)}, ${options.length === 1 ? 'with a value' : 'each with a value'}.`

/** A command line that cannot be used, and its command if there is one. */
interface Line {
  readonly entry: Entry | undefined
  readonly words: readonly string[]
}

/** The messages of the parser, as sentences that say what to type. */
async function inWords(message: string, line: Line): Promise<string> {
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(message) ?? []
  if (unknown !== undefined) return unknownArguments(unknown, line)
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
    .replace(
      /^Not enough non-option arguments: .*$/,
      `Add the arguments in angle brackets: dora-acceptance ${line.entry?.command}`,
    )
}

const typed = (option: string): string => `${option.length > 1 ? '--' : '-'}${option}`

/** The parser names an unknown option with dashes also in camel case. */
async function unknownArguments(names: string, { entry, words }: Line): Promise<string> {
  const all = names.split(', ')
  const unknown = all.filter((one) => dashed(one) === one || !all.includes(dashed(one)))
  const options = entry ? await optionsOf(entry) : ['help', 'version']
  const complaints = unknown.map(async (one) =>
    words.includes(one)
      ? `Unexpected argument: ${one}.`
      : `There is no option ${typed(one)}.${await inPlaceOf(one, options)}`,
  )
  return (await Promise.all(complaints)).join('\n')
}

/** Settings of other programs' options that environment variables hold here. */
const variables: Readonly<Record<string, string>> = {
  kubeconfig: 'the kubeconfig, as in export KUBECONFIG=PATH',
  reports: 'the directory of the reports, as in export ACCEPTANCE_REPORTS=DIR',
}

async function inPlaceOf(option: string, options: readonly string[]): Promise<string> {
  const meant = nearest(option, options)
  if (meant !== undefined) return ` Did you mean --${meant}?`
  if (Object.hasOwn(variables, option)) return ` An environment variable names ${variables[option]}.`
  return (await keysOfConfiguration()).includes(option)
    ? ` It is a key of the configuration: set ${option} in acceptance.yaml.`
    : ''
}

/** The keys of the first level. The schema is loaded only here, because it takes a while. */
async function keysOfConfiguration(): Promise<string[]> {
  const { configurationSchema } = await import('../configuration/schema')
  const { contracts } = await import('../flavours/flavours')
  return Object.keys(configurationSchema(contracts.fawkes.names).shape)
}

/** The long options in the help of a command, without their dashes. */
async function optionsOf({ load }: Entry): Promise<string[]> {
  const help = await (await load()).declare(yargs().wrap(null)).getHelp()
  return [...help.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].flatMap(([, option]) => option ?? [])
}
