/**
 * The facts of a run that Cucumber's messages do not contain: reports/run.json. Facts and messages together yield the
 * record, so shards can be merged without the cluster, the features or the configuration of their run.
 */
import { z } from 'zod'
import type { Finding } from '../basis/finding'
import { type OwnChecks, ownChecksSchema } from '../basis/own-checks'
import type { ConfigurationRecord } from '../configuration/effective'
import type { Attestation, Waiver } from '../configuration/waivers'
import { type Facts, factsSchema } from '../diagnosis/facts/facts'
import { type Earlier, earlierSchema } from './changes'
import { historySchema } from './history'
import type { RequiredScenario } from './required-scenario'
import type { History, PlatformRecord, RunScope, ShardRecord, SuiteRecord } from './verdict'

export interface RunFacts {
  readonly scope: RunScope
  /** Text by which the operator identifies the run (ACCEPTANCE_RUN). All shards of a run share it. Null if none was given. */
  readonly run: string | null
  readonly startedAt: string
  /** End of the run, ISO 8601. Waivers and attestations are valid or expired as of this time. */
  readonly finishedAt: string
  readonly platform: PlatformRecord
  readonly suite: SuiteRecord
  /** The team's own checks; absent if it has none. */
  readonly ownChecks?: OwnChecks | undefined
  /** Absent if the configuration could not be read. */
  readonly configuration?: ConfigurationRecord | undefined
  /** The shards of a merged run. */
  readonly shards?: readonly ShardRecord[] | undefined
  /** Fingerprint of the key that signs the record. */
  readonly signedBy?: string | undefined
  /** The owners of parts and sections, by the configuration. */
  readonly owners?: Readonly<Record<string, string>> | undefined
  /** The earlier runs of this platform, from the archive. */
  readonly history?: History | undefined
  /** The record of the last conclusive run, or a sentence that says why there is none. */
  readonly previous?: Earlier | string | undefined
  /** Every scenario of the features that the scope requires, selected or not; only those selected where the run could not start. */
  readonly required: readonly RequiredScenario[]
  /** Item id → reason why it does not apply. */
  readonly notApplicable: Readonly<Record<string, string>>
  readonly waivers: readonly Waiver[]
  readonly attestations: readonly Attestation[]
  readonly problems: readonly string[]
  /** The reason why the run could not start (no cluster); null if it could. */
  readonly halted: Finding | null
  readonly interrupted: boolean
  /** Facts about the platform, collected because something failed; null if nothing was collected. */
  readonly collected: Facts | null
  /** Objects that the stories created and could not remove. */
  readonly leftBehind: readonly string[]
  /** The time that stories waited for each collection, in milliseconds. */
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
    environment: text.nullish(),
    server: text.nullable(),
    authority: text.optional(),
    context: text.nullable(),
    namespace: text,
    kubernetesVersion: text.nullable(),
    images: texts,
    routes: z.array(z.strictObject({ part: text, route: text })),
  }),
  suite: z.strictObject({
    version: text,
    commit: text.nullable(),
    checklistSha256: text,
    sourcesSha256: text.optional(),
    changedFiles: texts.nullish(),
    environment: texts.optional(),
  }),
  ownChecks: ownChecksSchema.optional(),
  configuration: z
    .strictObject({
      sha256: text.nullable(),
      effective: z.record(text, text),
      differences: z.array(z.strictObject({ key: text, checklist: text, configured: text, asked: text.nullable() })),
    })
    .optional(),
  shards: z
    .array(z.strictObject({ shard: text, digest: text, keyFingerprint: text.nullable(), verified: z.boolean() }))
    .optional(),
  signedBy: text.optional(),
  owners: z.record(text, text).optional(),
  history: historySchema.optional(),
  previous: z.union([earlierSchema, text]).optional(),
  required: z.array(z.strictObject({ name: text, uri: text, line: z.number(), tags: texts, items: texts })),
  notApplicable: z.record(text, text),
  waivers: z.array(z.strictObject({ item: text, owner: text, reason: text, expires: text })),
  attestations: z.array(z.strictObject({ item: text, by: text, date: text, expires: text, evidence: text })),
  problems: texts,
  halted: z
    .strictObject({
      ...{ summary: text, object: text, expected: text, found: text, remedy: texts },
      reads: z
        .array(z.number())
        .optional()
        .transform((given) => given ?? []),
      reliesOn: texts.optional().transform((given) => given ?? []),
    })
    .nullable(),
  interrupted: z.boolean(),
  collected: factsSchema.nullable(),
  leftBehind: texts,
  collections: z.array(z.number()),
})
