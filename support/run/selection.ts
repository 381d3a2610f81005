/** The scenarios that a run selects, and those that each shard runs. */
import { type ISourcesCoordinates, loadSources } from '@cucumber/cucumber/api'
import parseTagExpression from '@cucumber/tag-expressions'
import { checkout } from '../basis/checkout'
import type { RequiredScenario } from '../record/required-scenario'

/** Scenarios as Cucumber plans them. */
export type Plan = readonly { readonly uri: string; readonly location: { readonly line: number } }[]

/**
 * The scenarios that paths, names and tags select, whichever shard runs them. Cucumber selects by paths and names, which takes it
 * another parse of the features.
 */
export async function selectedBy<T extends RequiredScenario>(
  sources: ISourcesCoordinates,
  required: readonly T[],
): Promise<T[]> {
  const { paths, names, tagExpression } = sources
  if (paths.length > 0 || names.length > 0) {
    const { plan } = await loadSources(sources, { cwd: checkout })
    return selectedOf(plan, required)
  }
  const expression = parseTagExpression(tagExpression)
  return required.filter(({ tags }) => expression.evaluate([...tags]))
}

export function selectedOf<T extends RequiredScenario>(plan: Plan, required: readonly T[]): T[] {
  const selected = new Set(plan.map(({ uri, location }) => `${uri}:${location.line}`))
  return required.filter(({ uri, line }) => selected.has(`${uri}:${line}`))
}

/**
 * The part of a plan that a shard runs, by the rule of Cucumber's own plugin for shards.
 * @param plan in the order of the features
 * @param shard such as "1/4"; empty for the whole
 */
export function ofShard(plan: Plan, shard = ''): Plan {
  const [number = 1, total = 1] = shard.split('/').filter(Boolean).map(Number)
  return plan.filter((_, index) => index % total === number - 1)
}

/** Ids of the sections that scenarios prove. */
export const sectionsOf = (scenarios: readonly RequiredScenario[]): ReadonlySet<string> =>
  new Set(scenarios.flatMap(({ items }) => items.map((id) => id.split('.')[0] ?? id)))

/** Combines tag expressions into one that requires all of them. Empty expressions are ignored. */
export const allOf = (expressions: readonly string[]): string =>
  expressions
    .filter(Boolean)
    .map((tag) => `(${tag})`)
    .join(' and ')
