/** The checklist as data: features/checklist.yaml, parsed and checked. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { checkout } from './checkout'

const item = z.strictObject({
  id: z.string().regex(/^\d+\.\d+$/),
  how: z.enum(['automated', 'optional', 'mutating', 'attested', 'derived']),
  text: z.string(),
  derivedFrom: z.array(z.string()).optional(),
  metric: z.string().optional(),
})

const document = z.strictObject({
  sections: z.array(z.strictObject({ id: z.string(), title: z.string(), items: z.array(item) })),
  troubleshooting: z.array(z.strictObject({ id: z.string(), issue: z.string(), look: z.string() })),
  rollback: z.array(z.strictObject({ id: z.string(), step: z.string() })),
})

export interface ChecklistItem extends z.infer<typeof item> {
  /** Id of its section. */
  readonly section: string
}

export interface Checklist {
  readonly sections: readonly { readonly id: string; readonly title: string }[]
  /** In the order of the checklist. */
  readonly items: readonly ChecklistItem[]
  readonly troubleshooting: z.infer<typeof document>['troubleshooting']
  readonly rollback: z.infer<typeof document>['rollback']
  /** SHA-256, hex, of the file: it says which checklist a verdict is about. */
  readonly sha256: string
}

const file = join(checkout, 'features', 'checklist.yaml')

let known: Checklist | undefined

/** Reads the checklist, once. Throws when the file is not a checklist, with the path of what is wrong in it. */
export function loadChecklist(): Checklist {
  known ??= read(file)
  return known
}

function read(path: string): Checklist {
  const text = readFileSync(path, 'utf8')
  const { sections, troubleshooting, rollback } = document.parse(parse(text))
  return {
    sections: sections.map(({ id, title }) => ({ id, title })),
    items: sections.flatMap((section) => section.items.map((item) => ({ ...item, section: section.id }))),
    troubleshooting,
    rollback,
    sha256: createHash('sha256').update(text).digest('hex'),
  }
}

/** The ids that a scenario's tags name: "@checklist:3.1" names 3.1. */
export function checklistIds(tags: readonly string[]): string[] {
  return tags.filter((tag) => tag.startsWith('@checklist:')).map((tag) => tag.slice('@checklist:'.length))
}
