/** What a person vouches for, how long it counts, and what to write down for it. */
import type { ChecklistItem } from '../basis/checklist'
import type { Attestation } from '../configuration/waivers'

export const vouched = ({ by, date, expires, evidence }: Attestation) =>
  `${by} vouched for it on ${date}, until ${expires}: ${evidence}`

/** The YAML to paste into the attestation file. */
export function attestationTemplate(item: ChecklistItem, now: Date): string {
  const day = (offset: number) => new Date(now.getTime() + offset * 86_400_000).toISOString().slice(0, 10)
  return [
    `- item: "${item.id}"  # ${item.text}`,
    '  by: YOUR NAME',
    `  date: "${day(0)}"`,
    `  expires: "${day(90)}"`,
    '  evidence: LINK OR COMMIT',
  ].join('\n')
}

/** Nobody can have looked tomorrow. */
export const counts = ({ date, expires }: Attestation, now: Date) =>
  holds(expires, now) && new Date(date).getTime() <= now.getTime()

/** A date alone counts to the end of that day in UTC. */
export function holds(expires: string, now: Date): boolean {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(expires) ? `${expires}T23:59:59.999Z` : expires
  return now.getTime() <= new Date(end).getTime()
}
