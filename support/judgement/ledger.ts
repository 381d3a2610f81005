/**
 * The ledger: the checklist meets what the scenarios did, the waivers and the attestations, and every item gets one state.
 * Pure; what ran never decides what was required. The rules stand in docs/verdict.md.
 */
import type { Checklist, ChecklistItem } from '../basis/checklist'
import type { Finding } from '../basis/finding'
import type { Attestation, Waiver } from '../configuration/waivers'
import { Diagnosis } from '../diagnosis/diagnosis'
import type { Facts } from '../diagnosis/facts/facts'
import { rollbackOf } from '../diagnosis/rollback'
import type { RequiredScenario } from '../record/required-scenario'
import type { ScenarioRun } from '../record/scenario-run'
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
import { attestationTemplate, counts, holds, vouched } from './attestation'
import { Causes } from './causes'
import { derivedState } from './derived'

export interface LedgerInput {
  readonly checklist: Checklist
  /** Every scenario of the features, selected or not. */
  readonly required: readonly RequiredScenario[]
  readonly runs: readonly ScenarioRun[]
  readonly scope: RunScope
  /** Item id → why the contract or the configuration leaves it out. */
  readonly notApplicable: ReadonlyMap<string, string>
  readonly waivers: readonly Waiver[]
  readonly attestations: readonly Attestation[]
  readonly problems: readonly string[]
  /** Why there was nothing to look at (no cluster); then every item that needs the platform is blocked by it. */
  readonly halted: Finding | null
  /** Whether somebody ended the run before its end. */
  readonly interrupted: boolean
  /** Whether the messages of the run are on disk; an item may ask for that. */
  readonly recordWritten: boolean
  /** What was collected when something failed; null where nothing was. */
  readonly collected: Facts | null
  readonly now: Date
}

export type Ledger = Pick<
  Verdict,
  'verdict' | 'exitCode' | 'items' | 'causes' | 'counts' | 'problems' | 'diagnosis' | 'rollback'
>

export function ledger(input: LedgerInput): Ledger {
  const failed = input.runs.flatMap(({ status, finding }) => (status === 'failed' && finding ? [finding] : []))
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
  const verdict = verdictOf(records, input)
  return {
    verdict,
    exitCode: exitCodes[verdict],
    items: records,
    causes: causes.of(records),
    counts: Object.fromEntries(
      itemStates.map((state) => [state, records.filter(({ status }) => status === state).length]),
    ) as Record<ItemState, number>,
    problems: problems(input),
    ...(input.collected === null ? {} : diagnosed(input.collected)),
    ...(input.collected !== null && verdict === 'rejected'
      ? { rollback: rollbackOf(input.checklist.rollback, input.collected) }
      : {}),
  }
}

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
      : judged(item, attestations, fromScenarios(item, input, causes), input)
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

/** What an attestation does to an item that scenarios prove: it may stand in only where the scope refused the writes. */
function judged(item: ChecklistItem, attestations: readonly Attestation[], state: State, input: LedgerInput): State {
  const [first] = attestations
  if (first && item.how !== 'mutating')
    return {
      ...state,
      status: 'error',
      reason: `It is attested by ${first.by}, but scenarios prove it: remove the attestation.`,
    }
  const attestation = attestations.find((candidate) => counts(candidate, input.now))
  if (state.status === 'not run' && attestation)
    return { ...state, status: 'attested', reason: vouched(attestation), attestation }
  return state
}

function attested(
  item: ChecklistItem,
  attestations: readonly Attestation[],
  input: LedgerInput,
  causes: Causes,
): State {
  const valid = attestations.find((attestation) => counts(attestation, input.now))
  if (valid) return { status: 'attested', reason: vouched(valid), attestation: valid }
  if (limited(input)) return { status: 'not run', reason: outside(input.scope) }
  const [expired] = attestations
  const summary = expired
    ? `The attestation by ${expired.by} expired on ${expired.expires}.`
    : 'Nobody has attested it.'
  causes.add(item.id, {
    summary: 'Items that only a person can vouch for have no valid attestation',
    object: 'the attestation file (configuration key attestations)',
    expected: 'an attestation that has not expired',
    found: summary,
    remedy: [attestationTemplate(item, input.now)],
  })
  return { status: 'blocked', reason: `${summary} Add an attestation to the file that the configuration names.` }
}

function waived(item: ChecklistItem, state: State, input: LedgerInput): State {
  if (state.status !== 'failed' && state.status !== 'blocked') return state
  const waivers = input.waivers.filter((waiver) => waiver.item === item.id)
  const valid = waivers.find(({ expires }) => holds(expires, input.now))
  if (valid)
    return {
      ...state,
      status: 'waived',
      reason: `${valid.owner} accepts it until ${valid.expires}: ${valid.reason} (It is ${state.status}: ${state.reason})`,
      waiver: valid,
    }
  const [expired] = waivers
  return expired
    ? { ...state, reason: `${state.reason} (The waiver of ${expired.owner} expired on ${expired.expires}.)` }
    : state
}

function fromScenarios(item: ChecklistItem, input: LedgerInput, causes: Causes): State {
  const inapplicable = input.notApplicable.get(item.id)
  if (inapplicable !== undefined) return { status: 'not applicable', reason: inapplicable }
  if (input.halted) {
    causes.add(item.id, input.halted)
    return { status: 'blocked', reason: input.halted.summary }
  }
  const scenarios = scenariosOf(item, input).map((scenario) => {
    const cause = scenario.run && findingOf(scenario.run)
    return { ...scenario, cause: cause ? causes.add(item.id, cause) : null }
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
    summary: 'Items of the checklist have no scenario',
    object: 'features/',
    expected: 'at least one scenario that carries the tag of the item',
    found: 'none',
    remedy: [],
  })
  return { status: 'error', reason: `No scenario carries the tag @checklist:${item.id}.` }
}

/** Whether the operator asked for less than everything, so that what is missing is a choice and not an error. */
const limited = ({ scope, interrupted }: LedgerInput) => scope.filter !== null || scope.shard !== null || interrupted

const outside = ({ filter, shard }: RunScope) =>
  filter !== null
    ? `It is outside the filter of this run (${filter}).`
    : shard !== null
      ? `It is not in this shard (${shard}).`
      : 'The run was interrupted before it.'

interface Considered {
  readonly required: Pick<RequiredScenario, 'name' | 'uri' | 'line'>
  readonly run: ScenarioRun | undefined
  readonly status: ScenarioStatus
  readonly reason: string | null
}

/** The scenarios that carry the item's tag: those that must exist, and any others that ran. */
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
        reason: refused ? 'It changes the platform, and the scope is read-only.' : outside(input.scope),
      }
    return { required: scenario, run, status: 'error', reason: 'It is required, but it was not run.' }
  })
}

const key = ({ uri, line, name }: { uri: string; line: number; name: string }) => `${uri}:${line}:${name}`

function findingOf(run: ScenarioRun): Finding | null {
  if (run.status === 'passed' || run.status === 'not run' || run.status === 'not applicable') return null
  if (run.status !== 'error' && run.finding) return run.finding
  return {
    summary: run.reason ?? 'The scenario did not end well.',
    object: `${run.uri}:${run.line}`,
    expected: 'a scenario that passes, fails or is blocked',
    found: run.status,
    remedy: [`npm run acceptance -- ${run.uri}:${run.line}`],
  }
}

function problems(input: LedgerInput): string[] {
  const { checklist, notApplicable, runs, halted, interrupted } = input
  const provable = checklist.items.filter(
    ({ id, how }) => how !== 'derived' && how !== 'attested' && !notApplicable.has(id),
  )
  const ids = new Set(provable.map(({ id }) => id))
  const ran = runs.filter(({ status }) => status !== 'not run')
  // What does not apply is neither proof nor trouble.
  const said = ran.filter(({ status }) => status !== 'not applicable')
  const standing = said.filter(({ items }) => items.some((id) => ids.has(id)))
  // A scenario that stands for no item proves nothing, and must not go wrong unseen.
  const unheard = said.filter((run) => run.status !== 'passed' && !standing.includes(run))
  const known = [
    ...input.problems,
    ...unheard.map(
      ({ name, uri, line, status, reason }) =>
        `The scenario "${name}" (${uri}:${line}) stands for no item that scenarios prove, and it is ${status}: ${reason}`,
    ),
    ...(interrupted ? ['The run was interrupted: what was not run proves nothing.'] : []),
  ]
  if (standing.length > 0 || halted || known.length > 0) return known
  return [
    ran.length === 0
      ? 'No scenario ran, and nothing is not a pass.'
      : 'No scenario that ran stands for an item of the checklist, and nothing is not a pass.',
  ]
}

function verdictOf(items: readonly ItemRecord[], input: LedgerInput): VerdictName {
  const has = (state: ItemState) => items.some(({ status }) => status === state)
  if (has('error') || problems(input).length > 0) return 'error'
  if (has('failed')) return 'rejected'
  // With no cluster to look at, waivers and attestations alone accept nothing.
  if (has('blocked') || input.halted) return 'blocked'
  if (has('not run')) return 'partial'
  return 'accepted'
}
