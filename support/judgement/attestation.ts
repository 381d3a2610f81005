/** The validity of attestations and waivers, and their YAML to paste. */
import type { ChecklistItem } from '../basis/checklist'
import { type Attestation, placeholders, type Waiver } from '../configuration/waivers'

export const describeAttestation = ({ by, date, expires, evidence }: Attestation) =>
  `Attested by ${by} on ${date}, valid until ${expires}; evidence: ${evidence}`

const dayAfter = (now: Date, days: number) => new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10)

/** The YAML of an attestation, to paste into the attestation file. */
export const attestationTemplate = (item: ChecklistItem, now: Date): string =>
  [
    `- item: "${item.id}"  # ${item.text}`,
    `  by: ${placeholders.name}`,
    `  date: "${dayAfter(now, 0)}"`,
    `  expires: "${dayAfter(now, 90)}"`,
    `  evidence: ${placeholders.evidence}`,
  ].join('\n')

/** The YAML of a waiver, to paste into the waiver file. */
export const waiverTemplate = (item: ChecklistItem, now: Date): string =>
  [
    `- item: "${item.id}"  # ${item.text}`,
    `  owner: ${placeholders.name}`,
    `  reason: ${placeholders.reason}`,
    `  expires: "${dayAfter(now, 90)}"`,
  ].join('\n')

type Dates = Pick<Attestation, 'expires'> & Partial<Pick<Attestation, 'date'>>

/**
 * Returns why an attestation or a waiver does not count at a time, as the end of a sentence; undefined while it counts. A date
 * without a time begins at its start and expires at its end, in UTC.
 */
function invalidity({ date, expires }: Dates, now: Date): string | undefined {
  const begin = date === undefined ? Number.NEGATIVE_INFINITY : Date.parse(date)
  const end = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(expires) ? `${expires}T23:59:59.999Z` : expires)
  if (Number.isNaN(begin) || Number.isNaN(end)) return `has no readable dates: from ${date} until ${expires}`
  if (end < begin) return `expires on ${expires}, before its date ${date}`
  if (now.getTime() < begin) return `is not valid yet: it is dated ${date}`
  return now.getTime() <= end ? undefined : `expired on ${expires}`
}

export const isValid = (dates: Dates, now: Date) => invalidity(dates, now) === undefined

/** A sentence about an attestation that does not count. */
export const describeInvalid = (attestation: Attestation, now: Date) =>
  `The attestation by ${attestation.by} ${invalidity(attestation, now)}.`

/** A sentence about a waiver that does not count. */
export const describeInvalidWaiver = (waiver: Waiver, now: Date) =>
  `The waiver by ${waiver.owner} ${invalidity(waiver, now)}.`
