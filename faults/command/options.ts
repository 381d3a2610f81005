/** Parses the command line of `npm run faults`. */
import { parseArgs } from 'node:util'
import type { Fault } from '../catalogue/fault'
import { representativeOf } from '../matrix/representative'

export type Command =
  | { readonly kind: 'matrix'; readonly faults: readonly Fault[]; readonly isComplete: boolean }
  | { readonly kind: 'clean'; readonly runs: number }
  | { readonly kind: 'list' }

export const usage = `npm run faults                             runs every fault
npm run faults -- --only ID [--only ID]    runs the named faults
npm run faults -- --representative         runs a subset that still fails every item, as npm test does
npm run faults -- --clean 20               runs the suite 20 times without a fault; it must accept each time
npm run faults -- --list                   lists every fault with its items and its cause; runs nothing`

/** @throws Error that names the invalid argument, with the usage or the known ids */
export function readCommand(given: readonly string[], catalogue: readonly Fault[]): Command {
  const { only, representative, clean, list } = parsed(given)
  const chosen = { '--only': only, '--representative': representative, '--clean': clean, '--list': list }
  const names = Object.entries(chosen).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (names.length > 1) throw new Error(`${names.join(' and ')} cannot be combined.\n${usage}`)
  if (list) return { kind: 'list' }
  if (clean !== undefined) return { kind: 'clean', runs: wholeNumber(clean) }
  if (representative) return { kind: 'matrix', faults: representativeOf(catalogue), isComplete: false }
  if (only === undefined) return { kind: 'matrix', faults: catalogue, isComplete: true }
  const unknown = only.filter((id) => !catalogue.some((fault) => fault.id === id))
  if (unknown.length > 0)
    throw new Error(
      `Unknown fault: ${unknown.join(', ')}. Known faults:\n${catalogue.map(({ id }) => `  ${id}`).join('\n')}`,
    )
  return { kind: 'matrix', faults: catalogue.filter(({ id }) => only.includes(id)), isComplete: false }
}

function parsed(given: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        only: { type: 'string', multiple: true },
        representative: { type: 'boolean' },
        clean: { type: 'string' },
        list: { type: 'boolean' },
      },
    })
    return values
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new Error(`--clean needs a number of runs, at least 1, such as --clean 20. Found: ${text}`)
  return Number(text)
}
