/**
 * What is known of a run beside Cucumber's messages: reports/run.json. With the messages it makes the record, so that the
 * shards of a run can be judged as one without the cluster, the features and the configuration that they were run with.
 */
import { z } from 'zod'
import type { Finding } from '../basis/finding'
import type { Attestation, Waiver } from '../configuration/waivers'
import { type Facts, factsSchema } from '../diagnosis/facts/facts'
import type { RequiredScenario } from './required-scenario'
import type { PlatformRecord, RunScope, SuiteRecord } from './verdict'

export interface RunFacts {
  readonly scope: RunScope
  /** What the shards of one run have in common and those of others have not, where the operator named it. */
  readonly run: string | null
  readonly startedAt: string
  /** Waivers and attestations count or not at this time. */
  readonly finishedAt: string
  readonly platform: PlatformRecord
  readonly suite: SuiteRecord
  /** Every scenario of the features that the scope requires, selected or not. */
  readonly required: readonly RequiredScenario[]
  /** Item → why it does not apply. */
  readonly notApplicable: Readonly<Record<string, string>>
  readonly waivers: readonly Waiver[]
  readonly attestations: readonly Attestation[]
  readonly problems: readonly string[]
  readonly halted: Finding | null
  readonly interrupted: boolean
  /** What was collected of the platform when something failed; null where nothing was. */
  readonly collected: Facts | null
  readonly leftBehind: readonly string[]
  /** How long stories waited for each collection, in milliseconds. */
  readonly collections: readonly number[]
}

const text = z.string()
const texts = z.array(text)

export const runFactsSchema: z.ZodType<RunFacts> = z.strictObject({
  scope: z.strictObject({ contract: text, writes: z.boolean(), filter: text.nullable(), shard: text.nullable() }),
  run: text.nullable(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  platform: z.strictObject({
    server: text.nullable(),
    context: text.nullable(),
    namespace: text,
    kubernetesVersion: text.nullable(),
    images: texts,
    routes: z.array(z.strictObject({ part: text, route: text })),
  }),
  suite: z.strictObject({ version: text, commit: text.nullable(), checklistSha256: text }),
  required: z.array(z.strictObject({ name: text, uri: text, line: z.number(), tags: texts, items: texts })),
  notApplicable: z.record(text, text),
  waivers: z.array(z.strictObject({ item: text, owner: text, reason: text, expires: text })),
  attestations: z.array(z.strictObject({ item: text, by: text, date: text, expires: text, evidence: text })),
  problems: texts,
  halted: z
    .strictObject({
      ...{ summary: text, object: text, expected: text, found: text, remedy: texts },
      reliesOn: texts.optional().transform((given) => given ?? []),
    })
    .nullable(),
  interrupted: z.boolean(),
  collected: factsSchema.nullable(),
  leftBehind: texts,
  collections: z.array(z.number()),
})
