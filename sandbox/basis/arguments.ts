/** The arguments of the programs of a checkout: their help, and the word that a typing error most likely meant. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { distance } from 'fastest-levenshtein'

/** The option that every program has. */
const helpOption = { help: { type: 'boolean', short: 'h' } } as const

/**
 * Reads options and positional arguments. `--help` and `-h` are always among the options.
 * @throws Error that names the wrong option and the one that was most likely meant, with the usage
 */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  given: readonly string[],
  options: Options,
  usage: string,
) {
  const all = { ...helpOption, ...options }
  const known: ParseArgsOptionsConfig = all
  const { tokens } = parseArgs({ args: [...given], options: known, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { rawName, name, value, inlineValue } = token
    const option = Object.hasOwn(known, name) ? known[name] : undefined
    if (option === undefined)
      throw new Error(`There is no option ${rawName}.${meantBy(name, Object.keys(known), '--')}\n${usage}`)
    if (option.type === 'boolean' && value !== undefined) throw new Error(`${rawName} takes no value.\n${usage}`)
    if (option.type === 'string' && (!value || (!inlineValue && value.startsWith('-'))))
      throw new Error(`${rawName} needs a value.\n${usage}`)
  }
  return parseArgs({ args: [...given], options: all, allowPositionals: true })
}

/** A sentence with the known word that is nearest to another one; empty if none is near. */
export function meantBy(word: string, known: readonly string[], prefix = ''): string {
  const [best] = known
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= most(Math.min(word.length, candidate.length)))
    .sort((one, other) => one.edits - other.edits)
  return best === undefined ? '' : ` Did you mean ${prefix}${best.candidate}?`
}

const most = (length: number): number => (length <= 3 ? 1 : Math.max(2, Math.floor(length / 3)))
