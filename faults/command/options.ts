/** What `npm run faults` may be told. */
import { parseArgs } from 'node:util'
import type { Fault } from '../catalogue/fault'
import { representativeOf } from '../matrix/representative'

export type Command =
  | { readonly kind: 'matrix'; readonly faults: readonly Fault[]; readonly whole: boolean }
  | { readonly kind: 'clean'; readonly runs: number }
  | { readonly kind: 'page' }

export const usage = `npm run faults                             every fault
npm run faults -- --only ID [--only ID]    these
npm run faults -- --representative         so few that each item is failed by one, as npm test does
npm run faults -- --clean 20               none: 20 runs on the whole platform, each of which must be accepted
npm run faults -- --page                   none: writes docs/faults.md`

/** @throws Error that says what was not understood, and what is */
export function readCommand(given: readonly string[], catalogue: readonly Fault[]): Command {
  const { only, representative, clean, page } = parsed(given)
  const chosen = { '--only': only, '--representative': representative, '--clean': clean, '--page': page }
  const names = Object.entries(chosen).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (names.length > 1) throw new Error(`${names.join(' and ')} do not go together.\n${usage}`)
  if (page) return { kind: 'page' }
  if (clean !== undefined) return { kind: 'clean', runs: wholeNumber(clean) }
  if (representative) return { kind: 'matrix', faults: representativeOf(catalogue), whole: false }
  if (only === undefined) return { kind: 'matrix', faults: catalogue, whole: true }
  const unknown = only.filter((id) => !catalogue.some((fault) => fault.id === id))
  if (unknown.length > 0)
    throw new Error(
      `There is no fault ${unknown.join(', ')}. There are:\n${catalogue.map(({ id }) => `  ${id}`).join('\n')}`,
    )
  return { kind: 'matrix', faults: catalogue.filter(({ id }) => only.includes(id)), whole: false }
}

function parsed(given: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        only: { type: 'string', multiple: true },
        representative: { type: 'boolean' },
        clean: { type: 'string' },
        page: { type: 'boolean' },
      },
    })
    return values
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--clean takes how many runs, such as --clean 20; ${text} was given.`)
  return Number(text)
}
