/**
 * The record of a run: the contents of reports/verdict.json.
 * Every report (sign-off page, JUnit, Allure, terminal) is built from this record and never from Cucumber's own notion of
 * success, so that no report can be greener than the verdict.
 */

import type { OwnChecks } from '../basis/own-checks'
import type { ConfigurationRecord } from '../configuration/effective'
import type { Attestation, Waiver } from '../configuration/waivers'
import type { RollbackStep } from '../diagnosis/rollback'
import type { Troubleshooting } from '../diagnosis/troubleshooting'
import type { MeasuredMetric } from '../dora/measured'
import type { RouteRecord } from '../platform/routes'

/** The states of a checklist item, worst first. A derived item takes the worst state of its sources. */
export const itemStates = [
  'error',
  'failed',
  'blocked',
  'not run',
  'waived',
  'attested',
  'passed',
  'not applicable',
] as const
export type ItemState = (typeof itemStates)[number]

/** The way in which an item is proven; see features/checklist.yaml. */
export type Proof = 'automated' | 'optional' | 'mutating' | 'attested' | 'derived'

/** The verdicts, worst first. The first one that fits is the verdict of the run. */
export const verdictNames = ['error', 'rejected', 'blocked', 'partial', 'accepted'] as const
export type VerdictName = (typeof verdictNames)[number]

/** Compares by an order that lists the worst first: negative where `one` is worse than `other`. */
const comparedIn =
  <Name>(order: readonly Name[]) =>
  (one: Name, other: Name): number =>
    order.indexOf(one) - order.indexOf(other)

/** Sorts states, the worst first; negative where `one` is worse than `other`. */
export const worstFirst = comparedIn<ItemState>(itemStates)

/** Sorts verdicts, the worst first; negative where `one` is worse than `other`. */
export const worstVerdictFirst = comparedIn<VerdictName>(verdictNames)

export const exitCodes: Record<VerdictName, number> = { error: 3, rejected: 1, blocked: 2, partial: 0, accepted: 0 }

/** The state that a scenario contributes to its items. */
export type ScenarioStatus = Exclude<ItemState, 'waived' | 'attested'>

export interface ScenarioRecord {
  readonly name: string
  /** Path of the feature file, relative to the repository. */
  readonly uri: string
  readonly line: number
  readonly status: ScenarioStatus
  readonly durationMs: number
  /** Id of an entry of {@link Verdict.causes}; null if the scenario passed, was not run or does not apply. */
  readonly cause: string | null
}

export interface ItemRecord {
  /** Id in features/checklist.yaml, such as "3.1". */
  readonly id: string
  readonly section: string
  readonly text: string
  readonly how: Proof
  readonly status: ItemState
  /** One sentence; null only for a passed item. */
  readonly reason: string | null
  readonly scenarios: readonly ScenarioRecord[]
  readonly waiver?: Waiver
  readonly attestation?: Attestation
}

/** A cause shared by any number of items that failed, are blocked or are in error. */
export interface Cause {
  readonly id: string
  readonly summary: string
  /** The object with the problem, such as "Service fawkes/devlake-lake". */
  readonly object: string
  /** The demand that is not met. */
  readonly expected?: string
  readonly found: string
  /** Names of the four metrics, as in the checklist, that are not proven because of this cause. */
  readonly metrics?: readonly string[]
  /** The person or team that acts, by the configuration; else the part or the section. */
  readonly owner?: string
  /** Shell commands, in the order in which to run them. */
  readonly remedy: readonly string[]
  /** The positions of the lines of the remedy that only read and end by themselves. */
  readonly reads?: readonly number[]
  /** Findings about other objects that are consequences of this cause, one sentence each. */
  readonly symptoms: readonly string[]
  /** Related information from the cluster: events and the last lines of logs. */
  readonly facts: readonly string[]
  /** The matching entry of the checklist's troubleshooting section, if any. */
  readonly troubleshooting: Troubleshooting | null
  readonly items: readonly string[]
}

/** The collection of the facts behind the causes. */
interface DiagnosisRecord {
  readonly collectedAt: string
  readonly durationMs: number
  /** Facts that could not be collected, with the reasons. */
  readonly uncollected: readonly { readonly what: string; readonly why: string }[]
}

/** The scope of a run: the contract, the selected part of the checklist, and the permission to change the platform. */
export interface RunScope {
  readonly contract: string
  /** True if the run was allowed to change the platform. */
  readonly writes: boolean
  /** The filter as the operator gave it (tags, names, paths), or null. */
  readonly filter: string | null
  /** The shard, such as "1/4", or null. */
  readonly shard: string | null
}

export interface PlatformRecord {
  /** The name of the environment, such as "production"; null or absent if the configuration names none. */
  readonly environment?: string | null | undefined
  readonly server: string | null
  /** SHA-256 of the certificate authority of the kubeconfig; absent if it names none. Clusters at one address differ in it. */
  readonly authority?: string | undefined
  readonly context: string | null
  readonly namespace: string
  readonly kubernetesVersion: string | null
  /** Images of the service's containers, sorted. */
  readonly images: readonly string[]
  readonly routes: readonly RouteRecord[]
}

export interface SuiteRecord {
  readonly version: string
  readonly commit: string | null
  readonly checklistSha256: string
  /** SHA-256, in hex, over all files of the suite that a run uses. */
  readonly sourcesSha256?: string | undefined
  /** Files that differ from the commit, were added or are missing; null if there is no commit to compare with. */
  readonly changedFiles?: readonly string[] | null | undefined
  /** Variables by which other code takes part in the run, or other servers are trusted, as NAME=VALUE; absent if none is set. */
  readonly environment?: readonly string[] | undefined
}

/** A shard that was merged, and the key that signed it. */
export interface ShardRecord {
  readonly shard: string
  /** Digest of its record, in hex. */
  readonly digest: string
  /** SHA-256, in hex, of the public key; null if the shard is not signed. */
  readonly keyFingerprint: string | null
  /** True if the signature was checked with a public key. */
  readonly verified: boolean
}

/** SHA-256 digests over canonical JSON, in hex. */
export interface Digests {
  /** Digests of the items of each section of the checklist, by section id. */
  readonly sections: Readonly<Record<string, string>>
  /** Digests of the other members of the record, by name. */
  readonly parts: Readonly<Record<string, string>>
}

export interface ItemChange {
  readonly id: string
  readonly text: string
  readonly before: ItemState
  readonly now: ItemState
}

export type CauseChange = Pick<Cause, 'id' | 'summary' | 'object' | 'items'>

export interface ChangesSinceLastRun {
  /** The last conclusive run. */
  readonly last: Pick<Verdict, 'verdict' | 'finishedAt'>
  /** Items that failed now, but held in the last run. */
  readonly newlyFailed: readonly ItemChange[]
  /** Items that pass now, but failed or were blocked in the last run. */
  readonly mended: readonly ItemChange[]
  /** Items that the last run checked, and this one did not. */
  readonly noLongerChecked: readonly ItemChange[]
  /** Items that changed their state in any other way. */
  readonly otherwise: readonly ItemChange[]
  readonly newCauses: readonly CauseChange[]
  readonly goneCauses: readonly CauseChange[]
  /** Number of items that are not compared, because neither run or only this one checked them, or the selection left them out. */
  readonly uncompared: number
}

/** An earlier run of the same platform, as far as the reports show it. */
export interface EarlierRun {
  /** The name of the run (ACCEPTANCE_RUN), which its attempts share; absent if it had none. */
  readonly run?: string | undefined
  /** ISO 8601. */
  readonly finishedAt: string
  readonly verdict: VerdictName
  /** The value of each metric in the unit of the metric, by its name: in all, and by project. Null without data. */
  readonly metrics: Readonly<
    Record<string, { readonly all: number | null; readonly projects: Readonly<Record<string, number | null>> }>
  >
}

export interface History {
  /** Oldest first. Runs of a part of the checklist, or of another platform, are left out. */
  readonly runs: readonly EarlierRun[]
  /** Entries of the archive that cannot be used, one sentence each. */
  readonly unreadable: readonly string[]
}

/** One of the four metrics, as the run proved it. */
export interface MetricRecord {
  /** The name in the checklist. */
  readonly name: string
  /** The worst state of its items; an error if the run itself failed. Only "passed" is proven. */
  readonly status: ItemState
  /** The reason why it is not proven; null if it is. */
  readonly reason: string | null
  /** The numbers with the definitions used; null if nothing was compared. */
  readonly measured: MeasuredMetric | null
}

export interface Verdict {
  readonly verdict: VerdictName
  readonly exitCode: number
  readonly scope: RunScope
  /** The name of the run (ACCEPTANCE_RUN), which its attempts share; absent if it had none. */
  readonly run?: string
  readonly startedAt: string
  readonly finishedAt: string
  readonly platform: PlatformRecord
  readonly suite: SuiteRecord
  /** The team's own checks, besides those of the checklist; absent if it has none. */
  readonly ownChecks?: OwnChecks
  /** Absent if the configuration could not be read. */
  readonly configuration?: ConfigurationRecord
  /** The merged shards; absent for a run without shards. */
  readonly shards?: readonly ShardRecord[]
  /** Fingerprint of the key that signs this record; absent if it is not signed. */
  readonly signedBy?: string
  /** The differences from the last conclusive run, or a sentence that says why there is no comparison. */
  readonly sinceLastRun?: ChangesSinceLastRun | string
  /** The earlier runs of this platform, from the archive; absent if there was no archive to read. */
  readonly history?: History
  /** The four metrics in the order of the checklist. */
  readonly metrics?: readonly MetricRecord[]
  readonly items: readonly ItemRecord[]
  readonly causes: readonly Cause[]
  /** Number of items by state; every state is a key. */
  readonly counts: Readonly<Record<ItemState, number>>
  /** Problems with the run itself (bad configuration, no scenario ran, interrupted), one sentence each. */
  readonly problems: readonly string[]
  /** Absent if nothing failed or the platform could not be reached. */
  readonly diagnosis?: DiagnosisRecord
  /** The steps to roll back a rejected deployment; absent otherwise. */
  readonly rollback?: readonly RollbackStep[]
  /** Objects that the stories created and could not remove; absent if there are none. */
  readonly leftBehind?: readonly string[]
  readonly digests: Digests
  /** SHA-256, in hex, over the canonical JSON (RFC 8785) of everything else in this object. */
  readonly digest: string
}
