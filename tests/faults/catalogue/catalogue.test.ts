/** The catalogue of faults is consistent: it names existing items, and covers everything that must have a fault. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import { withoutFault } from '../../../faults/catalogue/without-fault'
import { variants } from '../../../faults/variants'
import { wrongIntakes } from '../../../sandbox/service/ingestion/wrong-intake'
import { canonical as definitionsOfService } from '../../../sandbox/service/metrics/definitions'
import { wrongDefinitions } from '../../../sandbox/service/metrics/wrong-definitions'
import { loadChecklist } from '../../../support/basis/checklist'
import { alternatives } from '../../../support/dora/alternatives'
import { canonical as definitionsOfOracle } from '../../../support/dora/definitions'
import { root } from '../../fixtures/features'

const { items } = loadChecklist()

describe('the catalogue', () => {
  it('has at least 150 faults', () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(150)
  })
})

describe('a fault', () => {
  it('has a unique id', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  })

  it.each(catalogue)('$id is in kebab case, and has a title and a cause', (fault) => {
    expect(fault.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    for (const text of [fault.title, fault.cause.object, fault.cause.summary]) expect(text.trim()).not.toBe('')
  })

  it.each(catalogue)(
    '$id turns an item red, and names each item once, only items that scenarios prove',
    ({ expects }) => {
      const named = [...expects.failed, ...expects.blocked]
      expect(named).not.toEqual([])
      expect(new Set(named).size).toBe(named.length)
      const proven = items.filter(({ how }) => how !== 'derived' && how !== 'attested').map(({ id }) => id)
      expect(named.filter((id) => !proven.includes(id))).toEqual([])
    },
  )
})

describe('each wrong definition and each mishandling of events', () => {
  it.each([...Object.keys(wrongDefinitions), ...Object.keys(wrongIntakes)])('%s is a fault', (switched) => {
    expect(catalogue.map(({ id }) => id)).toContain(switched)
  })

  it('changes each definition that a service may get wrong', () => {
    const changed = new Set(Object.values(wrongDefinitions).flatMap((one) => Object.keys(one)))
    // They decide which builds are repeats, of which another fault gets the number wrong: 'stages-as-one-build'.
    const ofBuilds = ['buildOrder', 'repeated']
    expect(Object.keys(definitionsOfService).filter((name) => !changed.has(name))).toEqual(ofBuilds)
    const read = new Set(alternatives.flatMap(({ definitions = {} }) => Object.keys(definitions)))
    expect(Object.keys(definitionsOfOracle).filter((name) => !read.has(name))).toEqual([])
  })
})

/** A fault for each numbered edge case of the definitions, which gets that case wrong. */
const wrongAtEdge: Readonly<Record<number, string>> = {
  1: 'window-open-at-its-start',
  2: 'window-closed-at-both-ends',
  3: 'times-in-whole-seconds',
  4: 'days-of-another-time-zone',
  5: 'counted-by-start',
  6: 'repeats-counted',
  7: 'failures-as-deployments',
  8: 'first-state-kept',
  9: 'head-commit',
  10: 'aborted-as-success',
  11: 'no-environment-as-production',
  12: 'no-data-as-zero',
  13: 'successes-only',
  14: 'each-incident-a-failure',
  15: 'each-incident-a-failure',
  16: 'incident-at-the-same-instant',
  17: 'first-deployment-blamed',
  18: 'late-incidents-ignored',
  19: 'restored-by-creation',
  20: 'open-incidents-until-now',
  21: 'instant-durations-dropped',
  22: 'negative-durations-kept',
  23: 'first-state-kept',
  24: 'negative-durations-as-zero',
  25: 'committed-instead-of-authored',
  26: 'failures-ship',
  27: 'redeploys-as-changes',
  28: 'bounds-of-rates-missed',
  29: 'bounds-of-durations-reached',
  30: 'low-severity-dropped',
  31: 'late-events-dropped',
  32: 'unknown-project-breaks',
  33: 'health-as-deployment',
  34: 'empty-range-answered',
  35: 'ids-of-all-projects',
  36: 'first-deployment-trusted',
  37: 'order-of-arrival',
  38: 'days-of-another-time-zone',
}

describe('each edge case of the definitions', () => {
  it('in the tests of the service has a fault', () => {
    const files = readdirSync(join(root, 'tests', 'sandbox', 'service')).filter((name) => name.endsWith('.test.ts'))
    const tested = files.flatMap((name) =>
      [
        ...readFileSync(join(root, 'tests', 'sandbox', 'service', name), 'utf8').matchAll(
          /(?:it|\])\(\s*["'`](\d+): /g,
        ),
      ].map(([, number]) => Number(number)),
    )
    const unbroken = [...new Set(tested)].filter((number) => !Object.hasOwn(wrongAtEdge, number))
    expect(new Set(tested).size).toBeGreaterThan(30)
    expect(unbroken).toEqual([])
  })

  it.each(Object.entries(wrongAtEdge))('%s: %s is a fault', (_number, id) => {
    expect(catalogue.map((fault) => fault.id)).toContain(id)
  })
})

/** True for the items that must each have a fault: those of sections 0 to 16, and the pages of the dashboards. */
const needsFault = ({ section, id }: { readonly section: string; readonly id: string }) =>
  Number(section) <= 16 || id === '21.7'

describe('the tests in place of faults', () => {
  it('exist, each by its path', () => {
    const text = `${readFileSync(join(root, 'docs', 'faults.md'), 'utf8')} ${Object.values(withoutFault.findings).join(' ')}`
    const paths = [...new Set(text.match(/\btests\/[\w/.-]+\.ts\b/g))]
    expect(paths.length).toBeGreaterThan(20)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('stand in docs/faults.md beside faults and variants that exist', () => {
    const text = readFileSync(join(root, 'docs', 'faults.md'), 'utf8')
    const [, table = ''] = /## The numbers\n([\s\S]*?)\n## /.exec(text) ?? []
    const named = [...table.matchAll(/`([a-z][a-z0-9-]*)`/g)].map(([, id]) => id)
    const known = [...catalogue, ...variants].map(({ id }) => id)
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter((id) => id !== undefined && !known.includes(id))).toEqual([])
  })
})

describe('the automated items of sections 0 to 16, and the pages of the dashboards', () => {
  it('are each failed by a fault, except those listed with a reason', () => {
    const failed = new Set(catalogue.flatMap(({ expects }) => expects.failed))
    const missing = items.filter((item) => item.how === 'automated' && needsFault(item) && !failed.has(item.id))
    expect(missing.map(({ id }) => id)).toEqual(
      items.map(({ id }) => id).filter((id) => Object.hasOwn(withoutFault.items, id)),
    )
  })
})
