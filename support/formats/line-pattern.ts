/**
 * A regular expression of the operator for lines that others write. RE2 reads a line once, whatever the expression is; JavaScript's own
 * engine can need longer than the universe exists, and nothing can interrupt it.
 */

import type { RE2JS } from 're2js'
import { messageOf } from '../basis/message'

/** Lines longer than this in characters match nothing: no expression is meant for them. */
const longestLine = 100_000

/** What RE2 leaves out, because it cannot be done in linear time. */
const unsupported = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</

const namedReference = /(?<!\\)(?:\\\\)*\\k</

export class LinePattern {
  readonly #compiled: RE2JS

  /** @throws Error whose message says what is wrong with the expression */
  constructor(readonly source: string) {
    // Loaded on demand: most configurations have no expression.
    const { RE2JS } = require('re2js') as typeof import('re2js')
    try {
      // The translation would read a reference by name as plain text.
      if (namedReference.test(source)) throw new Error('invalid escape sequence: `\\k`')
      this.#compiled = RE2JS.compile(RE2JS.translateRegExp(source))
    } catch (error) {
      const reason = messageOf(error).replace('error parsing regexp: ', '')
      throw new Error(
        unsupported.test(source)
          ? `look-around and back-references are not supported, because they have no bound in time (${reason})`
          : reason,
        { cause: error },
      )
    }
  }

  test(line: string): boolean {
    return line.length <= longestLine && this.#compiled.test(line)
  }

  /** The line with another text in place of the first match, or of each. The text may contain groups, as in String.replace. */
  replacedIn(line: string, text: string, matches: 'first' | 'all' = 'first'): string {
    if (!this.test(line)) return line
    const matcher = this.#compiled.matcher(line)
    return matches === 'all' ? matcher.replaceAll(text) : matcher.replaceFirst(text)
  }
}
