/** The words that reports share: what a verdict means, who vouches for an item, times and sizes. */
import type { Cause, ItemRecord, ItemState, Verdict } from '../../record/verdict'

/** Such as "1 item" or "3 items". */
export const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`

/** Whether somebody gave their word for the item itself; what only follows from such items has none of its own. */
export const isVouchedFor = ({ waiver, attestation }: ItemRecord): boolean =>
  waiver !== undefined || attestation !== undefined

/** What the verdict means for whoever signs, in a sentence or two. */
export function meaningOf({ verdict, counts, items, problems }: Verdict): string {
  const number = (state: ItemState) => plural(counts[state], 'item')
  switch (verdict) {
    case 'accepted': {
      const word = counts.waived + counts.attested
      const given = items.filter(isVouchedFor).length
      const listed = word === given ? 'listed below' : `${given} listed below, the rest follows from that`
      const rest = word === 0 ? '' : ` ${word} of them by the word of a person: ${listed}.`
      return `Every item that applies holds: the service is deployed as the checklist asks.${rest}`
    }
    case 'partial':
      return `What was looked at holds, but ${number('not run')} lay outside the scope of this run. It does not cover the whole checklist.`
    case 'rejected':
      return `${number('failed')} ${counts.failed === 1 ? 'is' : 'are'} not as the checklist asks. The causes below say what to do.`
    case 'blocked':
      return counts.blocked === 0
        ? 'The platform could not be looked at, so nothing is known about it.'
        : `Nothing that was looked at is wrong, but ${number('blocked')} could not be looked at. The causes below say why.`
    case 'error': {
      if (items.length === 0 || problems.length > 0)
        return 'The run itself went wrong. It says nothing sure about the service.'
      return `The suite itself went wrong on ${number('error')}. Until that is put right, this run proves nothing.`
    }
  }
}

/** "2 waivers", to stand beside the verdict; null where there is none. */
export function waiversOf({ counts }: Verdict): string | null {
  return counts.waived === 0 ? null : plural(counts.waived, 'waiver')
}

/** Whose word an item rests on; null where it rests on none. */
export function describeWord({ status, waiver, attestation }: ItemRecord): string | null {
  if (status === 'waived' && waiver)
    return `Waived by ${waiver.owner} until ${instant(waiver.expires)}: ${waiver.reason}`
  if (status === 'attested' && attestation) {
    const { by, date, expires, evidence } = attestation
    return `Attested by ${by} on ${instant(date)}, valid until ${instant(expires)}; evidence: ${evidence}`
  }
  return null
}

/** A cause in lines of plain text. */
export function describeCause(cause: Cause): readonly string[] {
  const { summary, object, found, symptoms, facts } = cause
  return [
    `Cause: ${summary} (${object})`,
    `Found: ${found}`,
    ...symptoms.map((symptom) => `Therefore: ${symptom}`),
    ...facts.map((fact) => `Fact: ${fact}`),
    ...commandsOf(cause).map((command) => `Remedy: ${command}`),
  ]
}

/** What to type: the remedy, then what the checklist's troubleshooting adds. */
export function commandsOf({ remedy, troubleshooting }: Cause): readonly string[] {
  const more = troubleshooting?.commands.filter((command) => !remedy.includes(command)) ?? []
  return more.length === 0
    ? remedy
    : [...remedy, `# ${troubleshooting?.id} of the checklist: ${troubleshooting?.look}`, ...more]
}

/** Such as "85 ms", "1.4 s" or "2 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** Such as "412 B" or "20 kB" (1 kB = 1000 B). */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** Such as "23 November 2026 at 18:17 UTC"; a day without a time, and text that is no instant, stay as they are. */
export function instant(iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) || !iso.includes('T') ? iso : `${dayAndTime.format(time)} UTC`
}
