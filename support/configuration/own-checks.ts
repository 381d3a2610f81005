/** The files of a team's own checks (configuration key checklist): lists of sections, each with its features and steps. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { type ChecklistItem, loadChecklist } from '../basis/checklist'
import { checkout } from '../basis/checkout'
import { firstOwnSection, isOwn, type OwnChecks } from '../basis/own-checks'
import { whyUnreadable } from '../basis/unreadable'
import { ConfigurationError } from './error'
import { sentence } from './schema/values'

/** A team's own checks with the files that prove them. */
export interface OwnCheckFiles {
  readonly checks: OwnChecks
  /** Whole paths of the feature files, sorted. */
  readonly features: readonly string[]
  /** Whole paths of the files with steps, sorted. */
  readonly steps: readonly string[]
}

/** The form of a list. Every scalar is text, as YAML would make the number 100.1 of the item 100.10. */
export const ownListSchema = z.strictObject({
  /** A folder, relative to the list. */
  features: sentence('features').optional(),
  /** A folder, relative to the list. */
  steps: sentence('steps').optional(),
  sections: z
    .array(
      z.strictObject({
        id: z
          .string('expected a number from 100 on, such as 100')
          .regex(/^[1-9]\d*$/, 'expected a whole number, such as 100')
          .meta({ examples: ['100'] }),
        title: sentence('Backups'),
        /** The meaning of the section for the metrics, for readers who do not know its objects. */
        meaning: sentence('Without backups, the history of the metrics can be lost.').optional(),
        items: z
          .array(
            z.strictObject({
              id: z
                .string()
                .regex(/^\d+\.\d+$/, 'expected a section and a number within it, such as 100.1')
                .meta({ examples: ['100.1'] }),
              how: z.enum(['automated', 'mutating', 'attested']),
              text: sentence('A backup of the last day exists'),
            }),
          )
          .min(1, 'expected at least one item'),
      }),
      'expected a list of sections',
    )
    .min(1, 'expected at least one section'),
})
type OwnList = z.infer<typeof ownListSchema>

/**
 * Combines the lists of a team.
 * @param lists by the whole path of each file
 * @throws ConfigurationError for a number that is not free, an item outside its section, or a folder that cannot be read
 */
export function ownChecksOf(lists: ReadonlyMap<string, OwnList>): OwnCheckFiles | undefined {
  if (lists.size === 0) return undefined
  const sections = [...lists].flatMap(([path, list]) => list.sections.map((section) => ({ path, ...section })))
  checkNumbers(sections)
  const features = filesOf(lists, 'features', ['.feature'])
  const steps = filesOf(lists, 'steps', ['.js', '.cjs', '.mjs', '.ts'])
  const typeScript = steps.find((file) => file.endsWith('.ts'))
  if (typeScript !== undefined && !existsSync(join(checkout, 'tsconfig.json')))
    throw new ConfigurationError(
      `${typeScript} is TypeScript, which runs only from a checkout of the suite: compile it to JavaScript.`,
    )
  return {
    checks: {
      sections: sections.map(({ id, title, meaning }) => ({
        id,
        title,
        ...(meaning === undefined ? {} : { meaning }),
      })),
      items: sections.flatMap(({ id: section, items }) => items.map((item) => ({ ...item, section }))),
      sha256: digestOf([...lists.keys(), ...features, ...steps]),
    },
    features,
    steps,
  }
}

function checkNumbers(sections: readonly (OwnList['sections'][number] & { readonly path: string })[]): void {
  const known = new Set(loadChecklist().items.map(({ id }: ChecklistItem) => id))
  const places = new Map<string, string>()
  for (const { id: section, items, path } of sections) {
    if (!isOwn(section))
      throw new ConfigurationError(
        `${path} has the section ${section}: expected a number from ${firstOwnSection} on, which the checklist does not use.`,
      )
    for (const id of [section, ...items.map((item) => item.id)]) {
      if (id !== section && !id.startsWith(`${section}.`))
        throw new ConfigurationError(`${path} has the item ${id} in section ${section}: expected ${section}.<number>.`)
      if (known.has(id) || places.has(id))
        throw new ConfigurationError(
          `${path} uses the number ${id} again (first in ${places.get(id) ?? 'the checklist'}).`,
        )
      places.set(id, path)
    }
  }
}

/** The files with these extensions below the folders that the lists name. */
function filesOf(lists: ReadonlyMap<string, OwnList>, kind: 'features' | 'steps', extensions: readonly string[]) {
  const files = [...lists].flatMap(([path, { [kind]: folder }]) => {
    if (folder === undefined) return []
    const whole = resolve(dirname(path), folder)
    const found = filesBelow(whole, `${path} names the folder ${folder} (${kind})`).filter(
      (file) => extensions.includes(extname(file)) && !file.endsWith('.d.ts'),
    )
    if (found.length === 0)
      throw new ConfigurationError(
        `${path} names the folder ${whole} (${kind}), which has no file that ends in ${extensions.join(', ')}.`,
      )
    return found
  })
  return [...new Set(files)].sort()
}

function filesBelow(folder: string, subject: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => !path.split(sep).includes('node_modules'))
      .map((path) => join(folder, path))
      .filter((path) => statSync(path).isFile())
  } catch (error) {
    throw new ConfigurationError(`${subject}, which cannot be read: ${whyUnreadable(error, folder)}.`)
  }
}

/** A digest over the contents of files, and their paths as seen from the first one. */
function digestOf(files: readonly string[]): string {
  const root = dirname(files[0] ?? checkout)
  const whole = createHash('sha256')
  for (const file of files) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex')
    whole.update(`${relative(root, file).split(sep).join('/')}\0${content}\n`)
  }
  return whole.digest('hex')
}
