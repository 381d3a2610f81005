/** The forges that the service collects commits and pull requests from: GitHub, and GitLab beside it or in its place. */
import type { Configuration } from '../configuration/schema'

type Forge = 'github' | 'gitlab'

/** The forges that the items of GitHub judge: GitHub unless it is absent, and GitLab where the configuration names it. */
function forgesOf({ absent, dataSources }: Configuration): readonly Forge[] {
  if (dataSources.gitlab === undefined) return ['github']
  return absent.github === undefined ? ['github', 'gitlab'] : ['gitlab']
}

/** Runs a check for each forge in the place of GitHub, or for another source. Returns the results. */
export async function forEachForge<S extends string, T>(
  configuration: Configuration,
  source: S,
  check: (source: S | Forge) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  for (const one of source === 'github' ? forgesOf(configuration) : [source]) results.push(await check(one))
  return results
}
