/** The scenarios that exist, selected or not: what is required is decided by the features, never by what ran. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator, type Pickle } from '@cucumber/messages'
import { type ChecklistItem, checklistIds } from '../basis/checklist'
import type { RequiredScenario } from '../record/required-scenario'

/** With what Cucumber will run: the steps, and the tables that tell its story. */
interface CompiledScenario extends RequiredScenario {
  readonly pickle: Pickle
}

/**
 * Every scenario, one for each row of an outline's examples.
 * A feature that does not parse is left out here: Cucumber reports it, and the ledger makes it an error.
 */
export function requiredScenarios(root: string, folder = 'features'): CompiledScenario[] {
  const newId = IdGenerator.incrementing()
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.feature'))
    .sort()
    .flatMap((path) => {
      const uri = relative(root, join(root, folder, path))
        .split(sep)
        .join('/')
      try {
        const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
        const document = parser.parse(readFileSync(join(root, uri), 'utf8'))
        return compile(document, uri, newId).map((pickle) => {
          const { name, tags, location } = pickle
          const names = tags.map((tag) => tag.name)
          return { name, uri, line: location?.line ?? 0, tags: names, items: checklistIds(names), pickle }
        })
      } catch {
        return []
      }
    })
}

/**
 * What a scope requires: read-only, an item that can be looked at without changing anything is proven by that alone; one
 * that cannot stays required, and is not run.
 */
export function requiredInScope<T extends RequiredScenario>(
  scenarios: readonly T[],
  checklist: readonly ChecklistItem[],
  writes: boolean,
): T[] {
  const mutating = new Set(checklist.filter(({ how }) => how === 'mutating').map(({ id }) => id))
  return scenarios.filter(
    ({ tags, items }) => writes || !tags.includes('@writes') || items.some((id) => mutating.has(id)),
  )
}
