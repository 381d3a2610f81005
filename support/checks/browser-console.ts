import { type CommandLine, comment } from '../basis/command'
import { Unmet } from '../basis/expectation'
import { excerpt } from '../basis/redaction'

/** Checks that a page logged no errors in the browser console and loaded everything that it requested. */
export function expectSilence(
  page: string,
  object: string,
  complaints: readonly string[],
  remedy: readonly CommandLine[],
): void {
  const [first] = complaints
  if (first === undefined) return
  throw new Unmet({
    summary: `${page} logs errors in the browser console: ${excerpt(first, 200)}`,
    object,
    expected: 'no error in the console, and every resource loaded',
    found: [...new Set(complaints)].join('\n'),
    remedy: [...remedy, comment`in a browser: open the console of the page (F12)`],
  })
}
