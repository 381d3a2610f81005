/** Holds a record against itself: its states must follow from its scenarios, and its verdict from its states. Pure. */
import { z } from 'zod'
import type { Checklist } from '../basis/checklist'
import { ownChecksSchema, withOwnChecks } from '../basis/own-checks'
import { exitCodes, type ItemRecord, itemStates, verdictNames, worstFirst } from '../record/verdict'
import { isValid } from './attestation'
import { derivedState } from './derived'
import { verdictOf } from './ledger'
import { metricStates } from './metrics'

const status = z.enum(itemStates)
const voucher = z.looseObject({ item: z.string(), expires: z.string(), date: z.string().optional() }).optional()
const differences = z.array(z.looseObject({ key: z.string(), asked: z.string().nullable() }))
const recorded = z.looseObject({
  verdict: z.enum(verdictNames),
  exitCode: z.number(),
  finishedAt: z.string().optional(),
  configuration: z.looseObject({ differences }).optional(),
  suite: z.looseObject({ checklistSha256: z.string() }),
  ownChecks: ownChecksSchema.optional(),
  items: z.array(
    z.looseObject({
      id: z.string(),
      section: z.string(),
      how: z.string(),
      status,
      scenarios: z.array(z.looseObject({ name: z.string(), status })),
      waiver: voucher,
      attestation: voucher,
    }),
  ),
  metrics: z.array(z.looseObject({ name: z.string(), status })).optional(),
  counts: z.record(z.string(), z.number()),
  problems: z.array(z.string()),
})
type Recorded = z.infer<typeof recorded>
type Item = Recorded['items'][number]

/**
 * Returns the contradictions in a record, one sentence each.
 * @param record the content of a verdict.json
 * @param checklist without own checks, which the record holds; derived items, and items without scenarios, are checked only in a record of this checklist
 */
export function contradictionsIn(record: unknown, checklist: Checklist): string[] {
  const { data, error } = recorded.safeParse(record)
  if (data === undefined) return [`The record does not have the documented form: ${error.issues[0]?.message}.`]
  const ofChecklist =
    data.suite.checklistSha256 === checklist.sha256
      ? checklistContradictions(data, withOwnChecks(checklist, data.ownChecks))
      : []
  const now = data.finishedAt === undefined ? undefined : new Date(data.finishedAt)
  const ids = data.items.map(({ id }) => id)
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index))
  return [
    ...[...repeated].map((id) => `Item ${id} is in the record more than once.`),
    ...(now || data.items.every(({ waiver, attestation }) => !waiver && !attestation)
      ? []
      : ['The record does not say when the run ended, so nothing shows which waivers and attestations count.']),
    ...data.items.flatMap((item) => itemContradiction(item, now) ?? []),
    ...ofChecklist,
    ...totals(data),
  ]
}

/** @param now the end of the run */
function itemContradiction(item: Item, now: Date | undefined): string | undefined {
  const { id, how, status, scenarios, waiver, attestation } = item
  if (how !== 'derived' && (status === 'waived' || status === 'attested')) {
    const [kind, given] = status === 'waived' ? (['waiver', waiver] as const) : (['attestation', attestation] as const)
    if (given?.item !== id) return `Item ${id} is ${status}, but the record has no ${kind} for it.`
    const { expires, date } = given
    if (now && !isValid({ expires, ...(date === undefined ? {} : { date }) }, now))
      return `Item ${id} is ${status}, but its ${kind} did not count at the end of the run, ${now.toISOString()}.`
    if (status === 'attested' && how !== 'attested' && how !== 'mutating')
      return `Item ${id} is attested, but scenarios prove it.`
    const other = scenarios.find((one) => (status === 'attested' ? one.status !== 'not run' : one.status === 'error'))
    return other && `Item ${id} is ${status}, but its scenario "${other.name}" is ${other.status}.`
  }
  const [worst] = [...scenarios].sort((one, other) => worstFirst(one.status, other.status))
  if (worst !== undefined && worstFirst(worst.status, status) < 0)
    return `Item ${id} is ${status}, but its scenario "${worst.name}" is ${worst.status}.`
  return undefined
}

/** The items that passed although the configuration of the run asks less of them. */
function weakenedIn({ items, configuration }: Recorded, checklist: Checklist): string[] {
  const less = configuration?.differences.flatMap(({ key, asked }) => (asked === null ? [] : key)) ?? []
  return checklist.items.flatMap(({ id, configuredBy = [] }) => {
    const key = less.find((one) => configuredBy.some((own) => one === own || one.startsWith(`${own}.`)))
    return key !== undefined && items.some((item) => item.id === id && item.status === 'passed')
      ? [`Item ${id} is passed, but the configuration asks less than the checklist by ${key}.`]
      : []
  })
}

function checklistContradictions(record: Recorded, checklist: Checklist): string[] {
  const { items } = record
  const unproven = items.filter(
    ({ how, status, scenarios }) => how !== 'derived' && status === 'passed' && scenarios.length === 0,
  )
  const earlier: ItemRecord[] = []
  const known = new Map(items.map((item) => [item.id, item]))
  const derived = checklist.items.flatMap((item) => {
    const found = known.get(item.id)
    if (found === undefined) return [`Item ${item.id} of the checklist is not in the record.`]
    const other = (['section', 'how'] as const).find((member) => found[member] !== item[member])
    if (other)
      return [
        `Item ${item.id} is ${other}: ${found[other]} in the record, and ${other}: ${item[other]} in the checklist.`,
      ]
    const expected = item.how === 'derived' ? derivedState(item, earlier, true).status : found.status
    earlier.push(found as unknown as ItemRecord)
    return expected === found.status
      ? []
      : [`Item ${item.id} is ${found.status}, but the items that it is derived from make it ${expected}.`]
  })
  return [
    ...unproven.map(({ id }) => `Item ${id} is passed, but the record has no scenario of it.`),
    ...derived,
    ...weakenedIn(record, checklist),
    ...metricContradictions(record, checklist),
  ]
}

function metricContradictions({ metrics = [], items, problems }: Recorded, checklist: Checklist): string[] {
  const judged = { items: items as unknown as ItemRecord[], problems }
  return metricStates(checklist, judged).flatMap(({ name, status }) => {
    const found = metrics.find((metric) => metric.name === name)
    return found === undefined || found.status === status
      ? []
      : [`The metric ${name} is ${found.status}, but its items make it ${status}.`]
  })
}

function totals({ verdict, exitCode, items, counts, problems }: Recorded): string[] {
  const wrong = itemStates.filter((state) => counts[state] !== items.filter(({ status }) => status === state).length)
  const expected = verdictOf(items, problems.length > 0, null)
  // Without a cluster, the verdict is blocked whatever the items are.
  const follows = verdict === expected || (verdict === 'blocked' && ['partial', 'accepted'].includes(expected))
  return [
    ...wrong.map((state) => `The record counts ${counts[state] ?? 'no'} ${state} items, but lists another number.`),
    ...(follows ? [] : [`The verdict is ${verdict}, but the items make it ${expected}.`]),
    ...(exitCode === exitCodes[verdict]
      ? []
      : [`The exit code is ${exitCode}, but that of ${verdict} is ${exitCodes[verdict]}.`]),
  ]
}
