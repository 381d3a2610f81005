/**
 * The record of a run: what reports/verdict.json holds.
 * Every report (sign-off page, JUnit, Allure, terminal) is made from this record and never from Cucumber's own idea of
 * success, so that none of them can be greener than the verdict.
 */

import type { Attestation, Waiver } from '../configuration/waivers'
import type { RollbackStep } from '../diagnosis/rollback'
import type { Troubleshooting } from '../diagnosis/troubleshooting'
import type { RouteRecord } from '../platform/routes'

/** The states of a checklist item, worst first: this order decides a derived item. */
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

/** How an item is proven; see features/checklist.yaml. */
export type Proof = 'automated' | 'optional' | 'mutating' | 'attested' | 'derived'

/** Worst first: the first that fits is the verdict. */
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

/** What a scenario contributes to its items. */
export type ScenarioStatus = Exclude<ItemState, 'waived' | 'attested'>

export interface ScenarioRecord {
  readonly name: string
  /** Path of the feature file, relative to the repository. */
  readonly uri: string
  readonly line: number
  readonly status: ScenarioStatus
  readonly durationMs: number
  /** Id of an entry of {@link Verdict.causes}; null when the scenario passed, was not run or does not apply. */
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

/** One reason for any number of items that are not as they must be. */
export interface Cause {
  readonly id: string
  readonly summary: string
  /** What it is about, such as "Service fawkes/devlake-lake". */
  readonly object: string
  readonly found: string
  /** Shell commands, in the order in which to type them. */
  readonly remedy: readonly string[]
  /** What was found elsewhere and only follows from it, one sentence each. */
  readonly symptoms: readonly string[]
  /** What the cluster says about it: events and the last lines of logs. */
  readonly facts: readonly string[]
  /** The entry of the checklist's troubleshooting that is about it. */
  readonly troubleshooting: Troubleshooting | null
  readonly items: readonly string[]
}

/** How the facts behind the causes were collected. */
interface DiagnosisRecord {
  readonly collectedAt: string
  readonly durationMs: number
  /** What could not be collected, and why. */
  readonly uncollected: readonly { readonly what: string; readonly why: string }[]
}

/** What a run was asked to judge, and whether it could change the platform. */
export interface RunScope {
  readonly contract: string
  readonly writes: boolean
  /** The filter as it was asked for (tags, names, paths), or null. */
  readonly filter: string | null
  /** Such as "1/4", or null. */
  readonly shard: string | null
}

export interface PlatformRecord {
  readonly server: string | null
  readonly context: string | null
  readonly namespace: string
  readonly kubernetesVersion: string | null
  /** Images that the service's containers run, sorted. */
  readonly images: readonly string[]
  readonly routes: readonly RouteRecord[]
}

export interface SuiteRecord {
  readonly version: string
  readonly commit: string | null
  readonly checklistSha256: string
}

/** SHA-256, hex, over canonical JSON. */
export interface Digests {
  /** Section of the checklist → digest of its items. */
  readonly sections: Readonly<Record<string, string>>
  /** Every other member of the record → digest of it. */
  readonly parts: Readonly<Record<string, string>>
}

export interface Verdict {
  readonly verdict: VerdictName
  readonly exitCode: number
  readonly scope: RunScope
  readonly startedAt: string
  readonly finishedAt: string
  readonly platform: PlatformRecord
  readonly suite: SuiteRecord
  readonly items: readonly ItemRecord[]
  readonly causes: readonly Cause[]
  /** Number of items by state; every state is a key. */
  readonly counts: Readonly<Record<ItemState, number>>
  /** What is wrong with the run itself (bad configuration, nothing ran, interrupted), one sentence each. */
  readonly problems: readonly string[]
  /** Absent where nothing failed, or there was nothing to look at. */
  readonly diagnosis?: DiagnosisRecord
  /** For a rejected deployment. */
  readonly rollback?: readonly RollbackStep[]
  /** What the stories created and the platform gives no way to remove; absent when nothing was left. */
  readonly leftBehind?: readonly string[]
  readonly digests: Digests
  /** SHA-256, hex, over the canonical JSON (RFC 8785) of everything else in this object. */
  readonly digest: string
}
