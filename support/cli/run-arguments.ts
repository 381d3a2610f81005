/** The arguments that select what a run judges, shared by the commands that run or list scenarios. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { relative, resolve } from 'node:path'
import type { ArgumentsCamelCase, Argv, InferredOptionTypes } from 'yargs'
import { checkout, reportDirectory } from '../basis/checkout'
import { nearest } from '../basis/nearest'
import { isOwn } from '../basis/own-checks'
import { unfinishedItems } from '../record/previous'
import type { CommandLine, CucumberOptions } from '../run/command-line'
import { allScenarios, wholeChecklist } from '../run/own-checks'
import { allOf } from '../run/selection'
import { openSettings } from '../run/session'
import { Misuse } from './command'
import { namePatterns, tagExpression } from './filters'

/** The option that chooses the cluster. */
export const contextOption = {
  type: 'string',
  requiresArg: true,
  describe: 'Context of the kubeconfig; that of the configuration, else the current one, when absent',
} as const

/** The options that select scenarios. */
const selection = {
  context: contextOption,
  tags: {
    alias: 't',
    type: 'string',
    requiresArg: true,
    describe: 'A tag expression, such as "@section:3 and not @writes"',
  },
  name: { type: 'string', array: true, requiresArg: true, describe: 'Regular expressions for the names of scenarios' },
  'only-failed': { type: 'boolean', describe: 'Only what failed or was blocked in the last record' },
  profile: { alias: 'p', type: 'string', array: true, requiresArg: true, describe: 'Profiles of cucumber.js' },
  config: {
    alias: 'c',
    type: 'string',
    requiresArg: true,
    describe: "The file with Cucumber's profiles; cucumber.js when absent",
  },
  shard: {
    type: 'string',
    requiresArg: true,
    describe: 'Only one part of the scenarios, such as 1/4; the command merge joins the parts',
  },
} as const

/** The options with which Cucumber runs the scenarios. */
const execution = {
  'fail-fast': { type: 'boolean', describe: 'End after the first scenario that fails' },
  parallel: { type: 'string', requiresArg: true, describe: 'The number of processes that run scenarios' },
  order: { type: 'string', requiresArg: true, describe: 'defined, reverse, random or random:SEED' },
  format: {
    alias: 'f',
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Formats of Cucumber for the terminal, or for files as FORMAT:FILE',
  },
} as const

export type RunArguments = ArgumentsCamelCase<
  InferredOptionTypes<typeof selection> & Partial<InferredOptionTypes<typeof execution>> & { readonly what: string[] }
>

/** Declares the arguments that select scenarios. */
export const withSelection = (parser: Argv) =>
  parser
    .positional('what', {
      type: 'string',
      array: true,
      default: [] as string[],
      describe:
        'Sections and items by their numbers, and feature files such as features/03-pods.feature:7; everything when absent',
    })
    .options(selection)

/** Declares the arguments that select scenarios, and those with which Cucumber runs them. */
export const withRunOptions = (parser: Argv) => withSelection(parser).options(execution)

/**
 * Turns arguments into what a run is asked for. `--context` applies to the whole process.
 * @throws Misuse if a value is malformed, a section or an item does not exist or has no scenario, or nothing is left to run
 * again
 */
export function commandLineOf(given: RunArguments): CommandLine {
  useContext(given.context)
  const { name = [], shard, parallel, order, format = [], profile = [], config } = given
  const numbers = given.what.filter((word) => /^\d+(\.\d+)?$/.test(word))
  const paths = given.what.filter((word) => !numbers.includes(word)).map(fromCheckout)
  const asked = [numbers.map(tagOf), given.onlyFailed ? failedTags(numbers) : []].map((tags) => tags.join(' or '))
  const tags = allOf([...asked, given.tags === undefined ? '' : tagExpression(given.tags)])
  return {
    cucumber: {
      ...(paths.length > 0 ? { paths } : {}),
      ...(tags === '' ? {} : { tags }),
      ...(name.length > 0 ? { name: namePatterns(name) } : {}),
      ...(shard === undefined ? {} : { shard: shardOf(shard) }),
      ...(parallel === undefined ? {} : { parallel: Number(matching('--parallel', parallel, /^\d+$/, '2')) }),
      ...(order === undefined ? {} : { order: orderOf(order) }),
      ...(format.length > 0 ? { format: format.map(withWholePath) } : {}),
    },
    context: given.context,
    profiles: profile,
    configurationFile: config && resolve(config),
    ownFormat: format.some((one) => !one.includes(':')),
    failFast: given.failFast ?? false,
  }
}

/** The formats that Cucumber brings. */
const formats = [
  ...['html', 'junit', 'message', 'pretty', 'progress', 'progress-bar', 'summary'],
  ...['json', 'rerun', 'snippets', 'usage', 'usage-json'],
]

/**
 * The whole path of a file in FORMAT:FILE. Cucumber runs in the suite's directory, and the operator names files from here.
 * @throws Misuse for a word that is neither a format nor a package
 */
function withWholePath(format: string): string {
  const [, word] = /^([\w-]+)(:|$)/.exec(format) ?? []
  if (word !== undefined && !formats.includes(word) && !isPackage(word)) {
    const meant = nearest(word, formats)
    const advice = meant === undefined ? '' : ` Did you mean ${meant}?`
    throw new Misuse(`--format ${format}: there is no such format.${advice} Expected one of ${formats.join(', ')}.`)
  }
  return format.replace(/^([\w-]+):(?!\/\/)(.+)$/, (_, kind: string, file: string) => `${kind}:${resolve(file)}`)
}

function isPackage(name: string): boolean {
  try {
    createRequire(resolve(checkout, 'package.json')).resolve(name)
    return true
  } catch {
    // A URL such as file://… names a module, too.
    return name === 'file'
  }
}

/**
 * Makes a context that was given apply to the whole process.
 * @throws Misuse if it has no name: the current context would be judged, which may be the wrong cluster
 */
export function useContext(given: string | undefined): void {
  if (given === undefined) return
  if (!given || given.startsWith('-')) throw new Misuse('--context needs the name of a context.')
  process.env.ACCEPTANCE_CONTEXT = given
}

function matching(option: string, given: string, pattern: RegExp, example: string): string {
  if (pattern.test(given)) return given
  throw new Misuse(`${option} ${given}: expected a value such as ${example}.`)
}

/** A part and the number of parts. A part beyond the last one would run nothing. */
function shardOf(given: string): string {
  const [part = '', parts = ''] = matching('--shard', given, /^[1-9]\d*\/[1-9]\d*$/, '1/4').split('/')
  if (Number(part) <= Number(parts)) return given
  throw new Misuse(`--shard ${given}: there are ${parts} parts, so the first number is at most ${parts}.`)
}

function orderOf(given: string): NonNullable<CucumberOptions['order']> {
  if (given === 'defined' || given === 'reverse' || given === 'random') return given
  const seed = /^random:(.+)$/.exec(given)?.[1]
  if (seed !== undefined) return `random:${seed}`
  throw new Misuse(`--order ${given}: expected defined, reverse, random or random:SEED.`)
}

/**
 * A feature of the suite, as Cucumber names it; else a file that the operator names from here.
 * @throws Misuse if there is neither: nothing would run
 */
function fromCheckout(path: string): string {
  // A file of failed scenarios begins with @, and a pattern names no single file.
  const [file = ''] = path.replace(/^@/, '').split(':')
  if (!/[*?[{]/.test(file) && !existsSync(resolve(checkout, file)) && !existsSync(file))
    throw new Misuse(
      `There is no file ${file}. Sections and items are named by their numbers: dora-acceptance list shows them.`,
    )
  const isOutside = !existsSync(resolve(checkout, file)) && existsSync(file)
  return isOutside ? relative(checkout, resolve(path)) : path
}

/** The tags of a section or an item. The configuration is read only for numbers that a team may have added. */
function tagOf(number: string): string {
  const own = isOwn(number) ? openSettings().ownChecks : undefined
  const { sections, items } = wholeChecklist(own)
  const item = items.find(({ id }) => id === number)
  if (!item && !sections.some(({ id }) => id === number))
    throw new Misuse(
      `The checklist has no ${number.includes('.') ? 'item' : 'section'} ${number}. dora-acceptance list shows all.`,
    )
  const scenarios = allScenarios(own)
  const isUsed = (tag: string) => scenarios.some(({ tags }) => tags.includes(tag))
  const tag = item ? `@checklist:${number}` : `@section:${number}`
  if (isUsed(tag)) return tag
  const tagsOfItems = items.filter(({ section }) => section === number).map(({ id }) => `@checklist:${id}`)
  if (tagsOfItems.some(isUsed)) return tagsOfItems.join(' or ')
  const hows = new Set(items.filter(({ id, section }) => id === number || section === number).map(({ how }) => how))
  const why = hows.has('attested')
    ? 'a person attests it, in the attestation file'
    : 'it follows from other items of a whole run'
  throw new Misuse(`${number} has no scenario to run: ${why}.`)
}

/** The tags of the items that the last record left failed, blocked or in error, in the given sections and items or in all. */
function failedTags(numbers: readonly string[]): string[] {
  const record = unfinishedItems(reportDirectory())
  if (typeof record === 'string') throw new Misuse(`${record} Run without --only-failed, which writes one.`)
  const own = record.some(isOwn) ? openSettings().ownChecks : undefined
  const tags = new Set(allScenarios(own).flatMap((scenario) => scenario.tags))
  const failed = record.filter((id) => tags.has(`@checklist:${id}`))
  if (failed.length === 0)
    throw new Misuse('The last record has no item that failed or was blocked, so nothing is run again.')
  const wanted = failed.filter((id) => numbers.length === 0 || numbers.some((one) => id === one || isIn(id, one)))
  if (wanted.length === 0)
    throw new Misuse(
      `The last record has no item that failed or was blocked in ${numbers.join(', ')}. Run those without --only-failed, or --only-failed without them: ${failed.join(', ')} failed or ${failed.length === 1 ? 'was' : 'were'} blocked.`,
    )
  return wanted.map((id) => `@checklist:${id}`)
}

const isIn = (id: string, section: string): boolean => id.split('.')[0] === section
