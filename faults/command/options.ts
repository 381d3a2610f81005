/** Parses the command line of `npm run faults`. */
import { meantBy, readArguments } from '../../sandbox/basis/arguments'
import type { Fault } from '../catalogue/fault'
import { representativeOf } from '../matrix/representative'
import { type Shard, shardOf } from '../matrix/shards'
import type { Variant } from '../variants/variant'

/** Everything that the matrix can run. */
interface Known {
  readonly faults: readonly Fault[]
  readonly variants: readonly Variant[]
}

export interface MatrixCommand extends Known {
  readonly kind: 'matrix'
  readonly isComplete: boolean
  /** True to go on with the last complete matrix, which was cut off. */
  readonly isResumed?: true
  /** The part of the complete matrix that it runs. */
  readonly shard?: Shard
}

export type Command =
  | MatrixCommand
  | { readonly kind: 'clean' | 'traces'; readonly runs: number }
  | { readonly kind: 'shards'; readonly shards: number }
  | { readonly kind: 'list' | 'help' }

export const usage = `npm run faults                             runs every fault and every healthy variant
npm run faults -- --shards 2               divides it between as many sandboxes, which run side by side
npm run faults -- --shard 1/2              runs one part of it, on the sandbox of SANDBOX_STATE
npm run faults -- --resume                 goes on with one that was cut off, while the code is the same
npm run faults -- --only ID [--only ID]    runs the named faults and variants
npm run faults -- --variants               runs every healthy variant
npm run faults -- --representative         runs a subset that still fails every item, as npm test does
npm run faults -- --clean 20               runs the suite 20 times without a fault; it must accept each time
npm run faults -- --traces 50              runs the suite 50 times and kills it at each stage; no run may leave a trace
npm run faults -- --list                   lists every fault with its items and its cause, and every variant; runs nothing
npm run faults -- --help                   shows this text

Exit codes: 0 every fault was found as expected, 1 some were not, 3 error or wrong arguments`

/** @throws Error that names the invalid argument, with the usage or the known ids */
export function readCommand(given: readonly string[], known: Known): Command {
  const { shards, shard, resume, only, variants, representative, clean, traces, list, help } = parsed(given)
  if (help) return { kind: 'help' }
  const chosen = {
    '--shards': shards,
    '--shard': shard,
    '--resume': resume,
    '--only': only,
    '--variants': variants,
    '--representative': representative,
    '--clean': clean,
    '--traces': traces,
    '--list': list,
  }
  const names = Object.entries(chosen).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (names.length > 1) throw new Error(`${names.join(' and ')} cannot be combined.\n${usage}`)
  if (list) return { kind: 'list' }
  if (clean !== undefined) return { kind: 'clean', runs: wholeNumber('--clean', clean) }
  if (traces !== undefined) return { kind: 'traces', runs: wholeNumber('--traces', traces) }
  if (shards !== undefined) return { kind: 'shards', shards: wholeNumber('--shards', shards, 'of shards') }
  const part = (some: Partial<Known>): MatrixCommand => ({
    ...{ kind: 'matrix', faults: [], variants: [], isComplete: false },
    ...some,
  })
  if (shard !== undefined) {
    const one = shardIn(shard)
    return { ...part(shardOf(known, one)), isComplete: true, shard: one }
  }
  if (variants) return part({ variants: known.variants })
  if (representative) return part({ faults: representativeOf(known.faults) })
  if (only === undefined)
    return { kind: 'matrix', ...known, isComplete: true, ...(resume ? { isResumed: true as const } : {}) }
  const ids = [...known.faults, ...known.variants].map(({ id }) => id)
  const unknown = only.filter((id) => !ids.includes(id))
  if (unknown.length > 0)
    throw new Error(
      `Unknown fault or variant: ${unknown.join(', ')}.${unknown.map((id) => meantBy(id, ids)).join('')} Known ones:\n${ids.map((id) => `  ${id}`).join('\n')}`,
    )
  return part({
    faults: known.faults.filter(({ id }) => only.includes(id)),
    variants: known.variants.filter(({ id }) => only.includes(id)),
  })
}

function parsed(given: readonly string[]) {
  const { values, positionals } = readArguments(
    given,
    {
      shards: { type: 'string' },
      shard: { type: 'string' },
      resume: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      variants: { type: 'boolean' },
      representative: { type: 'boolean' },
      clean: { type: 'string' },
      traces: { type: 'string' },
      list: { type: 'boolean' },
    },
    usage,
  )
  if (positionals.length > 0)
    throw new Error(`Unexpected argument: ${positionals.join(' ')}. A fault is named with --only.\n${usage}`)
  return values
}

function wholeNumber(option: string, text: string, what = 'of runs'): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new Error(`${option} needs a number ${what}, at least 1, such as ${option} 20. Found: ${text}`)
  return Number(text)
}

function shardIn(text: string): Shard {
  const [number = 0, of = 0] = (/^([1-9]\d*)\/([1-9]\d*)$/.exec(text)?.slice(1) ?? []).map(Number)
  if (number === 0 || number > of) throw new Error(`--shard needs a part such as 1/2. Found: ${text}`)
  return { number, of }
}
