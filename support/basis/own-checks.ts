/** A team's own checks: sections that it adds to the checklist, judged by the same rules as the rest. */
import { z } from 'zod'
import type { Checklist, ChecklistItem } from './checklist'

/** The checklist leaves the numbers of sections from this one on to teams. */
export const firstOwnSection = 100

/** True for the number of a section or an item that only a team can have added. */
export const isOwn = (number: string): boolean => Number.parseInt(number, 10) >= firstOwnSection

/** What a team added, as the record of a run holds it. */
export interface OwnChecks {
  readonly sections: readonly { readonly id: string; readonly title: string; readonly meaning?: string | undefined }[]
  readonly items: readonly Pick<ChecklistItem, 'id' | 'section' | 'how' | 'text'>[]
  /** SHA-256, in hex, over the lists, the features and the steps. */
  readonly sha256: string
}

const text = z.string()

export const ownChecksSchema: z.ZodType<OwnChecks> = z.strictObject({
  sections: z.array(z.strictObject({ id: text, title: text, meaning: text.optional() })),
  items: z.array(z.strictObject({ id: text, section: text, how: z.enum(['automated', 'mutating', 'attested']), text })),
  sha256: text,
})

/** The checklist with a team's own sections behind the others. Its digest stays that of the checklist alone. */
export const withOwnChecks = (checklist: Checklist, own: OwnChecks | undefined): Checklist =>
  own === undefined
    ? checklist
    : {
        ...checklist,
        sections: [...checklist.sections, ...own.sections],
        items: [...checklist.items, ...own.items],
      }
