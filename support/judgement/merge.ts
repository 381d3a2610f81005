/**
 * Merges the shards of a run into one record, as if they had been a single run. Pure. Shards that do not fit together are a
 * problem of the run, and so an error: the merged verdict is never better than that of the worst shard.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Checklist } from '../basis/checklist'
import { unionOf } from '../diagnosis/facts/union'
import { alterationsOf } from '../record/digest'
import type { RunFacts } from '../record/run-facts'
import { worstVerdictFirst } from '../record/verdict'
import { type JudgedRun, judge } from './judge'
import { nameOf, type Shard } from './shard'

/**
 * Merges shards and judges the result.
 * @param shards at least one
 * @param unreadable sentences that say why other directories contain no shard that can be merged
 * @param own facts of the merge itself
 */
export function mergeShards(
  checklist: Checklist,
  shards: readonly [Shard, ...Shard[]],
  unreadable: readonly string[] = [],
  own: Partial<Pick<RunFacts, 'shards' | 'signedBy' | 'history' | 'previous'>> = {},
): JudgedRun {
  const ordered = [...shards].sort((one, other) => numberOf(one) - numberOf(other))
  const misfits = [
    ...unreadable,
    ...incomplete(ordered),
    ...disagreements(ordered),
    ...farApart(ordered),
    ...ordered.flatMap((shard) => unfounded(checklist, shard)),
    ...haltedInPart(ordered),
  ]
  const runs = ordered.flatMap((shard) => shard.runs)
  const messages = ordered.flatMap((shard) => shard.messages)
  const judged = (problems: readonly string[]): JudgedRun => {
    const facts = {
      ...union(
        ordered.map((shard) => shard.facts),
        problems,
      ),
      ...{ shards: undefined, signedBy: undefined, history: undefined, previous: undefined },
      ...own,
    }
    return { verdict: judge(checklist, facts, runs), facts, runs, messages }
  }
  const whole = judged(misfits)
  const worse = ordered.filter(({ verdict }) => isWorse(verdict, whole.verdict))
  return worse.length === 0 ? whole : judged([...misfits, ...worse.map(betterThan)])
}

const partsOf = ({ facts }: Shard) => (facts.scope.shard ?? '').split('/').map(Number)
const numberOf = (shard: Shard) => partsOf(shard)[0] ?? 0
const totalOf = (shard: Shard) => partsOf(shard)[1] ?? 0

/** A record of more shards than anybody starts is no record of a run. */
const mostShards = 1000

/** Returns a sentence for each shard that is missing, given twice or not part of the run. */
function incomplete(shards: readonly Shard[]): string[] {
  const whole = shards.filter(({ facts }) => facts.scope.shard === null)
  if (whole.length > 0)
    return whole.map(
      ({ directory }) => `${directory} contains a complete run (without --shard), which cannot be merged with others.`,
    )
  const totals = new Set(shards.map(totalOf))
  const [total = 0, another] = totals
  if (another !== undefined) return [`The shards belong to different runs: ${shards.map(nameOf).join(', ')}.`]
  if (total > mostShards) return [`The number of shards is out of range: ${shards.map(nameOf).join(', ')}.`]
  const numbers = Array.from({ length: total }, (_, index) => index + 1)
  return [...new Set([...numbers, ...shards.map(numberOf)])].flatMap((number) => {
    const given = shards.filter((shard) => numberOf(shard) === number)
    if (given.length === 0) return [`Shard ${number}/${total} is missing.`]
    if (!numbers.includes(number)) return [`The shard number is out of range: ${given.map(nameOf).join(', ')}.`]
    return given.length > 1 ? [`A shard was given more than once: ${given.map(nameOf).join(', ')}.`] : []
  })
}

/** The values that all shards of a run share, keyed by their names in messages. A shard returns undefined for an unknown value. */
const common: Readonly<Record<string, (facts: RunFacts) => unknown>> = {
  'run (ACCEPTANCE_RUN)': ({ run }) => run,
  'version of the suite': ({ suite }) => suite.version,
  'commit of the suite': ({ suite }) => suite.commit,
  'sources of the suite (SHA-256)': ({ suite }) => suite.sourcesSha256 ?? null,
  'changed files of the suite': ({ suite }) => suite.changedFiles?.join(', ') ?? null,
  'configuration file (SHA-256)': ({ configuration }) => configuration?.sha256 ?? null,
  configuration: ({ configuration }) => configuration?.effective ?? null,
  'differences from the checklist': ({ configuration }) => configuration?.differences ?? null,
  checklist: ({ suite }) => suite.checklistSha256,
  'own checks': ({ ownChecks }) => ownChecks ?? null,
  contract: ({ scope }) => scope.contract,
  filter: ({ scope }) => scope.filter,
  'permission to write': ({ scope }) => scope.writes,
  server: ({ platform }) => platform.server,
  'certificate authority of the cluster (SHA-256)': ({ platform }) => platform.authority,
  context: ({ platform }) => platform.context,
  namespace: ({ platform }) => platform.namespace,
  environment: ({ platform }) => platform.environment ?? null,
  owners: ({ owners }) => owners ?? null,
  'Kubernetes version': ({ platform, halted }) => (halted ? undefined : platform.kubernetesVersion),
  'images of the service': ({ platform }) => (platform.images.length > 0 ? platform.images.join(', ') : undefined),
  'required scenarios': ({ required, halted }) => (halted ? undefined : required),
  'items that do not apply': ({ notApplicable, halted }) => (halted ? undefined : notApplicable),
  waivers: ({ waivers }) => waivers,
  attestations: ({ attestations }) => attestations,
}

/** Returns a sentence for each shared value that differs between two shards that know it. */
function disagreements(shards: readonly Shard[]): string[] {
  return Object.entries(common).flatMap(([what, of]) => {
    const said = shards.map((shard) => ({ shard, value: of(shard.facts) })).filter(({ value }) => value !== undefined)
    const [first, ...others] = said
    const other = others.find(({ value }) => !isDeepStrictEqual(value, first?.value))
    if (!first || !other) return []
    const shown = [first, other].map(({ shard, value }) =>
      typeof value === 'object' && value !== null ? nameOf(shard) : `${nameOf(shard)} has ${value ?? 'none'}`,
    )
    return [`The shards differ in the ${what}${keysOf(first.value, other.value)}: ${shown.join(', ')}.`]
  })
}

/** Shards of one run that runners start one after the other are apart by less than this, in milliseconds. */
const mostApart = 12 * 3_600_000

/** Returns a sentence if shards are so far apart that one of them may be left from an earlier run, even one of the same name. */
function farApart(shards: readonly Shard[]): string[] {
  const byStart = [...shards].sort((one, other) => Date.parse(one.facts.startedAt) - Date.parse(other.facts.startedAt))
  const late = byStart.findIndex(
    ({ facts }, index) =>
      index > 0 && Date.parse(facts.startedAt) - Date.parse(byStart[index - 1]?.facts.finishedAt ?? '') > mostApart,
  )
  const [earlier, later] = [byStart[late - 1], byStart[late]]
  if (!earlier || !later) return []
  const { run } = later.facts
  // Other names are reported as such.
  if (run !== earlier.facts.run) return []
  const names =
    run === null
      ? 'neither names its run (ACCEPTANCE_RUN)'
      : `both name the run ${run}: give each run a name of its own (ACCEPTANCE_RUN)`
  return [
    `The shards may belong to different runs: ${nameOf(earlier)} finished at ${earlier.facts.finishedAt}, ${nameOf(later)} started at ${later.facts.startedAt}, and ${names}.`,
  ]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The keys in which two objects differ, in parentheses; empty for other values. */
function keysOf(one: unknown, other: unknown): string {
  if (!isRecord(one) || !isRecord(other)) return ''
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return ` (${[...keys].filter((key) => !isDeepStrictEqual(one[key], other[key])).join(', ')})`
}

/** Returns a sentence if the shard's record was changed, or if judging its messages again yields a different record. */
function unfounded(checklist: Checklist, shard: Shard): string[] {
  const { facts, runs, verdict } = shard
  if (facts.suite.checklistSha256 !== checklist.sha256)
    return [`Shard ${nameOf(shard)} was judged by a checklist that differs from the one in this checkout.`]
  if (alterationsOf({ ...verdict }) !== null)
    return [`The verdict.json of shard ${nameOf(shard)} was changed after it was written.`]
  return judge(checklist, facts, runs).digest === verdict.digest
    ? []
    : [`The verdict.json of shard ${nameOf(shard)} does not match its messages.ndjson and run.json.`]
}

/** Returns a sentence for each shard that could not reach the platform. If none could, the whole run is blocked instead. */
function haltedInPart(shards: readonly Shard[]): string[] {
  const halted = shards.filter(({ facts }) => facts.halted !== null)
  if (halted.length === shards.length) return []
  return halted.map((shard) => `Shard ${nameOf(shard)} could not check the platform: ${shard.facts.halted?.summary}`)
}

const isWorse = (part: JudgedRun['verdict'], whole: JudgedRun['verdict']) =>
  // A shard alone is partial because it leaves the rest of the checklist to the others.
  part.verdict !== 'partial' && worstVerdictFirst(part.verdict, whole.verdict) < 0

const betterThan = (shard: Shard) =>
  `Shard ${nameOf(shard)} has the verdict ${shard.verdict.verdict}, which the other shards cannot improve: ${
    shard.verdict.problems.join(' ') || 'see its own reports.'
  }`

function union(all: readonly RunFacts[], misfits: readonly string[]): RunFacts {
  const [first] = all
  if (first === undefined) throw new Error('Expected at least one shard.')
  const distinct = <T>(of: (facts: RunFacts) => readonly T[]): T[] =>
    [...new Map(all.flatMap(of).map((one) => [JSON.stringify(one), one]))].sort(byKey).map(([, one]) => one)
  // Paths may differ between the machines of one run.
  const environment = distinct(({ suite }) => suite.environment ?? [])
  const times = (of: (facts: RunFacts) => string) => all.map(of).sort()
  return {
    ...first,
    scope: { ...first.scope, shard: null },
    suite: { ...first.suite, ...(environment.length === 0 ? {} : { environment }) },
    startedAt: times(({ startedAt }) => startedAt)[0] ?? first.startedAt,
    finishedAt: times(({ finishedAt }) => finishedAt).at(-1) ?? first.finishedAt,
    platform: {
      ...first.platform,
      images: distinct(({ platform }) => platform.images),
      routes: distinct(({ platform }) => platform.routes),
    },
    problems: [...new Set([...all.flatMap(({ problems }) => problems), ...misfits])],
    halted: all.every(({ halted }) => halted !== null) ? first.halted : null,
    interrupted: all.some(({ interrupted }) => interrupted),
    collected: unionOf(all.flatMap(({ collected }) => collected ?? [])),
    leftBehind: all.flatMap(({ leftBehind }) => leftBehind),
    collections: all.flatMap(({ collections }) => collections),
  }
}

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) => (one < other ? -1 : 1)
