/**
 * Accidents that happen between a pod and whoever asks it: rules in a file that the interference reads for each request.
 * No rules, no interference. Faults write the file; nothing else does.
 */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeWhole } from '../basis/files'
import { inState } from '../basis/layout'

const how = z.discriminatedUnion('kind', [
  /** Another answer altogether. */
  z.object({ kind: z.literal('answer'), status: z.number(), type: z.string(), body: z.string() }),
  /** The answer with things in it replaced, one after the other; the patterns are regular expressions. */
  z.object({ kind: z.literal('replace'), what: z.array(z.object({ pattern: z.string(), by: z.string() })) }),
  /** The question with a header, whatever the asker sent. */
  z.object({ kind: z.literal('header'), name: z.string(), value: z.string() }),
  /** The answer without these headers. */
  z.object({ kind: z.literal('without headers'), names: z.array(z.string()) }),
  z.object({ kind: z.literal('delay'), ms: z.number() }),
  /** No answer, ever. */
  z.object({ kind: z.literal('hang') }),
  z.object({ kind: z.literal('reset') }),
  /** The headers promise more than what comes. */
  z.object({ kind: z.literal('half') }),
  /** So many megabytes. */
  z.object({ kind: z.literal('flood'), megabytes: z.number() }),
  z.object({ kind: z.literal('broken text') }),
])
const rule = z.object({
  process: z.enum(['lake', 'prometheus', 'ui', 'grafana']),
  /** A regular expression over the path and query. */
  path: z.string(),
  how,
})
export type Rule = z.infer<typeof rule>

const file = inState('interference.json')

export function writeRules(rules: readonly Rule[]): void {
  writeWhole(file, JSON.stringify(rules))
}

/** What goes wrong with a request, in the order of the rules. */
export function rulesFor(process: Rule['process'], path: string): readonly Rule['how'][] {
  if (!existsSync(file)) return []
  const rules = z.array(rule).parse(JSON.parse(readFileSync(file, 'utf8')))
  return rules
    .filter((candidate) => candidate.process === process && new RegExp(candidate.path).test(path))
    .map(({ how }) => how)
}
