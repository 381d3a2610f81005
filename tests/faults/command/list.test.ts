/** The list that `npm run faults -- --list` prints, and the page that explains the command. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import { listOf } from '../../../faults/command/list'
import { usage } from '../../../faults/command/options'
import { variants } from '../../../faults/variants'
import { loadChecklist } from '../../../support/basis/checklist'
import { fault } from '../../fixtures/faults'
import { root } from '../../fixtures/features'

const { sections } = loadChecklist()

describe('the list of faults', () => {
  it('has each variant once, with its title', () => {
    const text = listOf(catalogue, variants, sections)
    for (const { id, title } of variants) expect(text.split(`  ${id}\n    ${title}`)).toHaveLength(2)
    expect(text).toContain('Healthy variants')
  })

  it('has each fault once, with its title, its items and its cause', () => {
    const lines = listOf(catalogue, variants, sections).split('\n')
    for (const { id, title, cause } of catalogue) {
      const place = lines.indexOf(`  ${id}`)
      expect(lines[place + 1]).toBe(`    ${title}`)
      expect(lines[place + 3]).toBe(`    cause ${cause.object}: ${cause.summary}`)
      expect(lines.lastIndexOf(`  ${id}`)).toBe(place)
    }
  })

  it('puts a fault into the section of the first item that it turns red', () => {
    const odd = fault('odd', ['3.1', '0.1'], { expects: { failed: ['3.1', '0.1'], blocked: ['3.2'] } })
    const blocking = fault('blocking', [], { expects: { failed: [], blocked: ['3.3'] } })
    expect(listOf([odd, fault('other', ['0.2']), blocking], [], sections)).toBe(
      [
        '0 Prerequisites\n',
        '  other\n    Fault other\n    fails 0.2\n    cause Part other: is other\n',
        '3 Pods\n',
        '  odd\n    Fault odd\n    fails 3.1, 0.1; blocks 3.2\n    cause Part odd: is odd\n',
        '  blocking\n    Fault blocking\n    blocks 3.3\n    cause Part blocking: is blocking',
      ].join('\n'),
    )
  })
})

describe('docs/faults.md', () => {
  it('shows the usage of the command', () => {
    expect(readFileSync(join(root, 'docs', 'faults.md'), 'utf8')).toContain(`\`\`\`\n${usage}\n\`\`\`\n`)
  })
})
