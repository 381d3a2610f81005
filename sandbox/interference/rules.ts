/**
 * Faults between a pod and its clients: rules in a file that the interference proxy reads for each request. Without rules,
 * the proxy changes nothing. Only faults write the file.
 */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { readJson, writeWhole } from '../basis/files'
import { inState } from '../basis/layout'

const how = z.discriminatedUnion('kind', [
  /** Sends this answer instead of the real one. */
  z.object({ kind: z.literal('answer'), status: z.number(), type: z.string(), body: z.string() }),
  /** Replaces matches in the body of the answer, one regular expression after the other. */
  z.object({ kind: z.literal('replace'), what: z.array(z.object({ pattern: z.string(), by: z.string() })) }),
  /** Sets a header of the request, whatever the client sent. */
  z.object({ kind: z.literal('header'), name: z.string(), value: z.string() }),
  /** Removes headers from the answer. */
  z.object({ kind: z.literal('without headers'), names: z.array(z.string()) }),
  z.object({ kind: z.literal('delay'), ms: z.number() }),
  /** Never answers. */
  z.object({ kind: z.literal('hang') }),
  z.object({ kind: z.literal('reset') }),
  /** Sends less than the content length of the answer announces. */
  z.object({ kind: z.literal('half') }),
  /** Sends an answer of this size. */
  z.object({ kind: z.literal('flood'), megabytes: z.number() }),
  z.object({ kind: z.literal('broken text') }),
])
const rule = z.object({
  process: z.enum(['lake', 'prometheus', 'ui', 'grafana']),
  /** A regular expression for the path and query of the request. */
  path: z.string(),
  how,
})
export type Rule = z.infer<typeof rule>

const file = inState('interference.json')

export function writeRules(rules: readonly Rule[]): void {
  writeWhole(file, JSON.stringify(rules))
}

/** The actions of the rules that match a request, in the order of the rules. */
export function rulesFor(process: Rule['process'], path: string): readonly Rule['how'][] {
  if (!existsSync(file)) return []
  const rules = readJson(file, z.array(rule), 'Delete the file to remove all rules.')
  return rules
    .filter((candidate) => candidate.process === process && new RegExp(candidate.path).test(path))
    .map(({ how }) => how)
}
