/** All scenarios in the features, selected or not: the features decide what is required, not the scenarios that ran. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { IdGenerator, type Pickle } from '@cucumber/messages'
import { type ChecklistItem, checklistIds } from '../basis/checklist'
import { compiledAs } from '../basis/compiled'
import type { RequiredScenario } from '../record/required-scenario'

/** A required scenario with Cucumber's compiled form: its steps and their tables. */
interface CompiledScenario extends RequiredScenario {
  readonly pickle: Pickle
}

/**
 * Reads all scenarios, one for each example row of a scenario outline.
 * @param others whole paths of feature files outside the folder
 * A feature that does not parse is skipped here: Cucumber reports it, and the ledger turns that into an error.
 */
export function requiredScenarios(
  root: string,
  folder = 'features',
  others: readonly string[] = [],
): CompiledScenario[] {
  const newId = IdGenerator.uuid()
  const scenariosOf = (path: string) => scenariosIn(path, relative(root, path).split(sep).join('/'), newId)
  return [
    ...(compiledAs<CompiledScenario[]>(join(root, folder, 'scenarios.json')) ??
      featuresIn(join(root, folder)).flatMap(scenariosOf)),
    ...others.flatMap(scenariosOf),
  ]
}

/** Whole paths of the feature files in a folder and below it. */
const featuresIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.feature'))
    .sort()
    .map((path) => join(folder, path))

function scenariosIn(path: string, uri: string, newId: IdGenerator.NewId): CompiledScenario[] {
  try {
    const parser = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher())
    const document = parser.parse(readFileSync(path, 'utf8'))
    return compile(document, uri, newId).map((pickle) => {
      const { name, tags, location } = pickle
      const names = tags.map((tag) => tag.name)
      return { name, uri, line: location?.line ?? 0, tags: names, items: checklistIds(names), pickle }
    })
  } catch {
    return []
  }
}

/**
 * Returns the scenarios that a scope requires. A read-only run requires no scenario that writes, unless it proves a
 * mutating item: then it stays required, and is not run. Other items are proven by their read-only scenarios alone.
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
