/** The checklist as data: features/checklist.yaml, parsed and checked. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { checkout } from './checkout'
import { compiledAs } from './compiled'
import { checked } from './complaint'
import { messageOf } from './message'

/** Capabilities that a contract may lack. */
export const capabilities = ['graphql', 'metrics', 'metric settings', 'deployments'] as const
export type ItemCapability = (typeof capabilities)[number]

/**
 * The parts that a platform need not have, named as under the configuration key `absent`. ArgoCD is two of them: it delivers the
 * service (`delivery`), and the service collects from it (`argocd`). So is the Ingress: its controller (`ingress`), and its way to the
 * service (`routes`), which an HTTPRoute or a Service may be instead.
 */
export const optionalParts = [
  'jenkins',
  'externalAccess',
  'argocd',
  'delivery',
  'github',
  'certManager',
  'ingress',
  'routes',
  'alertmanager',
  'storage',
] as const
export type OptionalPart = (typeof optionalParts)[number]

/** How a derived item follows from the items of its sections. */
export const derivations = ['all hold', 'all ran', 'record written'] as const

/** Symptoms that the diagnosis recognises in the findings of a cause. */
export const symptoms = ['pending', 'database connection', 'not found', 'scraping'] as const
export type Symptom = (typeof symptoms)[number]

/** How a rollback step is carried out; a step by hand has no commands. */
export const rollbackActions = ['delete application', 'delete namespace', 'delete secrets', 'by hand'] as const
export type RollbackAction = (typeof rollbackActions)[number]

const item = z
  .strictObject({
    id: z.string().regex(/^\d+\.\d+$/, 'expected a section and a number within it, "SECTION.NUMBER", in quotes'),
    how: z.enum(['automated', 'optional', 'mutating', 'attested', 'derived']),
    text: z.string(),
    derivedFrom: z.array(z.string()).min(1).optional(),
    derivation: z.enum(derivations).optional(),
    metric: z.string().optional(),
    capability: z.enum(capabilities).optional(),
    optionalPart: z.enum(optionalParts).optional(),
    secretsMode: z.enum(['external', 'manual']).optional(),
    configuredBy: z.array(z.string()).min(1).optional(),
  })
  .superRefine(({ how, derivedFrom, derivation }, { addIssue }) => {
    const complain = (key: string, message: string) => addIssue({ code: 'custom', path: [key], message })
    if (how === 'derived' && derivedFrom === undefined) complain('derivedFrom', 'a derived item names its sections.')
    if (how !== 'derived' && derivedFrom !== undefined) complain('derivedFrom', 'allowed only with how: derived.')
    if (how !== 'derived' && derivation !== undefined) complain('derivation', 'allowed only with how: derived.')
  })

const document = z
  .strictObject({
    sections: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        /** The meaning of the section for the metrics, for readers who do not know its objects. */
        meaning: z.string().optional(),
        /** The section's scenarios query the service itself. */
        asks: z.literal('service').optional(),
        items: z.array(item),
      }),
    ),
    troubleshooting: z.array(
      z.strictObject({
        id: z.string(),
        matches: z.enum(symptoms),
        /** The entry applies only to causes of items in these sections; to any cause when absent. */
        sections: z.array(z.string()).min(1).optional(),
        issue: z.string(),
        look: z.string(),
      }),
    ),
    rollback: z.array(z.strictObject({ id: z.string(), action: z.enum(rollbackActions), step: z.string() })),
  })
  .superRefine(({ sections }, { addIssue }) => {
    const known = new Set<string>()
    for (const [index, { id: section, items }] of sections.entries())
      for (const [position, { id }] of items.entries()) {
        const path = ['sections', index, 'items', position, 'id']
        if (known.has(id)) addIssue({ code: 'custom', path, message: `the id ${id} is used twice.` })
        if (!id.startsWith(`${section}.`))
          addIssue({
            code: 'custom',
            path,
            message: `${id} is in section ${section}: expected ${section}.<number>.`,
          })
        known.add(id)
      }
  })

export interface ChecklistItem extends z.infer<typeof item> {
  /** Id of its section. */
  readonly section: string
}

export interface Checklist {
  readonly sections: readonly {
    readonly id: string
    readonly title: string
    readonly meaning?: string | undefined
    readonly asks?: 'service' | undefined
  }[]
  /** In the order of the checklist. */
  readonly items: readonly ChecklistItem[]
  readonly troubleshooting: z.infer<typeof document>['troubleshooting']
  readonly rollback: z.infer<typeof document>['rollback']
  /** SHA-256, hex, of the file: it identifies the checklist that a verdict refers to. */
  readonly sha256: string
}

/** The checklist file cannot be used. The message names the file, the place in it, and what is allowed there. */
export class ChecklistError extends Error {}

const file = join(checkout, 'features', 'checklist.yaml')
/** Path of the checklist in the package, as a run uses it. */
const compiledChecklist = join(checkout, 'features', 'checklist.json')

let known: Checklist | undefined

/**
 * Reads the checklist, once.
 * @throws ChecklistError
 */
export function loadChecklist(): Checklist {
  known ??= compiledAs<Checklist>(compiledChecklist) ?? checklistIn(readFileSync(file, 'utf8'), file)
  return known
}

/**
 * @param path names the file in errors
 * @throws ChecklistError
 */
export function checklistIn(text: string, path: string): Checklist {
  const result = checked(document, yamlIn(text, path))
  if ('complaints' in result) throw new ChecklistError(`${path} cannot be used:\n  ${result.complaints.join('\n  ')}`)
  const { sections, troubleshooting, rollback } = result.data
  return {
    sections: sections.map(({ items, ...section }) => section),
    items: sections.flatMap((section) => section.items.map((item) => ({ ...item, section: section.id }))),
    troubleshooting,
    rollback,
    sha256: createHash('sha256').update(text).digest('hex'),
  }
}

function yamlIn(text: string, path: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new ChecklistError(`${path} is not YAML: ${messageOf(error).split('\n', 1)[0]}`)
  }
}

/** The ids that a scenario's tags name: "@checklist:3.1" names 3.1. */
export function checklistIds(tags: readonly string[]): string[] {
  return tags.filter((tag) => tag.startsWith('@checklist:')).map((tag) => tag.slice('@checklist:'.length))
}
