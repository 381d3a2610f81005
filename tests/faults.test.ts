/** The catalogue of faults says what it means: about items that exist, about all that can be broken, and in its document. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../faults/catalogue'
import { renderPage } from '../faults/page'
import { withoutFault } from '../faults/without-fault'
import { wrongDefinitions } from '../sandbox/service/metrics/wrong-definitions'
import { loadChecklist } from '../support/checklist'
import { root } from './fixtures/features'

const { sections, items } = loadChecklist()

describe('docs/faults.md', () => {
  it('is what the catalogue says: npm run faults -- --page', () => {
    expect(readFileSync(join(root, 'docs', 'faults.md'), 'utf8')).toBe(renderPage(catalogue, sections))
  })

  it('has each fault in one row, whatever its words', () => {
    const [fault] = catalogue
    if (!fault) throw new Error('The catalogue is empty.')
    const odd = { ...fault, id: 'odd', title: 'one | two', expects: { failed: ['3.1', '0.1'], blocked: ['3.2'] } }
    const page = renderPage([...catalogue, odd], sections)
    for (const { id } of [...catalogue, odd]) expect(page.split(`| \`${id}\` `)).toHaveLength(2)
    const [before = '', after = ''] = page.split('| `odd` ')
    expect(before.split('\n## ').at(-1)).toMatch(/^3 Pods\n/)
    expect(after).toMatch(/^ *\| one \\\| two +\| 3\.1, 0\.1 +\| 3\.2 +\| /)
  })

  it('leaves sections without a fault out', () => {
    expect(renderPage([], sections)).not.toContain('##')
  })
})

describe('a fault', () => {
  it('has an id of its own', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
  })

  it.each(catalogue)('$id is written in kebab case, and names what it breaks and what has to be said', (fault) => {
    expect(fault.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    for (const text of [fault.title, fault.cause.object, fault.cause.summary]) expect(text.trim()).not.toBe('')
  })

  it.each(catalogue)('$id fails an item, and names only items that scenarios prove, each once', ({ expects }) => {
    expect(expects.failed).not.toEqual([])
    const named = [...expects.failed, ...expects.blocked]
    expect(new Set(named).size).toBe(named.length)
    const proven = items.filter(({ how }) => how !== 'derived' && how !== 'attested').map(({ id }) => id)
    expect(named.filter((id) => !proven.includes(id))).toEqual([])
  })
})

describe('a wrong definition', () => {
  it.each(Object.keys(wrongDefinitions))('%s is a fault', (definition) => {
    expect(catalogue.map(({ id }) => id)).toContain(definition)
  })
})

/** Sections whose automated items each have a fault, and items of other sections. */
const isBroken = ({ section, id }: { readonly section: string; readonly id: string }) =>
  Number(section) <= 16 || id === '21.7'

describe('the automated items of sections 0 to 16, and the pages of the dashboards', () => {
  it('are each failed by a fault, but for those of which it is known why not', () => {
    const failed = new Set(catalogue.flatMap(({ expects }) => expects.failed))
    const missing = items.filter((item) => item.how === 'automated' && isBroken(item) && !failed.has(item.id))
    expect(missing.map(({ id }) => id)).toEqual(
      items.map(({ id }) => id).filter((id) => Object.hasOwn(withoutFault.items, id)),
    )
  })
})
