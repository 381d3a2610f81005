/** Reads the text files of the configuration, and the YAML in them with the lines of its keys. */
import { readFileSync } from 'node:fs'
import { isCollection, isNode, isPair, LineCounter, parseDocument } from 'yaml'
import type { LineOf } from '../basis/complaint'
import { messageOf } from '../basis/message'
import { whyUnreadable } from '../basis/unreadable'
import { ConfigurationError } from './error'

/**
 * @param subject begins the sentence of the error
 * @throws ConfigurationError for a file that cannot be read, or is not UTF-8
 */
export function readText(path: string, subject: string): string {
  const bytes = bytesOf(path, subject)
  try {
    // The mark of the byte order stays: the record holds a digest of the file.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ConfigurationError(`${subject} cannot be read: it is not UTF-8. Save it in that encoding.`)
  }
}

function bytesOf(path: string, subject: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigurationError(`${subject} cannot be read: ${whyUnreadable(error, path)}.`)
  }
}

const ruleOfYaml =
  'Correct that line: each key stands once, spaces indent it, and text with signs stands in quotes, such as key: "a: b".'

/** Reasons of the parser that are meant for programmers, in words, each with what to do. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /^Source contains multiple documents; .* (at line \d+, column \d+)/,
    'a second document begins $1. Keep one of them, without the line "---".',
  ],
  [
    /^Unresolved tag: (\S+) (at line \d+, column \d+)/,
    'the tag $1 $2 is unknown. Write the value itself; text that begins with ! stands in quotes.',
  ],
]

function inWords(reason: string): string {
  const [pattern, words] = reasons.find(([known]) => known.test(reason)) ?? []
  return pattern && words ? reason.replace(pattern, words) : `${reason}. ${ruleOfYaml}`
}

/**
 * Returns the content of a YAML file, null where it holds only comments, and the lines of its keys.
 * @throws ConfigurationError for text that is not one document, with the place and what to correct
 */
export function yamlIn(
  text: string,
  path: string,
  schema: 'core' | 'failsafe' = 'core',
): { readonly content: unknown; readonly lineOf: LineOf } {
  const lines = new LineCounter()
  const document = parseDocument(text, { uniqueKeys: true, merge: true, logLevel: 'error', schema, lineCounter: lines })
  const [error] = [...document.errors, ...document.warnings]
  try {
    if (error) throw error
    return {
      content: document.toJS(),
      lineOf: (keys) => {
        const offset = offsetOf(document.contents, keys)
        return offset === undefined ? undefined : lines.linePos(offset).line
      },
    }
  } catch (error) {
    const [reason = ''] = messageOf(error).split('\n', 1)
    throw new ConfigurationError(`${path} is not YAML: ${inWords(reason.replace(/:$/, ''))}`)
  }
}

/** The place of a key in the text of a YAML file; that of what holds it if it is missing, and undefined in an empty file. */
function offsetOf(node: unknown, [key, ...rest]: readonly PropertyKey[]): number | undefined {
  if (key === undefined) return startOf(node)
  const items: readonly unknown[] = isCollection(node) ? node.items : []
  const entry = items.find((item, index) => (isPair(item) ? String(item.key) === key : index === key))
  if (entry === undefined) return undefined
  const [at, value] = isPair(entry) ? [startOf(entry.key), entry.value] : [startOf(entry), entry]
  return rest.length === 0 ? at : (offsetOf(value, rest) ?? at)
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)
