/** The filters of scenarios that the operator types: tag expressions and regular expressions for names. */
import parseTagExpression from '@cucumber/tag-expressions'
import { messageOf } from '../basis/message'
import { Misuse } from './command'

const expected =
  'Expected tags that begin with @, joined by and, or, not and brackets, such as --tags "@section:3 and not @writes".'

/** The reasons of the parser, in words. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/Expected operand\.$/, 'a tag is missing beside and, or, not or a bracket'],
  [/Expected operator\.$/, 'and or or, in small letters, is missing between two tags'],
  [/Unmatched \(\.$/, 'a bracket is opened and not closed'],
  [/Unmatched \)\.$/, 'a bracket is closed and not opened'],
  [/Illegal escape/, 'a backslash stands only before a space, a bracket or another backslash'],
]

/**
 * Returns the expression unchanged.
 * @throws Misuse if Cucumber cannot read it, or if a word of it can be no tag: it would select nothing
 */
export function tagExpression(given: string): string {
  const refuse = (reason: string) => new Misuse(`--tags "${given}" is not a tag expression: ${reason}.\n${expected}`)
  if (given.trim() === '') throw refuse('it is empty')
  try {
    parseTagExpression(given)
  } catch (error) {
    const message = messageOf(error)
    throw refuse(reasons.find(([pattern]) => pattern.test(message))?.[1] ?? message)
  }
  const words = given.match(/(?:\\.|[^\s()])+/g) ?? []
  const other = words.find((word) => !/^(@.+|and|or|not)$/.test(word))
  if (other !== undefined) throw refuse(`${other} does not begin with @`)
  return given
}

/**
 * Returns the expressions unchanged.
 * @throws Misuse if one is not a regular expression
 */
export function namePatterns(given: readonly string[]): string[] {
  return given.map((pattern) => {
    try {
      new RegExp(pattern)
      return pattern
    } catch (error) {
      const reason = messageOf(error).replace(/^Invalid regular expression: .*: /, '')
      throw new Misuse(
        `--name "${pattern}" is not a regular expression: ${reason}.\nExpected a part of a scenario's name, such as --name "pods are ready", with a backslash before each of [ ] ( ) { } * + ? . that stands for itself.`,
      )
    }
  })
}
