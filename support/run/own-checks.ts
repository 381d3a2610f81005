/** A team's own checks in a run: their scenarios beside those of the suite, and their steps. */
import { relative, resolve } from 'node:path'
import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { type Checklist, loadChecklist } from '../basis/checklist'
import { checkout } from '../basis/checkout'
import { messageOf } from '../basis/message'
import { withOwnChecks } from '../basis/own-checks'
import { ConfigurationError } from '../configuration/error'
import type { OwnCheckFiles } from '../configuration/own-checks'
import { requiredScenarios } from '../judgement/required'

/** The checklist with the own checks. */
export const wholeChecklist = (own: OwnCheckFiles | undefined): Checklist => withOwnChecks(loadChecklist(), own?.checks)

const scenariosRead = new Map<OwnCheckFiles | undefined, ReturnType<typeof requiredScenarios>>()

/** The scenarios of the suite and those of the own checks, read once. */
export function allScenarios(own: OwnCheckFiles | undefined) {
  const scenarios = scenariosRead.get(own) ?? requiredScenarios(checkout, 'features', own?.features)
  scenariosRead.set(own, scenarios)
  return scenarios
}

/**
 * Checks that each own scenario proves own items, and only these: what the checklist asks is proven by the suite alone.
 * @throws ConfigurationError
 */
export function checkOwnScenarios(own: OwnCheckFiles): void {
  const { checks, features } = own
  const files = new Set(features)
  const known = new Set(checks.items.map(({ id }) => id))
  for (const { uri, line, items } of allScenarios(own)) {
    const file = resolve(checkout, uri)
    if (!files.has(file)) continue
    const place = `The scenario ${file}:${line}`
    if (items.length === 0)
      throw new ConfigurationError(`${place} names no item: tag it with one of ${[...known].map(tagOf).join(', ')}.`)
    const foreign = items.find((id) => !known.has(id))
    if (foreign !== undefined)
      throw new ConfigurationError(
        `${place} has the tag ${tagOf(foreign)}, which is no item of your own: expected ${[...known].map(tagOf).join(', ')}.`,
      )
  }
}

const tagOf = (id: string) => `@checklist:${id}`

/** The own checks added to what Cucumber runs: the features, unless the operator chose some, and the steps. */
export function withOwnFiles(configuration: IRunConfiguration, own: OwnCheckFiles | undefined): IRunConfiguration {
  if (own === undefined) return configuration
  const { sources, support } = configuration
  const isModule = (file: string) => file.endsWith('.mjs')
  const features = own.features.map((file) => relative(checkout, file))
  return {
    ...configuration,
    sources: sources.paths.length > 0 ? sources : { ...sources, paths: ['features', ...features] },
    support: {
      ...support,
      requirePaths: [...(support.requirePaths ?? []), ...own.steps.filter((file) => !isModule(file))],
      importPaths: [...(support.importPaths ?? []), ...own.steps.filter(isModule)],
    },
  }
}

/**
 * Awaits the loading of the steps.
 * @throws ConfigurationError if a file with own steps cannot be loaded
 */
export async function loadedWith<T>(own: OwnCheckFiles | undefined, loading: Promise<T>): Promise<T> {
  try {
    return await loading
  } catch (error) {
    const trace = error instanceof Error ? String(error.stack) : ''
    const file = own?.steps.find((step) => trace.includes(step))
    if (file === undefined) throw error
    throw new ConfigurationError(`${file}, with steps of your own, cannot be loaded: ${messageOf(error)}`)
  }
}
