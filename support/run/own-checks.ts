/** A team's own checks in a run: their scenarios beside those of the suite, and their steps. */
import { relative, resolve } from 'node:path'
import type { IRunConfiguration } from '@cucumber/cucumber/api'
import { type Checklist, type ChecklistItem, loadChecklist } from '../basis/checklist'
import { checkout } from '../basis/checkout'
import { messageOf } from '../basis/message'
import { withOwnChecks } from '../basis/own-checks'
import { ConfigurationError } from '../configuration/error'
import type { OwnCheckFiles } from '../configuration/own-checks'
import { requiredScenarios } from '../judgement/required'
import type { RequiredScenario } from '../record/required-scenario'

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
 * Checks that each own scenario proves own items, and only these: what the checklist asks is proven by the suite alone. A scenario
 * of a mutating item must have the tag that keeps it out of a read-only run, which would otherwise change the platform.
 * @throws ConfigurationError
 */
export function checkOwnScenarios(own: OwnCheckFiles): void {
  const files = new Set(own.features)
  const hows: Hows = new Map(own.checks.items.map(({ id, how }) => [id, how]))
  const scenarios = allScenarios(own).filter(({ uri }) => files.has(resolve(checkout, uri)))
  for (const scenario of scenarios) {
    const problem = problemOf(scenario, hows)
    if (problem !== undefined)
      throw new ConfigurationError(`The scenario ${resolve(checkout, scenario.uri)}:${scenario.line} ${problem}`)
  }
  for (const [id, how] of hows) {
    const proving = scenarios.filter(({ items }) => items.includes(id))
    if (how === 'automated' && proving.length > 0 && proving.every((one) => onlyChanges(one, hows)))
      throw new ConfigurationError(
        `Each scenario of the item ${id} has the tag ${writesTag}: set how: mutating for the item, or add a scenario that only reads.`,
      )
  }
}

/** How each own item is proven, by its id. */
type Hows = ReadonlyMap<string, ChecklistItem['how']>

/** Scenarios with this tag change the platform. */
const writesTag = '@writes'

const tagOf = (id: string) => `@checklist:${id}`

function problemOf({ items, tags }: RequiredScenario, hows: Hows): string | undefined {
  const known = [...hows.keys()].map(tagOf).join(', ')
  const has = (how: ChecklistItem['how']) => items.find((id) => hows.get(id) === how)
  const [foreign, attested, mutating] = [items.find((id) => !hows.has(id)), has('attested'), has('mutating')]
  if (items.length === 0) return `names no item: tag it with one of ${known}.`
  if (foreign !== undefined) return `has the tag ${tagOf(foreign)}, which is no item of your own: expected ${known}.`
  if (attested !== undefined)
    return `has the tag ${tagOf(attested)}, but a person attests this item: remove the tag, or set how: automated for the item.`
  if (mutating !== undefined && !tags.includes(writesTag))
    return `proves the mutating item ${mutating} without the tag ${writesTag}: add it, so that a read-only run leaves the scenario out.`
  return undefined
}

/** A read-only run requires no such scenario, so it would find no proof of an item that has only these. */
const onlyChanges = ({ tags, items }: RequiredScenario, hows: Hows) =>
  tags.includes(writesTag) && items.every((id) => hows.get(id) !== 'mutating')

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
