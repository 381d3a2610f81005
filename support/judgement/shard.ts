/** Reads a shard of a run from disk: a directory with verdict.json, its signature, messages.ndjson and run.json. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { z } from 'zod'
import { messageOf } from '../basis/message'
import { RunRecord } from '../record/messages'
import { runFactsSchema } from '../record/run-facts'
import { type Signature, signatureOf, signatureSchema } from '../record/signature'
import { type Verdict, verdictNames } from '../record/verdict'
import type { JudgedRun } from './judge'

/** A shard and the directory from which it was read. */
export interface Shard extends JudgedRun {
  readonly directory: string
  /** Absent if the shard is not signed. */
  readonly signature?: Signature | undefined
}

/** A shard in a sentence: its number and its directory. */
export const nameOf = ({ facts, directory }: Shard) => `${facts.scope.shard ?? 'the whole run'} (${directory})`

/** Thrown if a directory contains no readable shard. The message says why, in one sentence. */
export class NoShard extends Error {}

const verdictSchema = z.looseObject({ verdict: z.enum(verdictNames), digest: z.string() })

/** Reads a shard. @throws NoShard if a file is missing or cannot be parsed */
export function readShard(directory: string): Shard {
  const facts = parsed(directory, 'run.json', runFactsSchema, read(directory, 'run.json'))
  const record = new RunRecord()
  // Cucumber wrote these messages in this suite's own process, so they need no full parsing.
  for (const line of read(directory, 'messages.ndjson').split('\n').filter(Boolean))
    record.receive(parsed(directory, 'messages.ndjson', z.looseObject({}), line) as Envelope)
  // This suite wrote the record. Merging checks that it matches the facts and messages.
  const verdict = parsed(directory, 'verdict.json', verdictSchema, read(directory, 'verdict.json'))
  return {
    directory,
    facts,
    runs: record.runs(facts.interrupted),
    messages: record.messages,
    verdict: verdict as unknown as Verdict,
    signature: existsSync(join(directory, signatureFile))
      ? parsed(directory, signatureFile, signatureSchema, read(directory, signatureFile))
      : undefined,
  }
}

const signatureFile = signatureOf('verdict.json')

function read(directory: string, name: string): string {
  try {
    return readFileSync(join(directory, name), 'utf8')
  } catch (error) {
    if (!existsSync(directory))
      throw new NoShard(`${directory} does not exist. Name the directories with the reports of the shards.`)
    const code = (error as NodeJS.ErrnoException).code ?? messageOf(error)
    const why = code === 'ENOENT' ? `it has no ${name}` : `${name} cannot be read (${code})`
    throw new NoShard(
      `${directory} contains no record of a shard: ${why}. The shard died, or its reports are in another directory.`,
    )
  }
}

function parsed<T>(directory: string, name: string, schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    const reason = error instanceof z.ZodError ? describe(error) : String((error as Error).message)
    throw new NoShard(`${directory} contains no record of a shard: its ${name} cannot be parsed (${reason}).`)
  }
}

const describe = ({ issues: [issue] }: z.ZodError) => `${issue?.path.join('.')}: ${issue?.message}`
