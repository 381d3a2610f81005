/**
 * The ledger: gives every checklist item one state from the results of its scenarios, the waivers and the attestations.
 * Pure. The scenarios that ran never decide what was required. docs/verdict.md has the rules.
 */
import type { Checklist, ChecklistItem } from '../basis/checklist'
import { command } from '../basis/command'
import type { Finding } from '../basis/finding'
import type { Attestation, Waiver } from '../configuration/waivers'
import { Diagnosis } from '../diagnosis/diagnosis'
import type { Facts } from '../diagnosis/facts/facts'
import { deploymentFailed, rollbackOf } from '../diagnosis/rollback'
import type { RequiredScenario } from '../record/required-scenario'
import type { RunFacts } from '../record/run-facts'
import type { ScenarioResult } from '../record/scenario-run'
import {
  exitCodes,
  type ItemRecord,
  type ItemState,
  itemStates,
  type RunScope,
  type ScenarioRecord,
  type ScenarioStatus,
  type Verdict,
  type VerdictName,
  worstFirst,
} from '../record/verdict'
import {
  attestationTemplate,
  describeAttestation,
  describeInvalid,
  describeInvalidWaiver,
  isValid,
} from './attestation'
import { Causes } from './causes'
import { derivedState } from './derived'
import { problemsOf } from './problems'
import { weakened } from './weakened'

/** The facts of a run that the ledger judges, with the results of its scenarios. */
export interface LedgerInput
  extends Pick<
    RunFacts,
    | 'required'
    | 'scope'
    | 'waivers'
    | 'attestations'
    | 'problems'
    | 'halted'
    | 'interrupted'
    | 'collected'
    | 'configuration'
  > {
  readonly checklist: Checklist
  readonly runs: readonly ScenarioResult[]
  /** Item id → reason why the contract or the configuration excludes it. */
  readonly notApplicable: ReadonlyMap<string, string>
  /** True if the messages of the run are on disk; an item may depend on it. */
  readonly recordWritten: boolean
  readonly now: Date
}

export type Ledger = Pick<
  Verdict,
  'verdict' | 'exitCode' | 'items' | 'causes' | 'counts' | 'problems' | 'diagnosis' | 'rollback'
>

export function ledger(input: LedgerInput): Ledger {
  const failed = input.runs.flatMap((run) => (run.status === 'failed' ? findingsOf(run) : []))
  const causes = new Causes(new Diagnosis(input.collected, failed), input.checklist.troubleshooting)
  const items = new Map<string, ItemRecord>()
  for (const item of input.checklist.items) {
    items.set(
      item.id,
      item.how === 'derived'
        ? record(item, derivedState(item, [...items.values()], input.recordWritten))
        : proven(item, input, causes),
    )
  }
  const records = causes.nameIn([...items.values()])
  const problems = problemsOf(input)
  const verdict = verdictOf(records, problems.length > 0, input.halted)
  return {
    verdict,
    exitCode: exitCodes[verdict],
    items: records,
    causes: causes.of(records, metricsByItem(input.checklist)),
    counts: Object.fromEntries(
      itemStates.map((state) => [state, records.filter(({ status }) => status === state).length]),
    ) as Record<ItemState, number>,
    problems,
    ...(input.collected === null ? {} : diagnosed(input.collected)),
    ...(input.collected !== null && verdict === 'rejected' && deploymentFailed(input.collected)
      ? { rollback: rollbackOf(input.checklist.rollback, input.collected) }
      : {}),
  }
}

const metricsByItem = ({ items }: Checklist) =>
  new Map(items.flatMap(({ id, metric }) => (metric === undefined ? [] : [[id, metric] as const])))

const diagnosed = ({ collectedAt, durationMs, uncollected }: Facts): Pick<Ledger, 'diagnosis'> => ({
  diagnosis: { collectedAt, durationMs, uncollected },
})

interface State {
  readonly status: ItemState
  readonly reason: string | null
  readonly scenarios?: readonly ScenarioRecord[]
  readonly waiver?: Waiver
  readonly attestation?: Attestation
}

function proven(item: ChecklistItem, input: LedgerInput, causes: Causes): ItemRecord {
  const attestations = input.attestations.filter((attestation) => attestation.item === item.id)
  const state =
    item.how === 'attested'
      ? attested(item, attestations, input, causes)
      : judged(item, attestations, weakened(item, fromScenarios(item, input, causes), input, causes), input)
  return record(item, waived(item, state, input))
}

const record = ({ id, section, text, how }: ChecklistItem, state: State): ItemRecord => ({
  id,
  section,
  text,
  how,
  scenarios: [],
  ...state,
})

/**
 * Applies attestations to an item that scenarios prove. They count only for a mutating item whose scenarios were not run;
 * for any other item an attestation is an error.
 */
function judged(item: ChecklistItem, attestations: readonly Attestation[], state: State, input: LedgerInput): State {
  const [first] = attestations
  if (first && item.how !== 'mutating')
    return {
      ...state,
      status: 'error',
      reason: `Attested by ${first.by}, but this item is proven by scenarios. Remove the attestation.`,
    }
  if (first === undefined || state.status !== 'not run') return state
  const attestation = attestations.find((candidate) => isValid(candidate, input.now))
  return attestation
    ? { ...state, status: 'attested', reason: describeAttestation(attestation), attestation }
    : { ...state, reason: `${state.reason} (${describeInvalid(first, input.now)})` }
}

function attested(
  item: ChecklistItem,
  attestations: readonly Attestation[],
  input: LedgerInput,
  causes: Causes,
): State {
  const valid = attestations.find((attestation) => isValid(attestation, input.now))
  if (valid) return { status: 'attested', reason: describeAttestation(valid), attestation: valid }
  if (limited(input)) return { status: 'not run', reason: outside(input.scope) }
  const [invalid] = attestations
  const summary = invalid ? describeInvalid(invalid, input.now) : 'Nobody has attested this item.'
  causes.add(item.id, {
    summary: 'Items that only a person can attest have no valid attestation',
    object: 'the attestation file (configuration key attestations)',
    expected: 'an attestation that is valid now',
    found: summary,
    remedy: [attestationTemplate(item, input.now)],
  })
  return {
    status: 'blocked',
    reason: `${summary} Add an attestation to the attestation file (configuration key attestations).`,
  }
}

function waived(item: ChecklistItem, state: State, input: LedgerInput): State {
  if (state.status !== 'failed' && state.status !== 'blocked') return state
  const waivers = input.waivers.filter((waiver) => waiver.item === item.id)
  const valid = waivers.find((waiver) => isValid(waiver, input.now))
  if (valid)
    return {
      ...state,
      status: 'waived',
      reason: `Waived by ${valid.owner} until ${valid.expires}: ${valid.reason} (Without the waiver: ${state.status}. ${state.reason})`,
      waiver: valid,
    }
  const [invalid] = waivers
  return invalid ? { ...state, reason: `${state.reason} (${describeInvalidWaiver(invalid, input.now)})` } : state
}

function fromScenarios(item: ChecklistItem, input: LedgerInput, causes: Causes): State {
  const inapplicable = input.notApplicable.get(item.id)
  if (inapplicable !== undefined) return { status: 'not applicable', reason: inapplicable }
  // With a filter, a run that could not start requires only what the filter selects.
  const isOutside = limited(input) && !input.required.some(({ items }) => items.includes(item.id))
  if (input.halted && !isOutside) {
    causes.add(item.id, input.halted)
    return { status: 'blocked', reason: input.halted.summary }
  }
  const scenarios = scenariosOf(item, input).map((scenario) => {
    const [cause = null] = (scenario.run ? findingsOf(scenario.run) : []).map((one) => causes.add(item.id, one))
    return { ...scenario, cause }
  })
  const [worst] = [...scenarios].sort((a, b) => worstFirst(a.status, b.status))
  if (!worst) return unproven(item, input, causes)
  return {
    status: worst.status,
    reason: worst.reason,
    scenarios: scenarios.map(({ required: { name, uri, line }, status, run, cause }) => ({
      name,
      uri,
      line,
      status,
      durationMs: run?.durationMs ?? 0,
      cause,
    })),
  }
}

function unproven(item: ChecklistItem, input: LedgerInput, causes: Causes): State {
  if (limited(input)) return { status: 'not run', reason: outside(input.scope) }
  causes.add(item.id, {
    summary: 'Checklist items have no scenario',
    object: 'features/',
    expected: 'at least one scenario tagged with the id of the item',
    found: 'none',
    remedy: [],
  })
  return { status: 'error', reason: `No scenario has the tag @checklist:${item.id}.` }
}

/** Returns true if the operator limited the run, so that a missing result is a choice rather than an error. */
const limited = ({ scope, interrupted }: LedgerInput) => scope.filter !== null || scope.shard !== null || interrupted

const outside = ({ filter, shard }: RunScope) =>
  filter !== null
    ? `Not selected by the filter of this run (${filter}).`
    : shard !== null
      ? `Not part of this shard (${shard}).`
      : 'The run was interrupted before this item was checked.'

interface Considered {
  readonly required: Pick<RequiredScenario, 'name' | 'uri' | 'line'>
  readonly run: ScenarioResult | undefined
  readonly status: ScenarioStatus
  readonly reason: string | null
}

/** Returns the scenarios with the item's tag: the required ones, and any others that ran. */
function scenariosOf(item: ChecklistItem, input: LedgerInput): Considered[] {
  // Should one scenario have run twice, its worst end counts.
  const runs = new Map([...input.runs].sort((a, b) => worstFirst(b.status, a.status)).map((run) => [key(run), run]))
  const required = input.required.filter(({ items }) => items.includes(item.id))
  const known = new Set(required.map(key))
  const others = input.runs.filter((run) => run.items.includes(item.id) && !known.has(key(run)))
  return [...required, ...others].map((scenario) => {
    const run = runs.get(key(scenario))
    if (run) return { required: scenario, run, status: run.status, reason: run.reason }
    const refused = scenario.tags.includes('@writes') && !input.scope.writes
    if (refused || limited(input))
      return {
        required: scenario,
        run,
        status: 'not run',
        reason: refused ? 'The scenario changes the platform, but this run was read-only.' : outside(input.scope),
      }
    return {
      required: scenario,
      run,
      status: 'error',
      reason: `The scenario "${scenario.name}" is required, but it did not run.`,
    }
  })
}

const key = ({ uri, line, name }: { uri: string; line: number; name: string }) => `${uri}:${line}:${name}`

function findingsOf(run: ScenarioResult): readonly Finding[] {
  if (run.status === 'passed' || run.status === 'not run' || run.status === 'not applicable') return []
  if (run.status !== 'error' && run.finding) return [run.finding, ...(run.further ?? [])]
  const place = `${run.uri}:${run.line}`
  const summary = run.reason ?? 'The scenario did not finish properly.'
  const expected = 'a scenario that passes, fails or is blocked'
  return [{ summary, object: place, expected, found: run.status, remedy: [command`npx dora-acceptance run ${place}`] }]
}

/** The verdict of items. @param halted why nothing could be checked; null if something could */
export function verdictOf(
  items: readonly Pick<ItemRecord, 'status'>[],
  hasProblems: boolean,
  halted: Finding | null,
): VerdictName {
  const has = (state: ItemState) => items.some(({ status }) => status === state)
  if (has('error') || hasProblems) return 'error'
  if (has('failed')) return 'rejected'
  // Without a cluster, waivers and attestations alone do not make a run accepted.
  if (has('blocked') || halted) return 'blocked'
  if (has('not run')) return 'partial'
  return 'accepted'
}
