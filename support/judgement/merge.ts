/**
 * The shards of one run → one record, as if they had been run at once. Pure. What does not fit together is a problem of the
 * run, and so an error: the whole is never better than the worst of its parts, or than it could be known to be.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Checklist } from '../basis/checklist'
import { unionOf } from '../diagnosis/facts/facts'
import { changesIn } from '../record/digest'
import type { RunFacts } from '../record/run-facts'
import { worstVerdictFirst } from '../record/verdict'
import { type JudgedRun, judge } from './judge'
import type { Shard } from './shard'

/**
 * @param shards at least one
 * @param unreadable why other directories hold no shard, in sentences
 */
export function mergeShards(
  checklist: Checklist,
  shards: readonly [Shard, ...Shard[]],
  unreadable: readonly string[] = [],
): JudgedRun {
  const ordered = [...shards].sort((one, other) => numberOf(one) - numberOf(other))
  const misfits = [
    ...unreadable,
    ...incomplete(ordered),
    ...disagreements(ordered),
    ...ordered.flatMap((shard) => unfounded(checklist, shard)),
    ...haltedInPart(ordered),
  ]
  const runs = ordered.flatMap((shard) => shard.runs)
  const messages = ordered.flatMap((shard) => shard.messages)
  const judged = (problems: readonly string[]): JudgedRun => {
    const facts = union(
      ordered.map((shard) => shard.facts),
      problems,
    )
    return { verdict: judge(checklist, facts, runs), facts, runs, messages }
  }
  const whole = judged(misfits)
  const worse = ordered.filter(({ verdict }) => isWorse(verdict, whole.verdict))
  return worse.length === 0 ? whole : judged([...misfits, ...worse.map(betterThan)])
}

const nameOf = ({ facts, directory }: Shard) => `${facts.scope.shard ?? 'the whole run'} (${directory})`
const partsOf = ({ facts }: Shard) => (facts.scope.shard ?? '').split('/').map(Number)
const numberOf = (shard: Shard) => partsOf(shard)[0] ?? 0
const totalOf = (shard: Shard) => partsOf(shard)[1] ?? 0

/** Every shard once, and no other. */
function incomplete(shards: readonly Shard[]): string[] {
  const whole = shards.filter(({ facts }) => facts.scope.shard === null)
  if (whole.length > 0)
    return whole.map(
      ({ directory }) => `${directory} holds the record of a run without --shard, which is no part of another.`,
    )
  const totals = new Set(shards.map(totalOf))
  const [total = 0, another] = totals
  if (another !== undefined) return [`The shards are not of one run: ${shards.map(nameOf).join(', ')}.`]
  const numbers = Array.from({ length: total }, (_, index) => index + 1)
  return [...new Set([...numbers, ...shards.map(numberOf)])].flatMap((number) => {
    const given = shards.filter((shard) => numberOf(shard) === number)
    if (given.length === 0) return [`Shard ${number}/${total} is missing.`]
    if (!numbers.includes(number)) return [`There can be no shard ${given.map(nameOf).join(', ')}.`]
    return given.length > 1 ? [`One shard was given more than once: ${given.map(nameOf).join(', ')}.`] : []
  })
}

/** What all shards of one run have in common, by the words for it. */
const common: Readonly<Record<string, (facts: RunFacts) => unknown>> = {
  'run (ACCEPTANCE_RUN)': ({ run }) => run,
  'version of the suite': ({ suite }) => suite.version,
  'commit of the suite': ({ suite }) => suite.commit,
  checklist: ({ suite }) => suite.checklistSha256,
  contract: ({ scope }) => scope.contract,
  'filter of the run': ({ scope }) => scope.filter,
  'permission to write': ({ scope }) => scope.writes,
  server: ({ platform }) => platform.server,
  context: ({ platform }) => platform.context,
  namespace: ({ platform }) => platform.namespace,
  'version of Kubernetes': ({ platform, halted }) => (halted ? undefined : platform.kubernetesVersion),
  'images of the service': ({ platform }) => (platform.images.length > 0 ? platform.images.join(', ') : undefined),
  'scenarios that are required': ({ required }) => required,
  'items that do not apply': ({ notApplicable, halted }) => (halted ? undefined : notApplicable),
  waivers: ({ waivers }) => waivers,
  attestations: ({ attestations }) => attestations,
}

/** @returns a sentence for each thing of which two shards that know it say different things */
function disagreements(shards: readonly Shard[]): string[] {
  return Object.entries(common).flatMap(([what, of]) => {
    const said = shards.map((shard) => ({ shard, value: of(shard.facts) })).filter(({ value }) => value !== undefined)
    const [first, ...others] = said
    const other = others.find(({ value }) => !isDeepStrictEqual(value, first?.value))
    if (!first || !other) return []
    const shown = [first, other].map(({ shard, value }) =>
      typeof value === 'object' && value !== null ? nameOf(shard) : `${nameOf(shard)} has ${value ?? 'none'}`,
    )
    return [`The shards differ in the ${what}: ${shown.join(', ')}.`]
  })
}

/** A record must be as it was written, and what the checklist makes of its messages. */
function unfounded(checklist: Checklist, shard: Shard): string[] {
  const { facts, runs, verdict } = shard
  if (facts.suite.checklistSha256 !== checklist.sha256)
    return [`Shard ${nameOf(shard)} was judged by another checklist than that of this checkout.`]
  if (changesIn({ ...verdict }) !== null) return [`The verdict.json of shard ${nameOf(shard)} was changed.`]
  return judge(checklist, facts, runs).digest === verdict.digest
    ? []
    : [`The verdict.json of shard ${nameOf(shard)} does not follow from its messages.ndjson and run.json.`]
}

/** Where no shard found anything to look at, the run was blocked; where only some did not, a part of it is missing. */
function haltedInPart(shards: readonly Shard[]): string[] {
  const halted = shards.filter(({ facts }) => facts.halted !== null)
  if (halted.length === shards.length) return []
  return halted.map((shard) => `Shard ${nameOf(shard)} had nothing to look at: ${shard.facts.halted?.summary}`)
}

const isWorse = (part: JudgedRun['verdict'], whole: JudgedRun['verdict']) =>
  // A shard alone is partial because of what the others did.
  part.verdict !== 'partial' && worstVerdictFirst(part.verdict, whole.verdict) < 0

const betterThan = (shard: Shard) =>
  `Shard ${nameOf(shard)} is ${shard.verdict.verdict}, which no other shard makes good: ${
    shard.verdict.problems.join(' ') || 'see its own reports.'
  }`

function union(all: readonly RunFacts[], misfits: readonly string[]): RunFacts {
  const [first] = all
  if (first === undefined) throw new Error('There is no shard.')
  const distinct = <T>(of: (facts: RunFacts) => readonly T[]): T[] =>
    [...new Map(all.flatMap(of).map((one) => [JSON.stringify(one), one]))].sort(byKey).map(([, one]) => one)
  const times = (of: (facts: RunFacts) => string) => all.map(of).sort()
  return {
    ...first,
    scope: { ...first.scope, shard: null },
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
