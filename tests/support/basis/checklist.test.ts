/** The features prove the checklist: every item has a scenario, every tag names an item, and every step is used. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AstBuilder, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin'
import { type Feature, IdGenerator } from '@cucumber/messages'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type ChecklistItem,
  capabilities,
  derivations,
  loadChecklist,
  optionalParts,
  rollbackActions,
  symptoms,
} from '../../../support/basis/checklist'
import { requiredInScope, requiredScenarios } from '../../../support/judgement/required'
import { type DryRun, dryRun, root } from '../../fixtures/features'

const { sections, items, troubleshooting, rollback } = loadChecklist()
const scenarios = requiredScenarios(root)
const byId = new Map(items.map((item) => [item.id, item]))
const byScenarios = ({ how }: ChecklistItem) => how === 'automated' || how === 'optional' || how === 'mutating'
const described = ({ uri, line, name }: { uri: string; line: number; name: string }) => `${uri}:${line} ${name}`

const files = readdirSync(join(root, 'features'), { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.feature'),
)

function featureOf(path: string): Feature {
  const parser = new Parser(new AstBuilder(IdGenerator.incrementing()), new GherkinClassicTokenMatcher())
  const { feature } = parser.parse(readFileSync(join(root, 'features', path), 'utf8'))
  if (!feature) throw new Error(`${path} holds no feature.`)
  return feature
}

describe('the checklist', () => {
  it('numbers its sections from 0, and the items of each from 1, without a gap', () => {
    expect(sections.map(({ id }) => id)).toEqual(sections.map((_, index) => String(index)))
    for (const { id } of sections) {
      const own = items.filter(({ section }) => section === id).map((item) => item.id)
      expect(own, `section ${id}`).not.toEqual([])
      expect(own).toEqual(own.map((_, index) => `${id}.${index + 1}`))
    }
  })

  it('refers to existing sections in troubleshooting, and uses each symptom and each action once', () => {
    for (const { id, sections: named = [] } of troubleshooting)
      for (const section of named)
        expect(
          sections.map((one) => one.id),
          id,
        ).toContain(section)
    expect(troubleshooting.map(({ matches }) => matches)).toEqual([...symptoms])
    expect(rollback.map(({ action }) => action)).toEqual([...rollbackActions])
  })

  it('uses every capability and every optional part that the code knows', () => {
    const used = <T>(of: (item: ChecklistItem) => T | undefined) => new Set(items.flatMap((item) => of(item) ?? []))
    expect(used(({ capability }) => capability)).toEqual(new Set(capabilities))
    expect(used(({ optionalPart }) => optionalPart)).toEqual(new Set(optionalParts))
    expect(used(({ derivation }) => derivation)).toEqual(new Set(derivations))
    expect(used(({ secretsMode }) => secretsMode)).toEqual(new Set(['external', 'manual']))
  })

  it('links each of the four metrics to its items, exactly one of which requires the calculation', () => {
    const metrics = Map.groupBy(
      items.filter(({ metric }) => metric !== undefined),
      ({ metric }) => metric,
    )
    expect([...metrics.keys()]).toEqual([
      'deployment frequency',
      'lead time for changes',
      'change failure rate',
      'time to restore',
    ])
    for (const about of metrics.values()) {
      expect(about.map(({ how }) => how)).toEqual(about.map(() => 'automated'))
      expect(about.filter(({ text }) => text.endsWith('is calculated'))).toHaveLength(1)
    }
  })

  it('derives items only from earlier sections that have items', () => {
    for (const { id, how, section, derivedFrom } of items) {
      expect({ id, derived: how === 'derived' }).toEqual({ id, derived: derivedFrom !== undefined })
      for (const source of derivedFrom ?? []) {
        expect(
          items.some((item) => item.section === source),
          `${id} follows from section ${source}`,
        ).toBe(true)
        expect(Number(source), `${id} comes after section ${source}`).toBeLessThan(Number(section))
      }
    }
  })
})

describe('the features', () => {
  it.each(items.filter(byScenarios))('prove $id: $text', ({ id }) => {
    expect(scenarios.filter((scenario) => scenario.items.includes(id)).map(described)).not.toEqual([])
  })

  it('name only items that scenarios can prove', () => {
    const strange = scenarios.flatMap((scenario) =>
      scenario.items
        .filter((id) => {
          const item = byId.get(id)
          return !item || !byScenarios(item)
        })
        .map((id) => `${described(scenario)}: ${id}`),
    )
    expect(strange).toEqual([])
  })

  it('prove an item with every scenario', () => {
    expect(scenarios.filter((scenario) => scenario.items.length === 0).map(described)).toEqual([])
  })

  it('mark a scenario with @writes exactly where its item changes the platform or it uses a story', () => {
    for (const scenario of scenarios) {
      const mutating = scenario.items.some((id) => byId.get(id)?.how === 'mutating')
      expect({ scenario: described(scenario), writes: scenario.tags.includes('@writes') }).toEqual({
        scenario: described(scenario),
        writes: mutating || scenario.tags.includes('@story'),
      })
    }
  })

  it('prove each optional item in scenarios of its own, so that leaving it out affects no other item', () => {
    for (const scenario of scenarios)
      if (scenario.items.length > 1)
        for (const id of scenario.items)
          expect({ scenario: described(scenario), id, how: byId.get(id)?.how }).toMatchObject({ how: 'automated' })
  })

  it('give each scenario a distinct name and place', () => {
    expect(new Set(scenarios.map(described)).size).toBe(scenarios.length)
  })

  it.each(files)('%s parses, and its scenarios belong to its section of the checklist', (path) => {
    const feature = featureOf(path)
    const tags = feature.tags.map(({ name }) => name).filter((name) => name.startsWith('@section:'))
    const [section = ''] = tags.map((name) => name.slice('@section:'.length))
    expect(tags).toHaveLength(1)
    expect(sections.map(({ id }) => id)).toContain(section)
    expect(path.split(/[-/]/)[0]).toBe(section.padStart(2, '0'))
    const own = scenarios.filter(({ uri }) => uri === `features/${path}`)
    expect(own).not.toHaveLength(0)
    for (const { items } of own) for (const id of items) expect(id.split('.')[0]).toBe(section)
  })

  it.each(files)('%s holds no URLs, selectors, SQL or JSON', (path) => {
    const text = readFileSync(join(root, 'features', path), 'utf8')
    expect(text).not.toMatch(/https?:\/\/|\bSELECT\b|\bkubectl\b|[{}]|"\w+":|=~|\bxpath\b/)
  })
})

describe("Cucumber's dry run", () => {
  let run: DryRun
  beforeAll(() => {
    run = dryRun()
  }, 60_000)

  it('finds a definition for every step', () => {
    expect(run.complaints).toContain(`${scenarios.length} scenarios`)
    expect(run.complaints).not.toMatch(/undefined|ambiguous|Error|failed/)
    expect(run.exitCode).toBe(0)
  })

  it('finds a use for every step definition', () => {
    expect(run.usage.length).toBeGreaterThan(20)
    expect(run.usage.filter(({ matches }) => matches.length === 0).map(({ uri, line }) => `${uri}:${line}`)).toEqual([])
  })
})

describe('a read-only scope', () => {
  const required = requiredInScope(scenarios, items, false)

  it('proves items without the stories where that is possible, and still requires the others', () => {
    const told = (id: string) =>
      required.filter(({ items: proven, tags }) => proven.includes(id) && tags.includes('@story')).length
    expect(told('21.3')).toBe(0)
    expect(required.some(({ items }) => items.includes('21.3'))).toBe(true)
    expect(told('21.1')).toBeGreaterThan(0)
    expect(requiredInScope(scenarios, items, true)).toEqual(scenarios)
  })
})
