/** Texts shared by the reports: the meaning of a verdict, waivers and attestations, causes, times and sizes. */
import type { MeasuredMetric, MeasuredValue } from '../../dora/measured'
import type { Cause, ItemRecord, ItemState, Verdict } from '../../record/verdict'

/** A count with its noun, such as "1 item" or "3 items". */
export const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`

/** True for an item that has a waiver or an attestation of its own; items derived from such an item have neither. */
export const isVouchedFor = ({ waiver, attestation }: ItemRecord): boolean =>
  waiver !== undefined || attestation !== undefined

/** The meaning of the verdict for the person who signs, in one or two sentences. */
export function meaningOf({ verdict, counts, items, problems, causes }: Verdict): string {
  const number = (state: ItemState) => plural(counts[state], 'item')
  const say = causes.length === 1 ? 'The cause below says' : 'The causes below say'
  switch (verdict) {
    case 'accepted': {
      const untested = counts.waived + counts.attested
      if (untested === 0) return 'The deployment meets every checklist item that applies to it.'
      const derived = untested - items.filter(isVouchedFor).length
      const are = (count: number) => (count === 1 ? 'is' : 'are')
      const how = (['waived', 'attested'] as const).filter((state) => counts[state] > 0)
      const where =
        derived === 0
          ? ', as listed below.'
          : `: ${untested - derived} ${are(untested - derived)} listed below, and ${derived} ${derived === 1 ? 'follows' : 'follow'} from them.`
      return `Every checklist item that applies is met${how.length === 2 ? ', ' : ' or '}${how.join(' or ')}. ${plural(untested, 'item')} ${are(untested)} ${how.join(' or ')}${where}`
    }
    case 'partial':
      return `No item failed, but ${number('not run')} ${counts['not run'] === 1 ? 'was' : 'were'} outside the scope of this run. Only a run of the whole checklist can accept the service.`
    case 'rejected':
      return `${number('failed')} of the checklist failed. ${say} what to do.`
    case 'blocked':
      return counts.blocked === 0
        ? 'The platform could not be checked, so nothing is known about it.'
        : `No item failed, but ${number('blocked')} could not be checked. ${say} why.`
    case 'error': {
      if (items.length === 0 || problems.length > 0)
        return 'The run itself failed, so it says nothing reliable about the service.'
      return `The test suite itself broke on ${number('error')}. Until that is fixed, this run proves nothing.`
    }
  }
}

/** The number of waivers to show next to the verdict, such as "2 waivers"; null if there are none. */
export function waiversOf({ counts }: Verdict): string | null {
  return counts.waived === 0 ? null : plural(counts.waived, 'waiver')
}

/**
 * The notes on an item that every report shows besides its state and reason. A new column of the reports is one more note.
 * @param said text that the report shows anyway, so that no note repeats it
 */
export function notesOf(record: ItemRecord, said: string | null = record.reason): readonly string[] {
  return [describeVoucher(record)].flatMap((note) => {
    // The reason writes times as the configuration does, so only the words before the date are compared.
    const opening = note?.match(/^.*? (?:on|until) (?=\S)/s)?.[0]
    return note === null || (opening !== undefined && said?.startsWith(opening)) ? [] : [note]
  })
}

/** The waiver or attestation that decides the item's state; null if there is none. */
function describeVoucher({ status, waiver, attestation }: ItemRecord): string | null {
  if (status === 'waived' && waiver)
    return `Waived by ${waiver.owner} until ${instant(waiver.expires)}: ${waiver.reason}`
  if (status === 'attested' && attestation) {
    const { by, date, expires, evidence } = attestation
    return `Attested by ${by} on ${instant(date)}, valid until ${instant(expires)}; evidence: ${evidence}`
  }
  return null
}

/** The environment and the cluster in one line, such as "production: namespace dora on eu-1". */
export const placeOf = ({ environment, context, server, namespace }: Verdict['platform']): string =>
  `${environment ? `${environment}: ` : ''}namespace ${namespace} on ${context ?? server ?? 'an unknown cluster'}`

export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** The effect of a cause on the four metrics and the checklist, for a reader who does not know its object. */
export function effectOf({ metrics = [], items }: Pick<Cause, 'metrics' | 'items'>): string {
  const number = plural(items.length, 'item')
  if (metrics.length === 0) return `Affects ${number}, but none of the four metrics.`
  const affected = `${number} ${items.length === 1 ? 'is' : 'are'} affected.`
  if (metrics.length === 4) return `None of the four metrics can be trusted. ${affected}`
  const named = metrics.map((metric) => `the ${metric}`)
  const list = named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`
  return `${capital(list ?? '')} cannot be trusted. ${affected}`
}

/** The four metrics as lines of plain text, such as "Lead time: 42 min (elite), 17 changes, proven". */
export const metricLines = ({ metrics = [] }: Pick<Verdict, 'metrics'>): string[] =>
  metrics.map(({ name, status, reason, measured }) => {
    const numbers =
      measured === null
        ? []
        : [
            `${valueInWords(measured.metric, measured.all)}${measured.all.level === null ? '' : ` (${measured.all.level})`}`,
            `${samplesOf(measured.metric, measured.all)} in the ${measured.range}`,
          ]
    const proof = status === 'passed' ? 'proven' : `not proven: ${reason ?? status}`
    return `${capital(name)}: ${[...numbers, proof].join(', ')}`
  })

/** The events that a metric is computed from. */
const sampled: Readonly<Record<MeasuredMetric['metric'], (count: number) => string>> = {
  'deployment frequency': (count) => plural(count, 'successful deployment'),
  'lead time': (count) => plural(count, 'change'),
  'change failure rate': (count) => plural(count, 'completed deployment'),
  'time to restore': (count) => plural(count, 'resolved incident'),
}

/** The number of events behind a value, such as "9 resolved incidents". */
export const samplesOf = (metric: MeasuredMetric['metric'], { samples }: Pick<MeasuredValue, 'samples'>): string =>
  sampled[metric](samples)

/** The value of a metric for a reader: a duration in its largest unit, such as "17.0 h". `shown` has the exact value. */
export function valueInWords(metric: MeasuredMetric['metric'], { value, shown }: MeasuredValue): string {
  const isDuration = metric === 'lead time' || metric === 'time to restore'
  return isDuration && value !== null ? minutesInWords(value) : shown
}

/** The units of durations, largest first, in minutes. */
const units = [
  ['d', 1440],
  ['h', 60],
  ['min', 1],
  ['s', 1 / 60],
] as const

/** Minutes in the largest unit of which there is at least one, with one decimal. It is rounded down if it would reach the next unit. */
export function minutesInWords(minutes: number): string {
  if (minutes === 0) return '0 min'
  const size = Math.abs(minutes)
  const found = units.findIndex(([, length]) => size >= length)
  const [unit, length] = units[found] ?? ['s', 1 / 60]
  const [, next] = units[found - 1] ?? ['', Number.POSITIVE_INFINITY]
  const tenths = Math.round((size / length) * 10)
  const reaches = (tenths / 10) * length >= next
  return `${minutes < 0 ? '-' : ''}${((reaches ? tenths - 1 : tenths) / 10).toFixed(1)} ${unit}`
}

/** A cause as lines of plain text. */
export function describeCause(cause: Cause): readonly string[] {
  const { summary, object, expected, found, symptoms, facts, owner } = cause
  return [
    effectOf(cause),
    `Cause: ${summary} (${object})`,
    ...(owner === undefined ? [] : [`Who acts: ${owner}`]),
    ...(expected ? [`Expected: ${expected}`] : []),
    `Found: ${found}`,
    ...symptoms.map((symptom) => `Consequence: ${symptom}`),
    ...facts.map((fact) => `Fact: ${fact}`),
    ...commandsOf(cause).map((command) => `Remedy: ${command}`),
  ]
}

/** Shell commands to run: the remedy, then any further ones from the checklist's troubleshooting entry. */
export function commandsOf({ remedy, troubleshooting }: Cause): readonly string[] {
  const more = troubleshooting?.commands.filter((command) => !remedy.includes(command)) ?? []
  return more.length === 0
    ? remedy
    : [...remedy, `# Checklist, troubleshooting ${troubleshooting?.id}: ${troubleshooting?.look}`, ...more]
}

/** The suite and its commit, with the number of files that differ from it. @param digits of the commit that are shown */
export function describeSuite({ version, commit, changedFiles }: Verdict['suite'], digits = 64): string {
  const changed = changedFiles?.length ?? 0
  const at = commit === null ? 'commit unknown' : `commit ${commit.slice(0, digits)}`
  return `${version}, ${at}${changed === 0 ? '' : `, with ${plural(changed, 'changed file')}`}`
}

/** The configuration in one phrase, such as "2 differences from the checklist, 1 of which asks less". */
export function describeConfiguration({ differences }: NonNullable<Verdict['configuration']>): string {
  const less = differences.filter(({ asked }) => asked !== null).length
  const count =
    differences.length === 0 ? 'As the checklist' : `${plural(differences.length, 'difference')} from the checklist`
  return less === 0 ? count : `${count}, of which ${less} ${less === 1 ? 'asks' : 'ask'} less`
}

/** The changes since the last conclusive run in one line. */
export function describeChanges(changes: NonNullable<Verdict['sinceLastRun']>): string {
  if (typeof changes === 'string') return changes
  const { last, newlyFailed, mended, noLongerChecked, otherwise, newCauses, goneCauses } = changes
  const counted = [
    `${newlyFailed.length} newly failed`,
    `${mended.length} mended`,
    `${noLongerChecked.length} no longer checked`,
    ...(otherwise.length === 0 ? [] : [`${otherwise.length} changed in another way`]),
    ...(newCauses.length === 0 ? [] : [plural(newCauses.length, 'new cause')]),
    ...(goneCauses.length === 0 ? [] : [plural(goneCauses.length, 'resolved cause')]),
  ]
  return `Since the last conclusive run (${last.verdict}, ${instant(last.finishedAt)}): ${counted.join(', ')}`
}

/** A duration such as "85 ms", "1.4 s" or "2 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** A size such as "412 B" or "20.0 kB" (1 kB = 1000 B). */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** A time such as "23 November 2026 at 18:17 UTC". A date without a time, and text that is not a date, stay unchanged. */
export function instant(iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) || !iso.includes('T') ? iso : `${dayAndTime.format(time)} UTC`
}
