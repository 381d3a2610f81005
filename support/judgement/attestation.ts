/** The validity of attestations and waivers, and the text for an attestation. */
import type { ChecklistItem } from '../basis/checklist'
import type { Attestation } from '../configuration/waivers'

export const describeAttestation = ({ by, date, expires, evidence }: Attestation) =>
  `Attested by ${by} on ${date}, valid until ${expires}; evidence: ${evidence}`

/** The YAML of an attestation, to paste into the attestation file. */
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

/** Returns true if an attestation is valid: not expired, and not dated in the future. */
export const isValid = ({ date, expires }: Attestation, now: Date) =>
  isUnexpired(expires, now) && new Date(date).getTime() <= now.getTime()

/** Returns true until an expiry time. A date without a time expires at the end of that day in UTC. */
export function isUnexpired(expires: string, now: Date): boolean {
  const end = /^\d{4}-\d{2}-\d{2}$/.test(expires) ? `${expires}T23:59:59.999Z` : expires
  return now.getTime() <= new Date(end).getTime()
}
